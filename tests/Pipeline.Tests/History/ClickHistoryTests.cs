using System.Text.Json;
using Engine.Pipeline.Features;
using Engine.Pipeline.History;
using Pipeline.Tests.Decide;
using Tests.Support;
using Xunit;

namespace Pipeline.Tests.History;

/// <summary>What labels make of the clicks that come after them.</summary>
public sealed class ClickHistoryTests
{
    private const long T = Events.Start,
        Minute = 60_000,
        After = T + 2 * Minute;
    private const int Labels = 12;

    /// <summary>
    /// All labels: 12 of pub-1 invalid, 12 of pub-2 valid; nothing but a minute's decay lies between them and the
    /// clicks.
    /// </summary>
    private const double Whole = 0.5,
        BadPublisher = (Labels + SmoothedRate.Weight * Whole) / (Labels + SmoothedRate.Weight);

    [Fact]
    public void Without_labels_features_are_unknown_and_verdicts_the_same()
    {
        using PipelineRun run = VerdictTableTests.Run(),
            other = VerdictTableTests.Run();
        other.Histories.Add(Label("x", "pub-1", false) with { Publisher = "" }, T);
        foreach (PipelineRun each in new[] { run, other })
        {
            each.Feed(Events.Click("c").At(After));
        }

        Assert.Equal((ClickFeatures.Unknown, ClickFeatures.Unknown, ClickFeatures.Unknown), FeaturesOf(run, "c"));
        Assert.Equal(run.VerdictLines, other.VerdictLines);
    }

    [Fact]
    public void A_click_is_judged_by_labels_of_minutes_before_it_only()
    {
        using PipelineRun run = Labelled();
        run.Feed(
            Events.Click("early").At(T + Minute + 1_999),
            Events.Click("late").At(T + Minute + 2_000).Visitor("v")
        );
        Assert.Equal((ClickFeatures.Unknown, ClickFeatures.Unknown, ClickFeatures.Unknown), FeaturesOf(run, "early"));
        Assert.Equal(BadPublisher, FeaturesOf(run, "late").Publisher, 3);
        Assert.Empty(run.ReasonsOf("early"));
        Assert.Equal(["history"], run.ReasonsOf("late"));
    }

    [Fact]
    public void Rates_are_smoothed_towards_the_whole_and_the_publisher()
    {
        using PipelineRun run = Labelled();
        for (int i = 0; i < 3; i++)
        {
            run.Histories.Add(Label($"good-{i}", "pub-1", true) with { Placement = "top", Model = "A1" }, T);
        }

        double whole = (Labels + 0.5) / (2 * Labels + 3 + 1),
            publisher = (Labels + SmoothedRate.Weight * whole) / (Labels + 3 + SmoothedRate.Weight);
        double pair = SmoothedRate.Weight * publisher / (3 + SmoothedRate.Weight);
        run.Feed(
            Events.Click("seen").At(After).Placement("top").Device(device => device.Model = "a 1"),
            Events.Click("unseen").At(After).Placement("side").Device(device => device.Model = "B2").Visitor("v"),
            Events.Click("new").At(After).Publisher("pub-9").Placement("top").Visitor("w")
        );
        AssertNear((publisher, pair, pair), FeaturesOf(run, "seen"));
        AssertNear((publisher, publisher, publisher), FeaturesOf(run, "unseen"));
        AssertNear((whole, whole, whole), FeaturesOf(run, "new"));
    }

    [Theory]
    [InlineData(0.81, 11.9, true)]
    [InlineData(0.82, 11.9, false)]
    [InlineData(0.81, 12.1, false)]
    public void The_reason_holds_above_its_limit_from_so_many_clicks_on(double limit, double clicks, bool holds)
    {
        using PipelineRun run = Labelled(
            (
                "reason/history",
                FormattableString.Invariant($$"""{"limit":{{limit}},"min_clicks":{{clicks}},"class":"suspect"}""")
            )
        );
        run.Feed(
            Events.Click("c").At(After),
            Events.Click("good").At(After).Publisher("pub-2").Visitor("v"),
            Events.Click("new").At(After).Publisher("pub-9").Visitor("w")
        );
        Assert.Equal(holds ? ["history"] : [], run.ReasonsOf("c"));
        Assert.Empty(run.ReasonsOf("good"));
        Assert.Empty(run.ReasonsOf("new"));
        if (!holds)
        {
            return;
        }

        Assert.Equal("suspect review flag True", VerdictTableTests.Outcome(run, "c"));
        JsonElement evidence = run.Verdict("c").GetProperty("evidence").GetProperty("history");
        Assert.Equal(["share", "clicks", "limit"], evidence.EnumerateObject().Select(entry => entry.Name));
        Assert.Equal(BadPublisher, evidence.GetProperty("share").GetDouble(), 3);
        Assert.Equal(Labels, evidence.GetProperty("clicks").GetDouble(), 1);
        Assert.Equal(limit, evidence.GetProperty("limit").GetDouble());
    }

    [Fact]
    public void A_bad_placement_of_a_good_publisher_gives_the_reason()
    {
        using PipelineRun run = Labelled();
        for (int i = 0; i < 20; i++)
        {
            run.Histories.Add(Label($"good-{i}", "pub-3", true) with { Placement = "top" }, T);
        }

        for (int i = 0; i < 15; i++)
        {
            run.Histories.Add(Label($"bad-{i}", "pub-3", false) with { Placement = "side" }, T);
        }

        run.Feed(
            Events.Click("top").At(After).Publisher("pub-3").Placement("top"),
            Events.Click("side").At(After).Publisher("pub-3").Placement("side").Visitor("v")
        );
        Assert.Empty(run.ReasonsOf("top"));
        Assert.Equal(["history"], run.ReasonsOf("side"));
        Assert.Equal(
            15,
            run.Verdict("side").GetProperty("evidence").GetProperty("history").GetProperty("clicks").GetDouble(),
            0
        );
    }

    [Fact]
    public void A_waiting_click_keeps_what_was_known_when_it_came()
    {
        using PipelineRun run = Labelled();
        run.Feed(Events.Click("c").At(T + Minute + 1_000).ExpectsPath(), Events.Path("c").At(T + Minute + 2_500));
        Assert.Equal(ClickFeatures.Unknown, FeaturesOf(run, "c").Publisher);
    }

    private static PipelineRun Labelled(params (string, string)[] settings)
    {
        PipelineRun run = VerdictTableTests.Run(settings);
        for (int i = 0; i < Labels; i++)
        {
            run.Histories.Add(Label($"a-{i}", "pub-1", false), T);
            run.Histories.Add(Label($"b-{i}", "pub-2", true), T);
        }
        return run;
    }

    private static LabelEvent Label(string click, string publisher, bool valid) =>
        new()
        {
            Click = click,
            Time = T,
            Valid = valid,
            Source = "analyst",
            Publisher = publisher,
        };

    private static (float Publisher, float Placement, float Device) FeaturesOf(PipelineRun run, string click)
    {
        float[] row = run.Features[click];
        return (
            row[(int)ClickFeature.HistoryPublisher],
            row[(int)ClickFeature.HistoryPlacement],
            row[(int)ClickFeature.HistoryDevice]
        );
    }

    private static void AssertNear(
        (double Publisher, double Placement, double Device) expected,
        (float Publisher, float Placement, float Device) actual
    )
    {
        Assert.Equal(expected.Publisher, actual.Publisher, 1e-4);
        Assert.Equal(expected.Placement, actual.Placement, 1e-4);
        Assert.Equal(expected.Device, actual.Device, 1e-4);
    }
}
