using Tests.Support;
using Xunit;

namespace Pipeline.Tests.Decide;

/// <summary>What several paths of one visitor, or of one network, say together. None of the paths used is a program's
/// by itself.</summary>
public sealed class PathSeriesTests
{
    private const long T = Events.Start;
    private const int Person = 400,
        Doubtful = 800,
        Certain = 1_600;

    [Fact]
    public void Several_doubtful_paths_of_one_visitor_are_a_programs()
    {
        using var run = Run();
        for (int i = 0; i < 5; i++)
        {
            run.Feed(Click(i, "v", Doubtful));
        }

        // 3 is over the limit of four paths, 0.5 + 2 · (0.5 + 4) / 4, and under that of three
        Assert.Equal([], run.ReasonsOf("c-2"));
        Assert.Equal(["cursor.series"], run.ReasonsOf("c-3"));
        Assert.Equal(
            """{"by":"visitor","paths":4,"mean_log_odds":3,"limit":2.75,"window_s":3600}""",
            run.EvidenceOf("c-3", "cursor.series")
        );
        Assert.Equal("sivt block deny False", VerdictTableTests.Outcome(run, "c-3"));
        Assert.Equal("""{"by":"visitor","paths":5,"mean_log_odds":3,"limit":2.3,"window_s":3600}""", Evidence(run, 4));
    }

    [Fact]
    public void One_path_alone_never_decides()
    {
        using var run = Run();
        run.Feed(Click(0, "v", Person));
        run.Feed(Click(1, "v", Certain));
        run.Feed(Click(2, "v", Person));
        run.Feed(Click(3, "v", Doubtful));
        Assert.All(Enumerable.Range(0, 4), i => Assert.DoesNotContain("cursor.series", run.ReasonsOf($"c-{i}")));
    }

    [Fact]
    public void A_robot_that_varies_its_visitor_is_found_by_its_network_and_people_in_it_are_judged_by_their_own()
    {
        using var run = Run();
        for (int i = 0; i < 3; i++)
        {
            run.Feed(Click(i, "person", Person));
        }

        for (int i = 3; i < 30; i++)
        {
            run.Feed(Click(i, $"v-{i}", Doubtful));
        }

        run.Feed(Click(30, "person", Person));
        run.Feed(Click(31, "newcomer", Person));
        Assert.Equal(["cursor.series"], run.ReasonsOf("c-29"));
        Assert.StartsWith(
            """{"by":"network","paths":30,"mean_log_odds":2.3,""",
            Evidence(run, 29),
            StringComparison.Ordinal
        );
        Assert.Equal([], run.ReasonsOf("c-30"));
        Assert.Equal([], run.ReasonsOf("c-31"));
    }

    [Fact]
    public void After_an_hour_it_is_forgotten()
    {
        using var run = Run();
        for (int i = 0; i < 3; i++)
        {
            run.Feed(Click(i, "v", Doubtful));
        }

        run.Feed(Click(3, "v", Doubtful, T + 3_700_000));
        Assert.Equal([], run.ReasonsOf("c-3"));
    }

    [Theory]
    [InlineData("""{"limit":2,"min_clicks":3}""", false)]
    [InlineData("""{"limit":0.1}""", true)]
    [InlineData("""{"min_clicks":5}""", false)]
    [InlineData("""{"off":true}""", false)]
    public void Limit_and_number_are_settings(string setting, bool holds)
    {
        using var run = Run(("reason/cursor.series", setting));
        for (int i = 0; i < 4; i++)
        {
            run.Feed(Click(i, "v", Doubtful));
        }

        Assert.Equal(holds ? ["cursor.series"] : [], run.ReasonsOf("c-3"));
    }

    private static string Evidence(PipelineRun run, int click) => run.EvidenceOf($"c-{click}", "cursor.series");

    private static PipelineRun Run(params (string Key, string Json)[] settings)
    {
        using TempFolder folder = new TempFolder().With("m", SmallModel.Cursor());
        return new PipelineRun(
            new RunOptions
            {
                Base = settings
                    .Append(("model/cursor", """{"file":"m"}"""))
                    .Append(("reason/rate.visitor", """{"off":true}"""))
                    .ToDictionary(setting => setting.Item1, setting => setting.Item2),
                Folders = [folder.Path],
            }
        );
    }

    /// <summary>A click on a campaign of its own, with a path of its own shape.</summary>
    private static EventBuilder Click(int i, string visitor, int duration, long? time = null) =>
        Events
            .Click($"c-{i}")
            .At(time ?? (T + (i * 5_000)))
            .Visitor(visitor)
            .Campaign($"k-{i}")
            .Publisher($"p-{i}")
            .Points([
                .. Enumerable
                    .Range(0, 21)
                    .Select(k =>
                        (
                            (double)(k * duration / 20),
                            Math.Round((k * (9.0 + i)) + (k % 3)),
                            Math.Round((40 + (7 * i)) * Math.Sin(k / (3.0 + i)))
                        )
                    ),
            ]);
}
