using Engine.Client.Provisioning;
using Engine.Configuration;
using Engine.Configuration.Connections;
using Xunit;

namespace Fuzz.Tests.Found;

/// <summary>What fuzzing has found in addresses of Kafka and Redis.</summary>
public sealed class AddressTests
{
    [Theory]
    [InlineData("tunnel=http:x:1loc")]
    public void An_option_of_Redis_that_cannot_be_read_is_an_error_of_the_configuration(string address) =>
        Assert.Throws<ConfigException>(() => new RedisServers(address, RedisSecurity.None));

    [Fact]
    public async Task A_port_that_is_none_is_not_asked_why_it_refuses() =>
        Assert.Null(await KafkaProbe.WhyNotAsync("localhost:99999,localhost:-1", KafkaSecurity.None));

    [Fact]
    public async Task A_port_that_is_none_is_left_to_the_client_to_refuse() =>
        Assert.True(await BrokerAbilities.CreatesTopicsAsync("localhost:99999", TimeProvider.System));
}
