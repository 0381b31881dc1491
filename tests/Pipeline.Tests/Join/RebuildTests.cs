using Tests.Support;
using Xunit;

namespace Pipeline.Tests.Join;

public sealed class RebuildTests
{
    private const long T = Events.Start;

    [Theory]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    public void A_batch_that_holds_the_place_from_which_results_count_writes_none_twice(int seed)
    {
        List<LogRecord> log = RandomLog.Make(seed, 2_000);
        var random = new Random(seed);
        int cut = random.Next(500, 1_500);
        using var first = new PipelineRun(new RunOptions { Base = RandomLog.Settings });
        first.Process(log[..cut]);
        (int before, long counted) = (first.Verdicts.Count, first.Counts.Verdicts);
        first.Process(log[cut..]);
        using var rebuilt = new PipelineRun(new RunOptions { Base = RandomLog.Settings });
        foreach (int partition in (int[])[0, 1])
        {
            rebuilt.State(partition).LiveFromOffset = log[..cut].Count(record => record.Partition == partition);
        }

        rebuilt.Process(log, () => random.Next(1, 200));
        Assert.Equal(first.Verdicts.Skip(before), rebuilt.Verdicts);
        Assert.Equal(first.Counts.Verdicts - counted, rebuilt.Counts.Verdicts);
    }

    [Fact]
    public void A_changed_bound_of_ids_holds_in_a_partition_that_is_there_already()
    {
        using var run = new PipelineRun();
        run.Feed(Events.Click("first"));
        run.Setting("limits/time", """{"duplicates_max":1000}""", T);
        for (int i = 0; i < 1_000; i++)
        {
            run.Feed(Events.Click($"c-{i}").At(T + 2_001));
        }

        run.Feed(Events.Click("first").At(T + 2_001), Events.Click("c-999").At(T + 2_001));
        Assert.Equal((1_002, 1), (run.Counts.Verdicts, run.Counts.Duplicates));
    }

    [Fact]
    public void A_click_forgotten_as_it_is_decided_can_not_be_confirmed_and_keeps_no_memory()
    {
        using var run = new PipelineRun(
            new RunOptions
            {
                Base = new Dictionary<string, string>
                {
                    ["rule/ask"] = """{"when":"true","then":{"action":"confirm","billable":false}}""",
                },
            }
        );
        run.Feed(Events.Click("c").ExpectsPath());
        run.PassTo(T + 3_700_000);
        run.Feed(Events.Confirmation("c").At(T + 3_700_001));
        Assert.Empty(run.State().Confirmables);
        Assert.Equal((1, 0, 1), (run.Counts.Verdicts, run.Counts.ConfirmationsUsed, run.Counts.ConfirmationsUnused));
    }
}
