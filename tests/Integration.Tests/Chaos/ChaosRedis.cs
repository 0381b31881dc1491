using StackExchange.Redis;
using Tests.Support;

namespace Integration.Tests.Chaos;

/// <summary>What goes wrong with a kind of Redis.</summary>
internal static class ChaosRedis
{
    /// <param name="losses">Gets to know what may be lost.</param>
    public static Fault[] FaultsOf(LiveResults redis, ChaosJournal journal, ChaosLosses losses) =>
        redis switch
        {
            LiveRedisServer server => new ChaosServer(server).Faults,
            LiveRedisCluster cluster => new ChaosCluster(cluster, journal, losses).Faults,
            LiveSentinel sentinel => new ChaosSentinel(sentinel, journal).Faults,
            _ => throw new NotSupportedException(redis.GetType().Name),
        };

    /// <summary>Waits until something holds; a node that is just dying or coming back may not answer.</summary>
    public static Task UntilAsync(string what, Func<Task<bool>> holds) =>
        LiveWait.UntilAsync(
            what,
            async () =>
            {
                try
                {
                    return await holds();
                }
                catch (Exception e) when (e is RedisException or TimeoutException)
                {
                    return false;
                }
            },
            TimeSpan.FromSeconds(90)
        );
}

/// <summary>One server, which keeps what it has acknowledged.</summary>
internal sealed class ChaosServer(LiveRedisServer redis)
{
    /// <summary>Of a slow server's time, this much it doesn't answer, ms.</summary>
    private const int SilentMs = 300,
        AnsweringMs = 50;

    public Fault[] Faults =>
        [
            new("Redis killed", 300, 3000, KillAsync),
            new("Redis paused", 1000, 12_000, PauseAsync),
            new("Redis slow", 3000, 8000, SlowAsync),
            new("Redis full", 2000, 8000, (lasts, _) => SetAsync("maxmemory", "1", "0", lasts)),
            new("Redis out of client slots", 2000, 6000, CrowdAsync),
        ];

    private async Task KillAsync(TimeSpan lasts, int draw)
    {
        await redis.Process.KillAsync();
        await Task.Delay(lasts);
        await redis.StartAgainAsync();
    }

    private async Task PauseAsync(TimeSpan lasts, int draw)
    {
        redis.Process.Signal(LiveProcess.Stop);
        await Task.Delay(lasts);
        redis.Process.Signal(LiveProcess.Continue);
    }

    private async Task SlowAsync(TimeSpan lasts, int draw)
    {
        for (int ms = 0; ms < lasts.TotalMilliseconds; ms += SilentMs + AnsweringMs)
        {
            await redis.Server.ExecuteAsync("CLIENT", "PAUSE", SilentMs);
            await Task.Delay(SilentMs + AnsweringMs);
        }
    }

    private async Task CrowdAsync(TimeSpan lasts, int draw)
    {
        int before = int.Parse((await redis.Server.ConfigGetAsync("maxclients")).Single().Value);
        await redis.Server.ConfigSetAsync("maxclients", 1);
        await redis.Server.ExecuteAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        await Task.Delay(lasts);
        await redis.Server.ConfigSetAsync("maxclients", before);
    }

    private async Task SetAsync(string setting, string bad, string good, TimeSpan lasts)
    {
        await redis.Server.ConfigSetAsync(setting, bad);
        await Task.Delay(lasts);
        await redis.Server.ConfigSetAsync(setting, good);
    }
}

/// <summary>Three masters with a replica each: masters die or stand still and are replaced, replicas take over in an
/// orderly way, slots move.</summary>
internal sealed class ChaosCluster(LiveRedisCluster cluster, ChaosJournal journal, ChaosLosses losses)
{
    private const int SlotsAtATime = 4;

    /// <summary>The hash tags of partitions, whose slots hold progress and counts.</summary>
    private static readonly string[] Tags =
    [
        .. ChaosTests.Decided.SelectMany(topic =>
            Enumerable.Range(0, 4).Select(partition => $"{{{topic}-{partition}}}")
        ),
    ];

    public Fault[] Faults =>
        [
            new("master killed", 1000, 6000, KillAsync),
            new("master paused", 1000, 9000, PauseAsync),
            new("failover", draw => FailOverAsync(draw)),
            new("slots moved", draw => MoveAsync(draw)),
        ];

    private async Task KillAsync(TimeSpan lasts, int draw)
    {
        (int master, int replica) = await PairAsync(draw);
        journal.Note($"master {master} killed, whose replica is {replica}");
        IList<SlotRange> slots = await cluster.SlotsAsync(master);
        long begin = LiveEvents.Now;
        await cluster.Nodes[master].Process.KillAsync();
        await Task.WhenAll(
            Task.Delay(lasts),
            ChaosRedis.UntilAsync($"node {replica} is promoted", () => cluster.IsMasterAsync(replica))
        );
        losses.Add(slots, begin);
        await cluster.Nodes[master].StartAgainAsync();
        await SettleAsync();
    }

    private async Task PauseAsync(TimeSpan lasts, int draw)
    {
        (int master, int replica) = await PairAsync(draw);
        journal.Note($"master {master} paused, whose replica is {replica}");
        IList<SlotRange> slots = await cluster.SlotsAsync(master);
        long begin = LiveEvents.Now;
        cluster.Nodes[master].Process.Signal(LiveProcess.Stop);
        await Task.Delay(lasts);
        cluster.Nodes[master].Process.Signal(LiveProcess.Continue);
        await SettleAsync();
        losses.Add(slots, begin);
    }

    private async Task FailOverAsync(int draw)
    {
        (int master, int replica) = await PairAsync(draw);
        journal.Note($"replica {replica} takes over from {master}");
        await cluster.Server(replica).ExecuteAsync("CLUSTER", "FAILOVER");
        await ChaosRedis.UntilAsync($"node {replica} is promoted", () => cluster.IsMasterAsync(replica));
        await SettleAsync();
    }

    private async Task MoveAsync(int draw)
    {
        var random = new Random(draw);
        for (int i = 0; i < SlotsAtATime; i++)
        {
            string tag = Tags[random.Next(Tags.Length)];
            int slot = cluster.Connection.GetHashSlot(tag),
                from = await cluster.OwnerAsync(slot);
            int[] others = [.. (await cluster.MastersAsync()).Where(master => master != from)];
            int to = others[random.Next(others.Length)];
            journal.Note($"slot {slot} of {tag} moves from {from} to {to}");
            await cluster.MoveSlotAsync(slot, from, to);
        }
    }

    private async Task<(int Master, int Replica)> PairAsync(int draw)
    {
        int[] masters = [.. await cluster.MastersAsync()];
        int master = masters[draw % masters.Length];
        return (master, (await cluster.ReplicasAsync(master)).Single());
    }

    /// <summary>Waits until there are three masters again, and all others follow them.</summary>
    private Task SettleAsync() => ChaosRedis.UntilAsync("the cluster is whole", async () =>
        {
            int[] masters = [.. await cluster.MastersAsync()];
            foreach (int node in Enumerable.Range(0, cluster.Nodes.Count).Except(masters))
            {
                if (!await cluster.Nodes[node].FollowsAsync())
                {
                    return false;
                }
            }

            foreach (int master in masters)
            {
                if ((await cluster.ReplicasAsync(master)).Count != 1)
                {
                    return false;
                }
            }

            return masters.Length == 3;
        });
}

/// <summary>A master that dies or stands still, and a replica that Sentinel promotes.</summary>
internal sealed class ChaosSentinel(LiveSentinel sentinel, ChaosJournal journal)
{
    public Fault[] Faults =>
        [
            new("master killed", 1000, 6000, KillAsync),
            new("master paused", 1000, 9000, PauseAsync),
            new("failover", _ => FailOverAsync()),
        ];

    private async Task KillAsync(TimeSpan lasts, int draw)
    {
        (LiveRedisServer master, LiveRedisServer replica) = await PairAsync();
        journal.Note($"master {master.Port} killed");
        await master.Process.KillAsync();
        await Task.WhenAll(
            Task.Delay(lasts),
            ChaosRedis.UntilAsync($"{replica.Port} is promoted", replica.IsMasterAsync)
        );
        await master.StartAgainAsync();
        await ChaosRedis.UntilAsync($"{master.Port} follows", master.FollowsAsync);
    }

    private async Task PauseAsync(TimeSpan lasts, int draw)
    {
        (LiveRedisServer master, LiveRedisServer replica) = await PairAsync();
        journal.Note($"master {master.Port} paused");
        master.Process.Signal(LiveProcess.Stop);
        await Task.Delay(lasts);
        master.Process.Signal(LiveProcess.Continue);
        await ChaosRedis.UntilAsync("one follows the other", async () =>
            await FollowsAsync(master, replica) || await FollowsAsync(replica, master)
        );
    }

    private async Task FailOverAsync()
    {
        (LiveRedisServer master, LiveRedisServer replica) = await PairAsync();
        journal.Note($"{replica.Port} takes over from {master.Port}");
        await ChaosRedis.UntilAsync("the sentinel agrees", async () =>
        {
            await sentinel.FailOverAsync();
            return true;
        });
        await ChaosRedis.UntilAsync($"{master.Port} follows", () => FollowsAsync(master, replica));
    }

    private static async Task<bool> FollowsAsync(LiveRedisServer replica, LiveRedisServer master) =>
        await replica.FollowsAsync() && await master.IsMasterAsync();

    private async Task<(LiveRedisServer Master, LiveRedisServer Replica)> PairAsync() =>
        await sentinel.Master.IsMasterAsync()
            ? (sentinel.Master, sentinel.Replica)
            : (sentinel.Replica, sentinel.Master);
}
