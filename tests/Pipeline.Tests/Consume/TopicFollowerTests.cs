using Engine.Partitions.Kafka;
using Engine.Pipeline.Consume.Logs;
using Pipeline.Tests.Partitions;
using Tests.Support;
using Xunit;

namespace Pipeline.Tests.Consume;

/// <summary>A follower knows how recently it had read its topic to the end.</summary>
public sealed class TopicFollowerTests : IDisposable
{
    private const string Topic = "followed";

    private static readonly TimeSpan Recent = TimeSpan.FromSeconds(2),
        Within = TimeSpan.FromSeconds(20);

    private readonly MockBroker _broker = new();

    [Fact]
    public async Task It_is_fresh_once_all_is_read_and_stale_while_the_broker_is_away()
    {
        int taken = 0;
        _broker.Create(Topic);
        using var log = new LiveLog(_broker.Address);
        await log.SendAsync(new LiveRecord(Topic, "a", "1"));
        using var follower = new TopicFollower(
            new KafkaTarget(_broker.Address, new Dictionary<string, string>()),
            Topic,
            _ => Interlocked.Increment(ref taken),
            TimeProvider.System,
            watchesEnd: true
        );
        Assert.Equal(TimeSpan.MaxValue, follower.Age);
        follower.Start();
        await UntilAsync("all is read", () => follower.Age < Recent);
        Assert.Equal(1, taken);

        _broker.GoDown();
        await UntilAsync("it is stale", () => follower.Age > Recent);
        _broker.ComeUp();
        await UntilAsync("it is fresh again", () => follower.Age < Recent);
        await log.SendAsync(new LiveRecord(Topic, "b", "2"));
        await UntilAsync("the record is read", () => Volatile.Read(ref taken) == 2);
    }

    private static Task UntilAsync(string what, Func<bool> isSo) =>
        LiveWait.UntilAsync(what, () => Task.FromResult(isSo()), Within);

    public void Dispose() => _broker.Dispose();
}
