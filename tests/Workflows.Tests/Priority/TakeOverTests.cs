using System.Text.Json.Nodes;
using Xunit;

namespace Workflows.Tests.Priority;

/// <summary>
/// A partition that changes hands at any point, or whose log is cut by ticks anywhere, comes to the same results.
/// </summary>
public sealed class TakeOverTests
{
    private static readonly string[] Contexts =
    [
        """{"tier":"gold"}""",
        """{"tier":"silver"}""",
        """{"tier":null}""",
        """{"lost_micros":60000000}""",
        """{"lost_micros":0}""",
        """{"invalid_share":0.5}""",
        """{"invalid_share":0.5000001,"note":"\"é"}""",
        """{"x":1e300,"y":-2.5,"z":true}""",
    ];

    /// <summary>
    /// A log of 200 records about six instances, half a second to a minute apart, with a definition that changes on the
    /// way.
    /// </summary>
    private static ProcessLog Play(int seed, Action<ProcessLog, Random> between)
    {
        var dice = new Random(seed);
        var cuts = new Random(seed + 1);
        var log = new ProcessLog(
            ("process/p", ProcessLog.Example),
            ("process/q", """{"levels":[2,4],"default":4,"ageing_s":5,"lease_s":20}""")
        );
        for (int i = 0; i < 200; i++)
        {
            log.At(
                log.Clock
                    + (
                        dice.Next(3) == 0 ? 0
                        : dice.Next(5) == 0 ? dice.Next(60_000)
                        : dice.Next(2000)
                    )
            );
            string instance = $"i-{dice.Next(3)}",
                process = dice.Next(4) == 0 ? "q" : "p";
            switch (dice.Next(10))
            {
                case 0 or 1 or 2:
                    log.Started(instance, Contexts[dice.Next(Contexts.Length)], process);
                    break;
                case 3 or 4 or 5 or 6:
                    log.Context(Contexts[dice.Next(Contexts.Length)], instance, process);
                    break;
                case 7 or 8:
                    log.Taken($"w-{dice.Next(2)}", instance, process);
                    break;
                default:
                    log.Finished($"i-{(i % 50 == 0 ? dice.Next(3) : 9)}", process);
                    break;
            }
            if (i is 70 or 140)
            {
                log.Run.Setting(
                    "process/p",
                    i == 70
                        ? """{"levels":[1,2,5,9],"default":2,"attributes":{"tier":"text"},"directives":[{"id":"t","table":{"attribute":"tier","levels":{"gold":9}}}],"ageing_s":7,"lease_s":30}"""
                        : ProcessLog.Example
                );
            }

            between(log, cuts);
        }
        log.Past(log.Clock + 400_000);
        return log;
    }

    private static IEnumerable<string> Results(ProcessLog log, bool offsets)
    {
        string Bare(string json)
        {
            JsonObject record = JsonNode.Parse(json)!.AsObject();
            if (!offsets)
            {
                record.Remove("at");
            }

            return record.ToJsonString();
        }
        foreach ((string key, string json) in log.Run.Values.OrderBy(value => value.Key, StringComparer.Ordinal))
        {
            yield return $"{key} {Bare(json)}";
        }

        foreach (
            (string key, Dictionary<string, double> set) in log.Run.Sets.OrderBy(set => set.Key, StringComparer.Ordinal)
        )
        {
            foreach ((string member, double score) in set.OrderBy(member => member.Key, StringComparer.Ordinal))
            {
                yield return $"{key} {member} {score:R}";
            }
        }

        foreach ((string channel, string json) in log.Run.Published)
        {
            yield return $"{channel} {Bare(json)}";
        }
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3)]
    public void Taken_over_after_every_record_it_comes_to_the_same(int seed)
    {
        string[] undisturbed = [.. Results(Play(seed, (_, _) => { }), offsets: true)];
        Assert.Contains(undisturbed, line => line.Contains("\"changes\":5", StringComparison.Ordinal));
        Assert.Equal(undisturbed, Results(Play(seed, (log, _) => log.Run.TakeOver()), offsets: true));
        Assert.Equal(undisturbed, Results(Play(seed, (log, cuts) =>
                {
                    if (cuts.Next(7) == 0)
                    {
                        log.Run.TakeOver();
                    }
                }), offsets: true));
    }

    [Theory]
    [InlineData(6), InlineData(7)]
    public void Ticks_anywhere_change_nothing(int seed)
    {
        string[] undisturbed = [.. Results(Play(seed, (_, _) => { }), offsets: false)];
        Assert.Equal(undisturbed, Results(Play(seed, (log, cuts) =>
                {
                    if (cuts.Next(2) == 0)
                    {
                        log.Run.Pass(TimeSpan.Zero);
                    }
                }), offsets: false));
        // A tick that carries log time up to the next record's: what falls due between is done by the tick.
        var later = new ProcessLog(ProcessLog.Example)
            .Started()
            .At(10_000)
            .Context("""{"tier":"gold"}""")
            .At(200_000)
            .Context("""{"tier":null}""")
            .Past(400_000);
        var ticked = new ProcessLog(ProcessLog.Example).Started().At(10_000).Context("""{"tier":"gold"}""");
        for (long ms = 10_250; ms < 200_000; ms += 250)
        {
            ticked.At(ms).Run.Pass(TimeSpan.Zero);
        }

        ticked.At(200_000).Context("""{"tier":null}""").Past(400_000);
        Assert.Equal(Results(later, offsets: false), Results(ticked, offsets: false));
    }

    [Fact]
    public void A_log_read_again_from_its_beginning_comes_to_the_same()
    {
        Assert.Equal(Results(Play(9, (_, _) => { }), offsets: true), Results(Play(9, (_, _) => { }), offsets: true));
    }
}
