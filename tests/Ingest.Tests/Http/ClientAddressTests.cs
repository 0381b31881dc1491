using System.Net;
using Engine.Contracts;
using Xunit;

namespace Ingest.Tests.Http;

/// <summary>The client's address as proxies write it.</summary>
public sealed class ClientAddressTests
{
    [Theory]
    [InlineData("203.0.113.9", "203.0.113.9")]
    [InlineData("6.6.6.6, 203.0.113.9", "203.0.113.9")]
    [InlineData("203.0.113.9,", "203.0.113.9")]
    [InlineData("203.0.113.9:51234", "203.0.113.9")]
    [InlineData("2001:db8::1", "2001:db8::1")]
    [InlineData("[2001:db8::1]", "2001:db8::1")]
    [InlineData("[2001:db8::1]:443", "2001:db8::1")]
    [InlineData("\"[2001:db8::1]:443\"", "2001:db8::1")]
    [InlineData("::ffff:203.0.113.9", "203.0.113.9")]
    [InlineData("", "10.0.0.1")]
    public void The_last_entry_is_the_clients(string forwardedFor, string address) =>
        Assert.Equal(address, ClientAddress.Of(IPAddress.Parse("10.0.0.1"), forwardedFor, behindProxy: true));

    /// <summary>The proxy's own address would make one network of all clients.</summary>
    [Theory]
    [InlineData("unknown")]
    [InlineData("203.0.113.9, _hidden")]
    [InlineData("203.0.113.999")]
    public void An_entry_that_cannot_be_read_gives_no_address(string forwardedFor) =>
        Assert.Equal("", ClientAddress.Of(IPAddress.Parse("10.0.0.1"), forwardedFor, behindProxy: true));

    [Fact]
    public void Without_a_proxy_the_header_says_nothing() =>
        Assert.Equal("10.0.0.1", ClientAddress.Of(IPAddress.Parse("10.0.0.1"), "6.6.6.6", behindProxy: false));
}
