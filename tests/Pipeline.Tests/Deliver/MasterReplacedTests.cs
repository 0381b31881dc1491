using System.Text;
using Confluent.Kafka;
using Engine.Configuration.Connections;
using Engine.Contracts;
using Engine.Partitions;
using Engine.Partitions.Kafka;
using Engine.Partitions.Redis;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Deliver;
using Engine.Pipeline.Settings;
using Engine.Primitives;
using Tests.Support;
using Xunit;

namespace Pipeline.Tests.Deliver;

/// <summary>A master whose replica was promoted meanwhile may still answer, and nobody keeps what it acknowledges then:
/// a commit to the new master must not cover it.</summary>
public sealed class MasterReplacedTests : IAsyncLifetime
{
    private static readonly RedisKeys Keys = new("", "engine");

    private readonly PartitionState _state = new(0, new PipelineLimits { WindowKeys = 100 }, TimeLimits.Default);
    private readonly DeliveryTracker _sent = new();
    private LiveRedisServer? _former,
        _next;
    private RedisTarget? _target;
    private RedisWriter? _writer;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(LiveRedisServer.IsThere, "no redis-server on the path");
        _former = await LiveRedisServer.StartAsync();
        _next = await LiveRedisServer.StartAsync();
        await FollowAsync(_next, _former);
        await LiveWait.UntilAsync("the replica follows", _next.FollowsAsync);
        _target = await RedisTarget.ConnectAsync(
            new RedisServers($"{_former.Address},{_next.Address}", RedisSecurity.None),
            TimeProvider.System
        );
        _writer = new RedisWriter(_target, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        _state.Dispose();
        _writer?.Dispose();
        _target?.Redis.Dispose();
        foreach (LiveRedisServer server in new[] { _former, _next }.OfType<LiveRedisServer>())
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task What_a_replaced_master_acknowledged_is_covered_by_no_commit()
    {
        PartitionCommitter committer = TakeOver();
        await PromoteAsync();
        Write("verdict:lost");
        await AcknowledgedAsync();
        await ReplaceAsync();

        committer.Begin(1, _writer!, _sent);
        Assert.Equal(CommitOutcome.MasterReplaced, await OutcomeAsync(committer));
        Assert.Equal("", await ProgressAsync());
    }

    [Fact]
    public async Task A_commit_that_a_replaced_master_leaves_unanswered_is_not_sent_to_the_next()
    {
        PartitionCommitter committer = TakeOver();
        Write("verdict:lost");
        await AcknowledgedAsync();
        _former!.Process.Signal(LiveProcess.Stop);
        committer.Begin(1, _writer!, _sent);
        committer.Advance(_writer!, _sent);
        _writer!.Poll();
        await PromoteAsync();
        await _former.Process.KillAsync();
        await FollowedAsync();

        Assert.Equal(CommitOutcome.MasterReplaced, await OutcomeAsync(committer));
        Assert.Equal("", await ProgressAsync());
    }

    [Fact]
    public async Task Who_takes_over_after_the_replacement_commits()
    {
        Write("verdict:lost");
        await AcknowledgedAsync();
        await PromoteAsync();
        await ReplaceAsync();
        PartitionCommitter committer = TakeOver();
        Write("verdict:again");
        committer.Begin(1, _writer!, _sent);
        Assert.Equal(CommitOutcome.Committed, await OutcomeAsync(committer));
        Assert.Equal("1 0", await ProgressAsync());
    }

    private PartitionCommitter TakeOver()
    {
        var lease = PartitionLease.Acquire(
            _target!.Redis.GetDatabase(),
            Keys,
            new TopicPartition(Topics.Interactions, 0)
        );
        return new PartitionCommitter(
            _state,
            lease,
            Keys,
            new KeyedHash(1, 2),
            TimeSpan.FromDays(35),
            _writer!.Replaced
        );
    }

    private void Write(string key)
    {
        RespPipe pipe = _writer!.PipeFor(Encoding.ASCII.GetBytes(key));
        pipe.Set(3, default, Encoding.ASCII.GetBytes(key), "{}"u8, default);
    }

    private Task AcknowledgedAsync() => LiveWait.UntilAsync("everything is acknowledged", () =>
        {
            _writer!.Poll();
            return Task.FromResult(_writer.IsIdle);
        });

    /// <summary>Makes the replica a master; the former one doesn't know yet.</summary>
    private async Task PromoteAsync() => await _next!.Server.ExecuteAsync("REPLICAOF", "NO", "ONE");

    /// <summary>Makes the former master a replica, and waits until the writer has seen it.</summary>
    private async Task ReplaceAsync()
    {
        await FollowAsync(_former!, _next!);
        await FollowedAsync();
    }

    private Task FollowedAsync() => LiveWait.UntilAsync("the writer follows", () =>
        {
            _target!.RefreshSoon();
            _writer!.Poll();
            return Task.FromResult(_writer.PipeFor("verdict:"u8).EndPoint.ToString() == _next!.Address);
        });

    private async Task<CommitOutcome> OutcomeAsync(PartitionCommitter committer)
    {
        await LiveWait.UntilAsync("the commit ends", () =>
        {
            committer.Advance(_writer!, _sent);
            _writer!.Poll();
            return Task.FromResult(committer.IsIdle);
        });
        return committer.TakeOutcome();
    }

    private async Task<string> ProgressAsync() =>
        (string?)await _next!.Database.StringGetAsync(Keys.Progress("interactions-0")) ?? "";

    private static async Task FollowAsync(LiveRedisServer replica, LiveRedisServer master) =>
        await replica.Server.ExecuteAsync("REPLICAOF", "127.0.0.1", $"{master.Port}");
}
