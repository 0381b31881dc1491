using System.Text;
using Confluent.Kafka;
using Engine.Configuration.Connections;
using Engine.Contracts;
using Engine.Partitions;
using Engine.Partitions.Redis;
using StackExchange.Redis;
using Tests.Support;
using Xunit;

namespace Pipeline.Tests.Partitions;

/// <summary>
/// contract.md, "Delivery", against a Redis: counts and progress move in one step, guarded by the owner and by the
/// offset, whichever way a commit is sent.
/// </summary>
public sealed class CommitTests : IAsyncLifetime
{
    private const string Counts = "counts:{interactions-2}",
        Memory = "state:{interactions-2}";

    private static readonly TopicPartition Partition = new(Topics.Interactions, 2);
    private static readonly RedisKeys Keys = new("", "engine");

    private LiveRedisServer? _server;
    private RedisTarget? _target;
    private RedisWriter? _writer;

    private IDatabase Redis => _target!.Redis.GetDatabase();

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(LiveRedisServer.IsThere, "no redis-server on the path");
        _server = await LiveRedisServer.StartAsync();
        _target = await RedisTarget.ConnectAsync(
            new RedisServers(_server.Address, RedisSecurity.None),
            TimeProvider.System
        );
        _writer = new RedisWriter(_target, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        _writer?.Dispose();
        _target?.Redis.Dispose();
        if (_server != null)
        {
            await _server.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Counts_and_progress_move_together_and_a_commit_sent_twice_counts_once(bool pipelined)
    {
        ProgressCommitter committer = Acquire();
        committer.Begin(new PartitionProgress(20, 2000));
        Assert.Equal(CommitOutcome.Committed, Send(committer, pipelined, clicks: 5));
        Assert.Equal(CommitOutcome.Committed, Send(committer, pipelined, clicks: 5));
        Assert.Equal(("5", "20 2000"), (Field(Counts, "clicks"), Progress()));
        committer.Begin(new PartitionProgress(30, 3000));
        Assert.Equal(CommitOutcome.Committed, Send(committer, pipelined, clicks: 2));
        Assert.Equal(("7", "30 3000"), (Field(Counts, "clicks"), Progress()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_former_owner_writes_nothing_any_more(bool pipelined)
    {
        ProgressCommitter former = Acquire();
        former.Begin(new PartitionProgress(20, 2000));
        ProgressCommitter owner = Acquire();
        Assert.Equal(CommitOutcome.Fenced, Send(former, pipelined, clicks: 5));
        Assert.Equal((null, null), (Field(Counts, "clicks"), Progress()));
        owner.Begin(new PartitionProgress(20, 2000));
        Assert.Equal(CommitOutcome.Committed, Send(owner, pipelined, clicks: 5));
        // not even what is there already
        Assert.Equal(CommitOutcome.Fenced, Send(former, pipelined, clicks: 5));
        Assert.Equal("5", Field(Counts, "clicks"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_starts_from_another_offset_than_progress_writes_nothing(bool pipelined)
    {
        ProgressCommitter committer = Acquire();
        Redis.StringSet(Keys.Progress("interactions-2"), "12 1000");
        committer.Begin(new PartitionProgress(20, 2000));
        Assert.Equal(CommitOutcome.ProgressMoved, Send(committer, pipelined, clicks: 5));
        Assert.Equal((null, "12 1000"), (Field(Counts, "clicks"), Progress()));
    }

    [Fact]
    public void A_new_owner_goes_on_from_where_the_former_one_has_come()
    {
        ProgressCommitter first = Acquire();
        first.Begin(new PartitionProgress(20, 2000));
        Send(first, pipelined: true, clicks: 5);
        PartitionLease lease = PartitionLease.Acquire(Redis, Keys, Partition);
        Assert.Equal(("20 2000", 2), (lease.Progress, lease.FencingToken));
        var second = new ProgressCommitter(lease, Keys, TimeSpan.FromDays(35));
        second.Begin(new PartitionProgress(30, 3000));
        Assert.Equal(CommitOutcome.Committed, Send(second, pipelined: false, clicks: 1));
        Assert.Equal("6", Field(Counts, "clicks"));
    }

    [Fact]
    public async Task A_new_owner_reads_progress_and_what_is_remembered_at_one_moment()
    {
        bool done = false;
        var former = Task.Run(
            () =>
            {
                for (int offset = 1; !Volatile.Read(ref done); offset++)
                {
                    ITransaction commit = Redis.CreateTransaction();
                    commit.StringSetAsync(Keys.Progress("interactions-2"), $"{offset} 1000");
                    commit.HashSetAsync(Keys.State("interactions-2"), "last", offset);
                    Assert.True(commit.Execute());
                }
            },
            TestContext.Current.CancellationToken
        );
        for (int i = 0; i < 300; i++)
        {
            var lease = PartitionLease.Acquire(Redis, Keys, Partition);
            string remembered = lease.TakeMemory() is [var last] ? $"{last.Value} 1000" : "";
            Assert.Equal(lease.Progress, remembered);
            Assert.Empty(lease.TakeMemory());
        }

        Volatile.Write(ref done, true);
        await former.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void A_commit_of_results_that_another_master_has_is_refused_until_they_are_written_again()
    {
        ProgressCommitter committer = Acquire();
        committer.Begin(new PartitionProgress(20, 2000));
        var mark = new ResultsMark(Keys.Written("interactions-2"), "1 20");
        var commit = new DatabaseCommit();
        commit.Hash(Counts, [], [KeyValuePair.Create("clicks", 1L)], [], renew: true);
        Assert.Equal(CommitOutcome.ResultsMissing, commit.Send(Redis, committer, mark));
        Redis.StringSet(mark.Key, "1 10");
        Assert.Equal(CommitOutcome.ResultsMissing, commit.Send(Redis, committer, mark));
        Assert.Equal(
            (null, ""),
            (Field(Counts, "clicks"), Redis.StringGet(Keys.Progress("interactions-2")).ToString())
        );
        Redis.StringSet(mark.Key, mark.Value);
        Assert.Equal(CommitOutcome.Committed, commit.Send(Redis, committer, mark));
        Assert.Equal(("1", "20 2000"), (Field(Counts, "clicks"), Progress()));
    }

    [Fact]
    public void Hashes_live_on_from_a_change_that_renews_them_and_the_others_for_good()
    {
        ProgressCommitter committer = Acquire();
        committer.Begin(new PartitionProgress(20, 2000));
        var commit = new DatabaseCommit();
        commit.Hash(Counts, [], [KeyValuePair.Create("clicks", 1L)], [], renew: true);
        commit.Hash(Memory, [], [], [KeyValuePair.Create("code:1", "used")], renew: false);
        Assert.Equal(CommitOutcome.Committed, commit.Send(Redis, committer));
        Assert.InRange(Redis.KeyTimeToLive(Counts)!.Value, TimeSpan.FromDays(34), TimeSpan.FromDays(35));
        Assert.Null(Redis.KeyTimeToLive(Memory));
    }

    [Fact]
    public void A_commit_deletes_adds_and_sets_in_several_hashes_more_fields_than_Lua_s_stack_holds()
    {
        ProgressCommitter committer = Acquire();
        Redis.HashSet(Memory, [new HashEntry("a", 1), new HashEntry("b", 2), new HashEntry("c", 3)]);
        committer.Begin(new PartitionProgress(20, 2000));
        KeyValuePair<string, string>[] many =
        [
            .. Enumerable.Range(0, 12_345).Select(i => KeyValuePair.Create($"f{i}", $"v{i}")),
        ];
        var commit = new DatabaseCommit();
        commit.Hash(Memory, ["a", "c", "none"], [KeyValuePair.Create("b", 40L)], many, renew: false);
        commit.Hash(Counts, [], [KeyValuePair.Create("clicks", 9L)], [], renew: true);
        Assert.Equal(CommitOutcome.Committed, commit.Send(Redis, committer));
        Dictionary<string, string> memory = Redis
            .HashGetAll(Memory)
            .ToDictionary(field => field.Name.ToString(), field => field.Value.ToString());
        Assert.Equal(many.Length + 1, memory.Count);
        Assert.Equal("42", memory["b"]);
        Assert.All(many, field => Assert.Equal(field.Value, memory[field.Key]));
        Assert.Equal("9", Field(Counts, "clicks"));
    }

    [Fact]
    public void Redis_answers_with_the_sums_of_all_increments_in_their_order()
    {
        ProgressCommitter committer = Acquire();
        Redis.HashSet(Counts, [new HashEntry("clicks", 9_007_199_254_740_000)]);
        committer.Begin(new PartitionProgress(20, 2000));
        var commit = new PipelinedCommit();
        commit.Hash(Encoding.ASCII.GetBytes(Counts), increments: 1, sets: 1, renew: false);
        commit.Field("clicks"u8, 1);
        commit.Field("cost_micros"u8, 7);
        commit.Hash(Encoding.ASCII.GetBytes(Memory), increments: 2, sets: 0, renew: false);
        commit.Field("a"u8, 2);
        commit.Field("b"u8, 3);
        Assert.Equal("DONE 9007199254740001 2 3", Answer(committer, commit));
        Assert.Equal("7", Field(Counts, "cost_micros"));
    }

    private ProgressCommitter Acquire() =>
        new(PartitionLease.Acquire(Redis, Keys, Partition), Keys, TimeSpan.FromDays(35));

    private CommitOutcome Send(ProgressCommitter committer, bool pipelined, long clicks)
    {
        if (!pipelined)
        {
            var commit = new DatabaseCommit();
            commit.Hash(Counts, [], [KeyValuePair.Create("clicks", clicks)], [], renew: true);
            return commit.Send(Redis, committer);
        }

        var pipe = new PipelinedCommit();
        pipe.Hash(Encoding.ASCII.GetBytes(Counts), increments: 1, sets: 0, renew: true);
        pipe.Field("clicks"u8, clicks);
        return committer.Conclude(Encoding.ASCII.GetBytes(Answer(committer, pipe)));
    }

    private string Answer(ProgressCommitter committer, PipelinedCommit commit)
    {
        string? answered = null;
        commit.Send(_writer!.PipeFor(committer.ProgressKey), committer, (answer, isError) =>
            answered = (isError ? "-" : "") + Encoding.ASCII.GetString(answer)
        );
        for (int turn = 0; answered == null && turn < 1000; turn++)
        {
            _writer.Wait(20);
        }

        return answered!;
    }

    private string? Field(string key, string field) => Redis.HashGet(key, field);

    private string? Progress() => Redis.StringGet(Keys.Progress("interactions-2"));
}
