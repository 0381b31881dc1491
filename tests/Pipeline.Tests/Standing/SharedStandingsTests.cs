using System.Text.Json;
using Engine.Pipeline.Standing;
using Engine.Primitives;
using Pipeline.Tests.Join;
using Tests.Support;
using Xunit;

namespace Pipeline.Tests.Standing;

/// <summary>What one partition knows of a visitor or a publisher counts in the others.</summary>
public sealed class SharedStandingsTests
{
    private const long T = Events.Start;

    private static readonly int[] Batches = [1, 7, 64, 1000];

    private static readonly Dictionary<string, string> Settings = new()
    {
        ["rule/bad"] = """{"when":"click.campaign == 'bad'","then":{"class":"sivt"}}""",
        ["reason/click.double"] = """{"off":true}""",
        ["reason/standing.visitor"] = """{"limit":0.5,"min_clicks":4}""",
        ["reason/publisher.share"] = """{"limit":0.25,"min_clicks":10}""",
    };

    [Fact]
    public void A_visitor_who_was_invalid_in_another_partition_is_told_of_with_that_partition()
    {
        using var run = new PipelineRun(new RunOptions { Base = Settings, SharesStandings = true });
        run.State(1);
        Clicks(run, partition: 0, "v", "pub-1", T, count: 6, "bad");
        run.PassTo(T + 10_000);
        run.Process([LogRecord.Of(Events.Click("there").At(T + 20_000).From("198.51.100.1").Visitor("v"), 1)]);
        Assert.Equal(["standing.visitor"], run.ReasonsOf("there"));
        JsonElement evidence = run.Verdict("there").GetProperty("evidence").GetProperty("standing.visitor");
        Assert.Equal(6, evidence.GetProperty("clicks").GetDouble(), 1);
        Assert.Equal("""["interactions-0"]""", evidence.GetProperty("partitions").GetRawText());
        // In their own partition the numbers are its own.
        run.Feed(Events.Click("here").At(T + 20_000).From("198.51.100.2").Visitor("v"));
        Assert.False(
            run.Verdict("here")
                .GetProperty("evidence")
                .GetProperty("standing.visitor")
                .TryGetProperty("partitions", out _)
        );
    }

    [Fact]
    public void A_publishers_clicks_of_all_partitions_are_one_share()
    {
        using var run = new PipelineRun(new RunOptions { Base = Settings, SharesStandings = true });
        run.State(2);
        // Good in both for long; then bad in one of them only.
        foreach (int partition in (int[])[0, 1])
        {
            Clicks(run, partition, null, "pub-1", T, 100, "good");
        }

        foreach (int partition in (int[])[0, 1])
        {
            run.PassTo(T + 3_600_000, partition);
        }

        Clicks(run, 0, null, "pub-1", T + 3_600_000, 40, "bad");
        foreach (int partition in (int[])[0, 1])
        {
            run.PassTo(T + 3_700_000, partition);
        }

        run.Process([LogRecord.Of(Events.Click("there").At(T + 3_710_000).From("198.51.100.1"), 2)]);
        Assert.Equal(["publisher.share"], run.ReasonsOf("there"));
        Assert.Equal(
            """["interactions-0","interactions-1"]""",
            run.Verdict("there")
                .GetProperty("evidence")
                .GetProperty("publisher.share")
                .GetProperty("partitions")
                .GetRawText()
        );
    }

    [Fact]
    public void Sums_of_a_later_log_time_are_not_known_yet()
    {
        using var ahead = new PipelineRun(new RunOptions { Base = Settings });
        Clicks(ahead, 0, "v", "pub-1", T + 60_000, 6, "bad");
        ahead.PassTo(T + 70_000);
        (string key, byte[] value) = ahead.Standings.Single(one => one.Key == "visitor/v/interactions-0");
        using var run = new PipelineRun(new RunOptions { Base = Settings });
        run.Hear(1, key, value);
        run.Process([LogRecord.Of(Events.Click("before").At(T + 50_000).From("198.51.100.1").Visitor("v"), 1)]);
        Assert.Empty(run.ReasonsOf("before"));
        run.Process([LogRecord.Of(Events.Click("after").At(T + 71_000).From("198.51.100.2").Visitor("v"), 1)]);
        Assert.Equal(["standing.visitor"], run.ReasonsOf("after"));
    }

    [Fact]
    public void Of_two_sums_of_a_partition_the_one_that_covers_more_holds_and_each_counts_once()
    {
        using var run = new PipelineRun(new RunOptions { Base = Settings });
        void Hear(int from, int clicks, long covers) =>
            run.Hear(
                1,
                $"visitor/v/interactions-{from}",
                System.Text.Encoding.ASCII.GetBytes(
                    $$"""{"clicks":{{clicks}},"invalid":{{clicks}},"recent_clicks":0,"recent_invalid":0,"cost_micros":0,"lost_micros":0,"time":{{T}},"covers":{{covers}}}"""
                )
            );
        Hear(0, 5, 10);
        Hear(0, 3, 7);
        Hear(2, 4, 1);
        Hear(2, 4, 1);
        run.Process([LogRecord.Of(Events.Click("c").At(T).Visitor("v"), 1)]);
        Assert.Equal(
            9,
            run.Verdict("c").GetProperty("evidence").GetProperty("standing.visitor").GetProperty("clicks").GetDouble()
        );
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void However_a_log_of_partitions_is_cut_into_batches_verdicts_are_the_same(int seed)
    {
        var settings = new Dictionary<string, string>(RandomLog.Settings)
        {
            ["rule/bad"] = """{"when":"int(publisher.share * 100.0) % 3 == 0","then":{"class":"sivt"},"order":3}""",
        };
        List<LogRecord> log = [.. RandomLog.Make(seed, 3_000).OrderBy(record => record.Timestamp)];
        string[] runs =
        [
            .. Batches.Select(batch =>
            {
                using var run = new PipelineRun(new RunOptions { Base = settings, SharesStandings = true });
                run.Process(log, () => batch);
                return run.VerdictLines;
            }),
        ];
        Assert.All(runs, lines => Assert.Equal(runs[0], lines));
        using var alone = new PipelineRun(new RunOptions { Base = settings });
        alone.Process(log);
        Assert.NotEqual(alone.VerdictLines, runs[0]);
    }

    [Fact]
    public void Sums_read_back_with_the_same_bits_and_what_is_cut_or_lacks_one_is_none()
    {
        var random = new Random(4);
        var hash = new KeyedHash(1, 2);
        for (int i = 0; i < 200; i++)
        {
            double Any() =>
                BitConverter.Int64BitsToDouble(random.NextInt64(0, 0x7fef_ffff_ffff_ffff)) is var any && i % 3 == 0
                    ? any
                    : random.NextDouble() * 1e6;
            var sums = new StandingSums
            {
                Kind = StandingKind.Publisher,
                Name = "pub-1",
                Clicks = Any(),
                Invalid = Any(),
                RecentClicks = Any(),
                RecentInvalid = Any(),
                CostMicros = random.NextInt64(),
                LostMicros = random.NextInt64(),
                LogTime = random.NextInt64(1L << 42),
            };
            (string key, byte[] value) = (
                StandingRecord.Key(sums, "interactions-3"),
                StandingRecord.Value(sums, 77 + i)
            );
            WrittenSums read = StandingRecord.Read(key, value, hash)!.Value;
            Assert.Equal(
                (3, sums.Clicks, sums.Invalid, sums.RecentClicks, sums.RecentInvalid),
                (read.Partition, read.Sums.Clicks, read.Sums.Invalid, read.Sums.RecentClicks, read.Sums.RecentInvalid)
            );
            Assert.Equal(
                ("pub-1", sums.CostMicros, sums.LostMicros, sums.LogTime, 77 + i),
                (read.Sums.Name, read.Sums.CostMicros, read.Sums.LostMicros, read.Sums.LogTime, read.Sums.Covers)
            );
            Assert.Null(StandingRecord.Read(key, value.AsSpan(0, random.Next(value.Length)), hash));
        }
        Assert.Null(
            StandingRecord.Read(
                "publisher/p/interactions-0",
                """{"clicks":1,"invalid":0,"recent_clicks":1,"recent_invalid":0,"cost_micros":1,"lost_micros":0,"time":5}"""u8,
                hash
            )
        );
        Assert.Null(
            StandingRecord.Read(
                "publisher/p/interactions-0",
                """{"clicks":"1","invalid":0,"recent_clicks":1,"recent_invalid":0,"cost_micros":1,"lost_micros":0,"time":5,"covers":1}"""u8,
                hash
            )
        );
        Assert.NotNull(
            StandingRecord.Read(
                "publisher/p/interactions-0",
                """{"new":[{}],"clicks":1,"invalid":0,"recent_clicks":1,"recent_invalid":0,"cost_micros":1,"lost_micros":0,"time":5,"covers":1}"""u8,
                hash
            )
        );
    }

    [Fact]
    public void How_far_a_partitions_sums_are_written_reads_back_and_is_no_sum()
    {
        string key = StandingRecord.MarkKey("interactions-12");
        byte[] value = StandingRecord.MarkValue(90_211, T);
        Assert.Equal((12, T), StandingRecord.ReadMark(key, value));
        Assert.Null(StandingRecord.Read(key, value, new KeyedHash(1, 2)));
        Assert.Null(StandingRecord.ReadMark(key, "{}"u8));
        Assert.Null(StandingRecord.ReadMark("campaign/written/interactions-12", value));
    }

    private static void Clicks(
        PipelineRun run,
        int partition,
        string? visitor,
        string publisher,
        long from,
        int count,
        string campaign
    )
    {
        for (int i = 0; i < count; i++)
        {
            EventBuilder click = Events
                .Click($"{publisher}-{campaign}-{partition}-{from}-{i}")
                .At(from + i * 50)
                .From($"203.0.{partition}.{i + 1}")
                .Publisher(publisher)
                .Campaign(campaign);
            run.Process([LogRecord.Of(visitor == null ? click : click.Visitor(visitor), partition)]);
        }
    }
}
