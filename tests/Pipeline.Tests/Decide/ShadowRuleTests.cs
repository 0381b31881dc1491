using System.Globalization;
using Tests.Support;
using Xunit;

namespace Pipeline.Tests.Decide;

/// <summary>Rules in shadow are evaluated and counted, and change nothing.</summary>
public sealed class ShadowRuleTests
{
    [Fact]
    public void With_a_hundred_of_them_every_verdict_has_the_same_bytes()
    {
        string without = Verdicts([]),
            with = Verdicts([
                .. Enumerable
                    .Range(0, 100)
                    .Select(i =>
                        (
                            $"rule/shadow-{i}",
                            $$"""
                            {"when":"windows.visitor_60s > {{i % 7}} || click.campaign == 'k-{{i % 5}}'",
                             "then":{"class":"givt","band":"block","action":"deny","billable":false},"order":{{i}},"shadow":true}
                            """
                        )
                    ),
            ]),
            acting = Verdicts([("rule/acts", """{"when":"true","then":{"class":"givt"}}""")]);
        Assert.Equal(without, with);
        Assert.NotEqual(without, acting);
    }

    private static string Verdicts((string, string)[] rules)
    {
        using PipelineRun run = VerdictTableTests.Run([("reason/rate.visitor", """{"limit":5}"""), .. rules]);
        var random = new Random(7);
        for (int i = 0; i < 500; i++)
        {
            run.Feed(
                Events
                    .Click(i.ToString(CultureInfo.InvariantCulture))
                    .At(Events.Start + i * 500)
                    .Visitor($"v-{random.Next(9)}")
                    .Campaign($"k-{random.Next(9)}")
            );
        }

        return run.VerdictLines;
    }
}
