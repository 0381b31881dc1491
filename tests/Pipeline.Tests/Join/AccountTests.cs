using Engine.Pipeline.Clicks;
using Tests.Support;
using Xunit;

namespace Pipeline.Tests.Join;

public sealed class AccountTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Every_record_but_ticks_is_accounted_for(int seed)
    {
        List<LogRecord> log = RandomLog.Make(seed, 3_000);
        using var run = new PipelineRun(new RunOptions { Base = RandomLog.Settings });
        run.Process([.. log, .. RandomLog.Flush(log)]);
        PartitionCounts counts = run.Counts;
        Assert.Equal(
            log.Count + 2 - counts.Ticks,
            counts.Verdicts
                + counts.Duplicates
                + counts.PathsJoined
                + counts.PathsSurplus
                + counts.PathsUnmatched
                + counts.ConfirmationsUsed
                + counts.ConfirmationsUnused
                + counts.AllDeadLetters
        );
        Assert.All(
            (long[])
                [
                    counts.Verdicts,
                    counts.Duplicates,
                    counts.PathsJoined,
                    counts.PathsSurplus,
                    counts.PathsUnmatched,
                    counts.ConfirmationsUsed,
                    counts.ConfirmationsUnused,
                    counts.AllDeadLetters,
                ],
            count => Assert.True(count > 0)
        );
        Assert.Equal(counts.Verdicts, counts.ByClass.Sum());
        Assert.Equal(counts.Verdicts + counts.ConfirmationsUsed, run.Verdicts.Count);
        Assert.Equal(counts.AllDeadLetters, run.DeadLetters.Count);
        Assert.Equal(
            (0, 0, 0),
            (run.State(0).WaitingPoints, run.State(0).WaitingClicks.Count, run.State(1).WaitingPaths.Count)
        );
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void The_same_log_gives_the_same_bytes_however_it_is_cut(int seed)
    {
        List<LogRecord> log = RandomLog.Make(seed, 2_000);
        string whole = Lines(log, null);
        var random = new Random(seed);
        Assert.Equal(whole, Lines(log, null));
        Assert.Equal(whole, Lines(log, () => 1));
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(whole, Lines(log, () => random.Next(1, 200)));
        }

        Assert.Contains("standing.network", whole);
        Assert.Contains("rule.often", whole);
        Assert.Contains("confirmation.", whole);
        Assert.Contains("time.out-of-range", whole);
    }

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    [InlineData(23)]
    public void A_quiet_rebuild_gives_the_same_verdicts_from_there_on(int seed)
    {
        List<LogRecord> log = RandomLog.Make(seed, 2_000);
        var random = new Random(seed);
        int cut = random.Next(500, 1_500);
        using var first = new PipelineRun(new RunOptions { Base = RandomLog.Settings });
        first.Process(log[..cut]);
        int before = first.Verdicts.Count,
            letters = first.DeadLetters.Count;
        long[] counted =
        [
            first.Counts.Verdicts,
            first.Counts.PathsJoined,
            first.Counts.ConfirmationsUsed,
            first.Counts.Duplicates,
        ];
        first.Process(log[cut..]);

        using var rebuilt = new PipelineRun(new RunOptions { Base = RandomLog.Settings });
        foreach (int partition in (int[])[0, 1])
        {
            rebuilt.State(partition).LiveFromOffset = log[..cut].Count(record => record.Partition == partition);
        }

        rebuilt.Process(log[..cut], () => random.Next(1, 100));
        Assert.Empty(rebuilt.Verdicts);
        rebuilt.Process(log[cut..], () => random.Next(1, 100));

        Assert.Equal(first.Verdicts.Skip(before), rebuilt.Verdicts);
        Assert.Equal(first.DeadLetters.Skip(letters), rebuilt.DeadLetters);
        PartitionCounts all = first.Counts,
            rest = rebuilt.Counts;
        Assert.Equal(
            [
                all.Verdicts - counted[0],
                all.PathsJoined - counted[1],
                all.ConfirmationsUsed - counted[2],
                all.Duplicates - counted[3],
            ],
            [rest.Verdicts, rest.PathsJoined, rest.ConfirmationsUsed, rest.Duplicates]
        );
    }

    private static string Lines(List<LogRecord> log, Func<int>? batch)
    {
        using var run = new PipelineRun(new RunOptions { Base = RandomLog.Settings, CompleteVerdicts = true });
        run.Process([.. log, .. RandomLog.Flush(log)], batch);
        return run.VerdictLines + string.Join('\n', run.DeadLetters);
    }
}
