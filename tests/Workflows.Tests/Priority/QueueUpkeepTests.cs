using System.Text;
using Engine.Contracts;
using Engine.Contracts.Settings;
using Engine.Pipeline.Settings;
using Engine.Primitives;
using Engine.Workflows.Module;
using Engine.Workflows.Priority;
using Engine.Workflows.Priority.Decision;
using Engine.Workflows.Priority.Settings;
using Engine.Workflows.Priority.Upkeep;
using Engine.Workflows.Runtime;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;
using Tests.Support;
using Xunit;

namespace Workflows.Tests.Priority;

/// <summary>What the owner sees to beside its decisions, on a real Redis and on a Redis Cluster.</summary>
public sealed class QueueUpkeepTests : IAsyncLifetime
{
    private const string Definition = """{"levels":[1,5,10],"default":5,"lease_s":60,"shares":{"10":0.5}}""";

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.FromUnixTimeMilliseconds(DeciderRun.Start));
    private readonly SettingsBuilder _book = new(new SettingFiles(), [new ProcessKind()]);
    private readonly KeyedHash _hash = new(1, 2);
    private readonly DeciderRun _results = new(new PriorityWorkflow(), new PriorityDecider());
    private LiveResults? _redis;
    private SettingsTimeline _timeline = null!;
    private PartitionRun? _run;
    private QueueUpkeep _upkeep = null!;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _run?.Dispose();
        _results.Dispose();
        if (_redis != null)
        {
            await _redis.DisposeAsync();
        }
    }

    private async Task StartAsync(bool cluster, int partition = 0, string prefix = "")
    {
        Assert.SkipUnless(LiveRedisServer.IsThere, "no redis-server on the path");
        _redis = cluster ? await LiveRedisCluster.StartAsync() : await LiveRedisServer.StartAsync();
        foreach (string process in new[] { "p", "q" })
        {
            _book.Apply($"process/{process}", Definition);
        }

        _timeline = new SettingsTimeline(_book.Build("s-base", _hash), Activation.Delay);
        _run = new PartitionRun(
            new HostedWorkflow(new PriorityWorkflow(), new PriorityDecider()),
            partition,
            _timeline,
            new CompiledSettings(),
            _hash,
            0,
            0
        );
        _upkeep = new QueueUpkeep(new RedisKeys(prefix, "g"), _timeline, TimeSpan.FromHours(1), _clock);
    }

    private IDatabase Redis => _redis!.Database;

    private void Event(string json, int offset) =>
        _run!.Take(
            new WorkflowRecord(offset, DeciderRun.Start, null, Encoding.UTF8.GetBytes(json), _ => null),
            _results
        );

    private void Started(string instance, int offset, string process = "p") =>
        Event(
            $$"""{"type":"process-started","process":"{{process}}","instance":"{{instance}}","time":{{DeciderRun.Start}}}""",
            offset
        );

    private void Look(int seconds)
    {
        _clock.Advance(TimeSpan.FromSeconds(seconds));
        _upkeep.Run(Redis, [new OwnedMemory(_run!.Number, _run.Memory)], (_, _, _, _) =>
            Assert.Fail("upkeep of queues sends nothing")
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Waiting_instances_that_are_missing_for_a_lease_are_put_back(bool cluster)
    {
        await StartAsync(cluster);
        Started("there", 0);
        Started("gone", 1);
        Started("other", 2, "q");
        Redis.SortedSetAdd("priority:queue:{p}", "there", 5e13);
        Look(0);
        Assert.Equal(2, _upkeep.Missing);
        Look(59);
        Assert.Null(Redis.SortedSetScore("priority:queue:{p}", "gone"));
        Look(5);
        Assert.Equal(5e13 - DeciderRun.Start, Redis.SortedSetScore("priority:queue:{p}", "gone"));
        Assert.Equal(5e13 - DeciderRun.Start, Redis.SortedSetScore("priority:queue:{q}", "other"));
        Assert.Equal(5e13, Redis.SortedSetScore("priority:queue:{p}", "there"));
        Look(5);
        Assert.Equal(0, _upkeep.Missing);
    }

    [Fact]
    public async Task One_that_comes_back_by_itself_starts_the_wait_anew_and_one_that_is_taken_ends_it()
    {
        await StartAsync(cluster: false);
        Started("a", 0);
        Started("b", 1);
        Look(0);
        Look(40);
        Redis.SortedSetAdd("priority:queue:{p}", "a", 1);
        Event("""{"type":"process-taken","process":"p","instance":"b","worker":"w","time":1}""", 2);
        Look(10);
        Assert.Equal(0, _upkeep.Missing);
        Redis.KeyDelete("priority:queue:{p}");
        Look(10);
        Look(55);
        Assert.False(Redis.KeyExists("priority:queue:{p}"));
        Look(5);
        Assert.Equal(["a"], Redis.SortedSetRangeByRank("priority:queue:{p}").Select(member => member.ToString()));
    }

    [Fact]
    public async Task An_owner_that_is_none_any_more_does_not_put_back_what_the_record_says_is_taken()
    {
        await StartAsync(cluster: false);
        Started("a", 0);
        Redis.StringSet("priority:{p}:a", """{"process":"p","instance":"a","state":"taken"}""");
        Look(0);
        Look(61);
        Assert.False(Redis.KeyExists("priority:queue:{p}"));
        Redis.StringSet("priority:{p}:a", """{"process":"p","instance":"a","state":"waiting"}""");
        Look(5);
        Assert.True(Redis.KeyExists("priority:queue:{p}"));
    }

    [Fact]
    public async Task Thousands_are_looked_at_at_once()
    {
        await StartAsync(cluster: false);
        for (int i = 0; i < 2500; i++)
        {
            Started($"i-{i}", i);
        }

        Look(0);
        Look(60);
        Assert.Equal(2500, Redis.SortedSetLength("priority:queue:{p}"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Shares_in_force_are_published_whole_and_expire(bool cluster)
    {
        await StartAsync(cluster, prefix: "b:");
        Look(0);
        string Shares(string process) =>
            string.Join(
                ' ',
                Redis
                    .HashGetAll($"b:priority:shares:{{{process}}}")
                    .Select(entry => $"{entry.Name}={entry.Value}")
                    .Order(StringComparer.Ordinal)
            );
        Assert.Equal("10=0.5 1=0.25 5=0.25", Shares("p"));
        Assert.InRange(Redis.KeyTimeToLive("b:priority:shares:{p}")!.Value.TotalMinutes, 59, 60);
        // In force two seconds after the record; levels that are gone go, and so does a process.
        _book.Apply("process/p", """{"levels":[2,10],"default":2,"shares":{"10":0.9}}""");
        _book.Apply("process/q", null);
        _timeline.Append(_book.Build("s-1", _hash), DeciderRun.Start);
        Look(2);
        Assert.Equal("10=0.5 1=0.25 5=0.25", Shares("p"));
        Look(1);
        Assert.Equal("10=0.9 2=0.1", Shares("p"));
        Assert.Equal("", Shares("q"));
        // Long before they expire they are written again.
        Redis.KeyDelete("b:priority:shares:{p}");
        Look(800);
        Assert.Equal("", Shares("p"));
        Look(100);
        Assert.Equal("10=0.9 2=0.1", Shares("p"));
    }

    [Fact]
    public async Task Only_the_owner_of_the_first_partition_publishes_shares()
    {
        await StartAsync(cluster: false, partition: 1);
        Look(0);
        Assert.False(Redis.KeyExists("priority:shares:{p}"));
    }
}
