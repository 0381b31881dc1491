using System.Text.Json.Nodes;
using Engine.Contracts;
using Integration.Tests.Bindings;
using Integration.Tests.Rig;
using StackExchange.Redis;
using Tests.Support;
using Xunit;

namespace Integration.Tests.Processes;

/// <summary>Processes through the real lane: records, queues and the channel, whatever comes between.</summary>
public sealed class ProcessKillTests
{
    private const int Instances = 400;

    internal const string Definition = """
        process/refund-review: { levels: [1, 3, 5, 8, 10], default: 3, attributes: { lost_micros: integer, tier: text }, directives: [
          { id: tier, table: { attribute: tier, levels: { gold: 8, silver: 5 } } }, { id: big, rule: { when: "context.lost_micros > 50", level: 10 } } ], lease_s: 100000, ageing_s: 100000 }

        """;

    [Theory]
    [InlineData(Redises.Garnet)]
    [InlineData(Redises.Cluster)]
    public async Task Kills_in_the_middle_leave_the_records_and_queues_of_an_undisturbed_run(string redis)
    {
        await using Lab lab = await BindingLab.StartAsync(redis);
        lab.Folder.Write("settings/processes.yaml", Definition);
        LiveRecord[] records = [.. Records()];
        Task sending = Task.Run(
            () =>
            {
                foreach (LiveRecord[] some in records.Chunk(records.Length / 30))
                {
                    lab.Log.SendAll(some);
                    Thread.Sleep(200);
                }
            },
            TestContext.Current.CancellationToken
        );
        foreach (double share in new[] { 0.1, 0.5 })
        {
            await using EngineRun run = await lab.StartAsync();
            await LiveWait.UntilAsync($"{share:P0} are started", () =>
                lab.Redis.Keys("priority:{refund-review}:").Count > Instances * share
            );
            await run.Process.KillAsync();
        }
        await sending;
        await lab.RunUntilIdleAsync(lab.Redis);
        LiveResults other = await lab.AnotherRedisAsync(Redises.Any);
        await lab.RunUntilIdleAsync(other, "--group", "undisturbed");

        SortedDictionary<string, string> instances = await lab.Redis.StringsAsync("priority:{refund-review}:");
        Assert.Equal(Instances, instances.Count);
        Assert.Equal(await other.StringsAsync("priority:{refund-review}:"), instances);
        Assert.Equal(await QueueAsync(other), await QueueAsync(lab.Redis));
        JsonNode[] all = [.. instances.Values.Select(json => JsonNode.Parse(json)!)];
        // The log has all that moves an instance.
        Assert.All(["waiting", "taken", "finished"], state =>
            Assert.Contains(all, one => (string?)one["state"] == state)
        );
        Assert.All([3, 5, 8, 10], level => Assert.Contains(all, one => (int?)one["level"] == level));
        // Who waits is in the queue at its level, and nobody else.
        Assert.Equal(
            all.Where(one => (string?)one["state"] == "waiting")
                .ToDictionary(one => (string)one["instance"]!, one => (int)one["level"]!),
            (await QueueAsync(lab.Redis)).ToDictionary(
                entry => entry.Key,
                entry => (int)Math.Ceiling(entry.Value / 1e13)
            )
        );
    }

    [Fact]
    public async Task A_worker_takes_the_most_urgent_and_a_change_of_level_is_told_on_the_channel()
    {
        await using Lab lab = await BindingLab.StartAsync(Redises.Garnet);
        lab.Folder.Write("settings/processes.yaml", Definition);
        await using EngineRun run = await lab.StartAsync();
        var told = new System.Collections.Concurrent.ConcurrentQueue<string>();
        (await lab.Redis.Connection.GetSubscriber().SubscribeAsync(RedisChannel.Literal("priority"))).OnMessage(
            message => told.Enqueue(message.Message.ToString())
        );
        long now = LiveEvents.Now;
        lab.Log.SendAll([
            new LiveRecord(
                Topics.Processes,
                "rr-1",
                Event("process-started", "rr-1", now, """, "context":{"tier":"silver"}"""),
                now
            ),
            new LiveRecord(Topics.Processes, "rr-2", Event("process-started", "rr-2", now, ""), now),
        ]);
        await LiveWait.UntilAsync("both wait", () =>
            lab.Redis.Database.SortedSetLength("priority:queue:{refund-review}") == 2
        );
        lab.Log.SendAll([
            new LiveRecord(
                Topics.Processes,
                "rr-2",
                Event("process-context", "rr-2", now + 5_000, """, "context":{"lost_micros":51}"""),
                now + 5_000
            ),
        ]);
        await LiveWait.UntilAsync("rr-2 is raised", () =>
            (string?)lab.Redis.Database.StringGet("priority:{refund-review}:rr-2") is { } json
            && (int?)JsonNode.Parse(json)!["level"] == 10
        );
        // The record is written first, then told of.
        await LiveWait.UntilAsync("rr-2's level is told", () =>
            told.Any(json =>
                (string?)JsonNode.Parse(json)!["instance"] == "rr-2" && (int?)JsonNode.Parse(json)!["level"] == 10
            )
        );
        SortedSetEntry first = (
            await lab.Redis.Database.SortedSetPopAsync("priority:queue:{refund-review}", Order.Descending)
        )!.Value;
        Assert.Equal("rr-2", first.Element.ToString());
        lab.Log.SendAll([
            new LiveRecord(
                Topics.Processes,
                "rr-2",
                Event("process-taken", "rr-2", now + 6_000, ""","worker":"w-1" """),
                now + 6_000
            ),
        ]);
        await LiveWait.UntilAsync("rr-2 is taken", () =>
            (string?)JsonNode.Parse(lab.Redis.Database.StringGet("priority:{refund-review}:rr-2").ToString())!["state"]
            == "taken"
        );
        Assert.Equal(["rr-1"], (await QueueAsync(lab.Redis)).Keys);
        Assert.False(run.Process.HasExited);
    }

    [Fact]
    public async Task What_waits_for_log_time_comes_by_itself_where_nothing_else_happens()
    {
        await using Lab lab = await BindingLab.StartAsync(Redises.Any);
        lab.Folder.Write(
            "settings/processes.yaml",
            Definition.Replace("lease_s: 100000", "hold_off_ms: 3000, lease_s: 100000", StringComparison.Ordinal)
        );
        await using EngineRun run = await lab.StartAsync();
        long now = LiveEvents.Now;
        await lab.Log.SendAsync(
            new LiveRecord(Topics.Processes, "rr-1", Event("process-started", "rr-1", now, ""), now)
        );
        await lab.Log.SendAsync(
            new LiveRecord(
                Topics.Processes,
                "rr-1",
                Event("process-context", "rr-1", now + 100, """, "context":{"tier":"gold"}"""),
                now + 100
            )
        );
        await LiveWait.UntilAsync("rr-1 is raised at the end of the hold-off", () =>
            (string?)lab.Redis.Database.StringGet("priority:{refund-review}:rr-1") is { } json
            && (int?)JsonNode.Parse(json)!["level"] == 8
        );
        // The owner's tick says that the time has come, and when.
        Confluent.Kafka.ConsumeResult<byte[], byte[]>[] ticks =
        [
            .. lab.Log.ReadAll(Topics.Processes).Where(record => record.Message.Key == null),
        ];
        Assert.NotEmpty(ticks);
        Assert.All(ticks, tick => Assert.Equal("""{"type":"tick"}"""u8.ToArray(), tick.Message.Value));
        Assert.InRange(ticks[0].Message.Timestamp.UnixTimestampMs, now + 3_001, now + 8_000);
        // Where nothing waits, no tick is sent.
        Assert.Empty(lab.Log.ReadAll(Topics.Bindings));
    }

    [Fact]
    public async Task Whom_a_worker_popped_or_took_and_let_lie_waits_again_after_the_lease()
    {
        await using Lab lab = await BindingLab.StartAsync(Redises.Any);
        lab.Folder.Write(
            "settings/processes.yaml",
            Definition.Replace("lease_s: 100000", "lease_s: 2", StringComparison.Ordinal)
        );
        await using EngineRun run = await lab.StartAsync();
        foreach (string instance in new[] { "popped", "taken" })
        {
            await lab.Log.SendAsync(
                new LiveRecord(Topics.Processes, instance, Event("process-started", instance, LiveEvents.Now, ""))
            );
        }

        await LiveWait.UntilAsync("both wait", async () => (await QueueAsync(lab.Redis)).Count == 2);
        Dictionary<string, double> before = await QueueAsync(lab.Redis);
        Assert.Equal(
            2,
            (await lab.Redis.Database.SortedSetPopAsync("priority:queue:{refund-review}", 2, Order.Descending)).Length
        );
        await lab.Log.SendAsync(
            new LiveRecord(
                Topics.Processes,
                "taken",
                Event("process-taken", "taken", LiveEvents.Now, ""","worker":"w-1" """)
            )
        );
        await LiveWait.UntilAsync("both wait again, where they were", async () =>
            (await QueueAsync(lab.Redis)).OrderBy(entry => entry.Key).SequenceEqual(before.OrderBy(entry => entry.Key))
        );
        Assert.Equal(
            "waiting",
            (string?)JsonNode.Parse(lab.Redis.Database.StringGet("priority:{refund-review}:taken").ToString())!["state"]
        );
    }

    private static async Task<Dictionary<string, double>> QueueAsync(LiveResults redis) =>
        (await redis.Database.SortedSetRangeByRankWithScoresAsync("priority:queue:{refund-review}")).ToDictionary(
            entry => entry.Element.ToString(),
            entry => entry.Score
        );

    /// <summary>Instances that start, change, are taken and finish, stamped over ten minutes.</summary>
    internal static IEnumerable<LiveRecord> Records()
    {
        var dice = new Random(11);
        long start = LiveEvents.Now - 600_000;
        List<(long Time, string Instance, string Type, string More)> all = [];
        for (int i = 0; i < Instances; i++)
        {
            string instance = $"rr-{i}";
            long time = start + dice.Next(400_000);
            string tier = dice.Next(3) switch
            {
                0 => "\"gold\"",
                1 => "\"silver\"",
                _ => "null",
            };
            all.Add((time, instance, "process-started", $$""","context":{"tier":{{tier}},"lost_micros":1}"""));
            for (int change = 0; change < 4; change++)
            {
                all.Add(
                    (
                        time += dice.Next(20_000),
                        instance,
                        "process-context",
                        $$""","context":{"lost_micros":{{dice.Next(100)}}{{(dice.Next(6) == 0 ? ",\"tier\":null" : "")}}}"""
                    )
                );
            }

            if (dice.Next(2) == 0)
            {
                all.Add(
                    (time += dice.Next(20_000), instance, "process-taken", $$""","worker":"w-{{dice.Next(9)}}" """)
                );
            }

            if (dice.Next(4) == 0)
            {
                all.Add((time + dice.Next(20_000), instance, "process-finished", ""));
            }
        }
        foreach (
            (long time, string instance, string type, string more) in all.OrderBy(one => one.Time)
                .ThenBy(one => one.Instance, StringComparer.Ordinal)
        )
        {
            yield return new LiveRecord(Topics.Processes, instance, Event(type, instance, time, more), time);
        }
    }

    private static string Event(string type, string instance, long time, string more) =>
        $$"""{"type":"{{type}}","process":"refund-review","instance":"{{instance}}","time":{{time}}{{more}}}""";
}
