using Xunit;

namespace Workflows.Tests.Bindings;

/// <summary>
/// Bindings survive what partitions go through: taken over anywhere, with events twice, they end in the same results
/// and counts.
/// </summary>
public sealed class TakeoverTests
{
    private const int Events = 400;

    private static readonly (string, string)[] Limits =
    [
        ("binding-reason/pair.repeated", """{"limit":2,"window_s":300}"""),
        ("binding-reason/network.accounts", """{"limit":4,"window_s":120}"""),
        ("page/poster-8", BindingLog.Poster),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Taken_over_anywhere_the_same_log_gives_the_same_results(int seed)
    {
        BindingLog undisturbed = Play(seed, _ => false),
            once = Play(seed, i => i == Events / 2),
            often = Play(seed, i => i % 7 == 0);
        Assert.Equal(undisturbed.Run.Values, once.Run.Values);
        Assert.Equal(undisturbed.Run.Values, often.Run.Values);
        foreach (BindingLog other in new[] { once, often })
        {
            Assert.Equal(Sorted(undisturbed.Run.Remembered), Sorted(other.Run.Remembered));
            foreach ((string key, Dictionary<string, string> hash) in undisturbed.Run.Hashes)
            {
                Assert.Equal(Sorted(hash), Sorted(other.Run.Hashes[key]));
            }
        }
        // The traffic has all that the decider tells apart.
        string all = string.Join(' ', undisturbed.Counts.Keys);
        Assert.All(
            [
                "operation:pay",
                "suspect:pay",
                "refused:code.used",
                "refused:code.expired",
                "refused:code.forged",
                "refused:prompt.range",
            ],
            field => Assert.Contains(field, all)
        );
    }

    [Fact]
    public void A_code_used_before_a_takeover_is_used_after_it()
    {
        var log = new BindingLog();
        string code = log.Code();
        Assert.Equal("counted", log.Send("b-1", code));
        log.Run.TakeOver();
        Assert.Equal("refused: code.used", log.Send("b-2", code));
        log.Run.Send(log.Event("b-1", code));
        Assert.Equal("1", log.Counts["operation:pay"]);
    }

    [Fact]
    public void A_log_read_again_from_its_beginning_gives_the_same_outcomes() =>
        Assert.Equal(Play(9, _ => false).Run.Values, Play(9, _ => false).Run.Values);

    private static SortedDictionary<string, string> Sorted(Dictionary<string, string> map) =>
        new(map, StringComparer.Ordinal);

    private static BindingLog Play(int seed, Func<int, bool> takeOver)
    {
        var dice = new Random(seed);
        var log = new BindingLog(Limits);
        List<string> codes = [],
            sent = [];
        for (int i = 0; i < Events; i++)
        {
            if (takeOver(i))
            {
                log.Run.TakeOver();
            }

            log.Run.Now += dice.Next(0, 4000);
            string page = dice.Next(4) == 0 ? "poster-8" : "poster-7";
            if (codes.Count == 0 || dice.Next(3) > 0)
            {
                codes.Add(log.Code($"f-{dice.Next(4)}", page));
            }

            string code = dice.Next(8) == 0 ? codes[dice.Next(codes.Count)] : codes[^1];
            if (dice.Next(20) == 0)
            {
                code = code[1..] + code[0];
            }

            string values = dice.Next(10) == 0 ? """{"amount_micros":1}""" : """{"amount_micros":10000}""";
            string e =
                dice.Next(10) == 0 && sent.Count > 0
                    ? sent[dice.Next(sent.Count)]
                    : log.Event($"b-{i}", code, $"s-{dice.Next(9)}", values, page, $"203.0.{dice.Next(2)}.9");
            sent.Add(e);
            log.Run.Send(e);
        }
        return log;
    }
}
