using Tests.Support;
using Xunit;

namespace Pipeline.Tests.Decide;

/// <summary>A snoozed reason doesn't act for its publisher until its time, and the evidence tells of it.</summary>
public sealed class SnoozeTests
{
    private const long T = Events.Start;

    private const string Snooze = """{"reason":"rate.visitor","publisher":"p","until":UNTIL,"because":"a fair"}""";

    [Fact]
    public void A_snoozed_reason_is_told_in_the_evidence_and_does_not_act()
    {
        using PipelineRun run = Run(until: T + 60_000);
        Feed(run, "p", T);
        Assert.Empty(run.ReasonsOf("p-2"));
        Assert.Equal("valid allow accept True", VerdictTableTests.Outcome(run, "p-2"));
        Assert.Equal(
            $$"""{"count":3,"window_s":60,"limit":2,"snoozed":"s","until":{{T + 60_000}},"because":"a fair"}""",
            run.EvidenceOf("p-2", "rate.visitor")
        );
    }

    [Fact]
    public void It_acts_for_other_publishers_and_from_its_time_on()
    {
        using PipelineRun run = Run(until: T + 8_000);
        Feed(run, "q", T);
        Assert.Equal(["rate.visitor"], run.ReasonsOf("q-2"));
        Feed(run, "p", T);
        // Clicks are two seconds apart, so the fifth is the first from the snooze's end on.
        Assert.Empty(run.ReasonsOf("p-3"));
        Assert.Equal(["rate.visitor"], run.ReasonsOf("p-4"));
    }

    [Fact]
    public void Other_reasons_of_the_click_act()
    {
        using PipelineRun run = Run(until: T + 60_000);
        Feed(run, "p", T, page: "about:blank");
        Assert.Equal(["click.page"], run.ReasonsOf("p-2"));
        Assert.Equal("suspect review flag True", VerdictTableTests.Outcome(run, "p-2"));
        Assert.Contains("snoozed", run.EvidenceOf("p-2", "rate.visitor"));
    }

    [Fact]
    public void A_reason_in_shadow_stays_in_shadow()
    {
        using PipelineRun run = Run(until: T + 60_000, limit: """{"limit":2,"shadow":true}""");
        Feed(run, "p", T);
        Assert.Empty(run.ReasonsOf("p-2"));
        Assert.DoesNotContain("snoozed", run.Verdict("p-2").GetRawText());
    }

    [Fact]
    public void A_deleted_snooze_no_longer_holds()
    {
        using PipelineRun run = Run(until: T + 60_000);
        run.Setting("snooze/s", null, T);
        Feed(run, "p", T + 2_001);
        Assert.Equal(["rate.visitor"], run.ReasonsOf("p-2"));
    }

    /// <summary>The model's reason is the score: while it is snoozed the score opens no band, and is still
    /// told.</summary>
    [Fact]
    public void A_snoozed_model_opens_no_band()
    {
        using PipelineRun run = VerdictTableTests.Run(
            ("bands/default", """{"review":0,"challenge":0,"block":0}"""),
            ("snooze/s", Snooze.Replace("rate.visitor", "model").Replace("UNTIL", $"{T + 60_000}"))
        );
        run.Feed(Events.Click("p").Publisher("p").At(T), Events.Click("q").Publisher("q").At(T + 5_000));
        Assert.Equal("valid allow accept True", VerdictTableTests.Outcome(run, "p"));
        Assert.Contains("\"snoozed\":\"s\"", run.EvidenceOf("p", "model"));
        Assert.Equal("sivt block deny False", VerdictTableTests.Outcome(run, "q"));
    }

    private static PipelineRun Run(long until, string limit = """{"limit":2}""") =>
        VerdictTableTests.Run(("reason/rate.visitor", limit), ("snooze/s", Snooze.Replace("UNTIL", $"{until}")));

    private static void Feed(PipelineRun run, string publisher, long from, string page = "https://news.example/")
    {
        for (int i = 0; i < 5; i++)
        {
            run.Feed(
                Events
                    .Click($"{publisher}-{i}")
                    .At(from + i * 2_000)
                    .Campaign($"k-{i}")
                    .From($"10.{i}.0.1")
                    .Visitor($"v-{publisher}")
                    .Publisher(publisher)
                    .Page(page)
            );
        }
    }
}
