using Tests.Support;
using Xunit;

namespace Pipeline.Tests.Decide;

public sealed class ConfirmationTests : IDisposable
{
    private const long T = Events.Start;

    private readonly PipelineRun _run = VerdictTableTests.Run(
        (
            "rule/ask",
            """{"when":"click.publisher == 'ask'","then":{"class":"suspect","band":"challenge","action":"confirm","billable":false}}"""
        )
    );

    [Theory]
    [InlineData("confirmed", true)]
    [InlineData("missed", false)]
    [InlineData("expired", false)]
    public void A_confirmation_writes_the_verdict_again_and_only_billable_changes(string outcome, bool billable)
    {
        _run.Feed(Events.Click("c").Publisher("ask"), Events.Confirmation("c", outcome).At(T + 5_000).Attempts(2));
        Assert.Equal("suspect challenge confirm " + billable, VerdictTableTests.Outcome(_run, "c"));
        Assert.Equal(["rule.ask", "confirmation." + outcome], _run.ReasonsOf("c"));
        Assert.Equal(
            """{"attempts":2,"latency_ms":1840,"at":"interactions-0@1"}""",
            _run.EvidenceOf("c", "confirmation." + outcome)
        );
        Assert.Equal(
            ("interactions-0@0", T, "s-base"),
            (
                _run.Verdict("c").GetProperty("at").GetString(),
                _run.Verdict("c").GetProperty("time").GetInt64(),
                _run.Verdict("c").GetProperty("settings").GetString()
            )
        );
        Assert.Equal((1, 1), (_run.Counts.Verdicts, _run.Counts.ConfirmationsUsed));
    }

    [Fact]
    public void Only_the_first_confirmation_is_used_and_only_where_one_was_asked_for()
    {
        _run.Feed(
            Events.Click("c").Publisher("ask"),
            Events.Click("d"),
            Events.Confirmation("c", "missed"),
            Events.Confirmation("c"),
            Events.Confirmation("d"),
            Events.Confirmation("unknown")
        );
        Assert.Equal("suspect challenge confirm False", VerdictTableTests.Outcome(_run, "c"));
        Assert.Equal((1, 3), (_run.Counts.ConfirmationsUsed, _run.Counts.ConfirmationsUnused));
        Assert.Equal(["c"], _run.Confirmations);
    }

    [Fact]
    public void A_confirmation_is_used_as_long_as_its_click_is_remembered()
    {
        _run.Feed(
            Events.Click("c").Publisher("ask"),
            Events.Click("d").Publisher("ask").At(T + 1),
            Events.Confirmation("d").At(T + 3_600_001),
            Events.Confirmation("c").At(T + 3_600_001)
        );
        Assert.Equal(["d"], _run.Confirmations);
        Assert.Empty(_run.State().Confirmables);
    }

    [Fact]
    public void A_click_that_waited_for_its_path_can_be_confirmed_too()
    {
        _run.Feed(
            Events.Click("c").Publisher("ask").ExpectsPath(),
            Events.Path("c").At(T + 1),
            Events.Confirmation("c").At(T + 2)
        );
        Assert.Equal("present", _run.Verdict("c").GetProperty("path").GetString());
        Assert.True(_run.Verdict("c").GetProperty("billable").GetBoolean());
    }

    public void Dispose() => _run.Dispose();
}
