using Engine.Contracts.Settings;
using Xunit;

namespace Workflows.Tests.Priority;

/// <summary>Within a level, the values of the attribute <c>fair_by</c> are served in turn.</summary>
public sealed class FairnessTests
{
    private const string Fair = """
        {"levels":[1,3],"default":1,"attributes":{"campaign":"text","urgent":"boolean"},"fair_by":"campaign",
         "directives":[{"id":"u","rule":{"when":"context.urgent","level":3}}],"ageing_s":604800,"lease_s":100}
        """;

    private static string Of(string campaign) => $$"""{"campaign":"{{campaign}}"}""";

    [Fact]
    public void Ten_instances_wait_at_most_twice_as_long_beside_ten_thousand_as_alone()
    {
        double alone = MedianWait(large: 0),
            beside = MedianWait(large: 10_000),
            unfair = MedianWait(large: 10_000, Fair.Replace("\"fair_by\":\"campaign\",", ""));
        Assert.InRange(beside, alone, 2 * alone);
        Assert.True(unfair > 1_000 * alone, $"{unfair} s without turns, {alone} s alone");
    }

    [Fact]
    public void Values_take_turns_and_each_is_served_in_the_order_of_its_age()
    {
        ProcessLog log = new ProcessLog(Fair)
            .Started("a1", Of("a"))
            .Started("a2", Of("a"))
            .Started("a3", Of("a"))
            .Started("b1", Of("b"))
            .Started("b2", Of("b"))
            .Started("n1")
            .Started("n2");
        Assert.Equal(["n1", "b1", "a1", "n2", "b2", "a2", "a3"], Drain(log));
    }

    [Fact]
    public void Who_comes_later_has_the_next_turn_and_not_those_that_it_missed()
    {
        var log = new ProcessLog(Fair);
        for (int i = 1; i <= 6; i++)
        {
            log.Started($"a{i}", Of("a"));
        }

        for (int i = 1; i <= 3; i++)
        {
            Assert.Equal($"a{i}", Serve(log));
        }

        log.Started("b1", Of("b")).Started("b2", Of("b")).Started("b3", Of("b"));
        Assert.Equal(["b1", "a4", "b2", "a5", "b3", "a6"], Drain(log));
    }

    [Fact]
    public void A_change_of_level_gives_a_new_turn_and_a_lost_worker_none()
    {
        ProcessLog log = new ProcessLog(Fair).Started("a1", Of("a")).Started("a2", Of("a")).Started("b1", Of("b"));
        Assert.Equal("b1", Serve(log));
        log.At(2_000).Context("""{"urgent":true}""", "a2");
        Assert.Equal("a2", Serve(log));
        log.Started("a3", Of("a")).Started("a4", Of("a"));
        // b1's worker is silent until its lease ends: it comes before what has come since.
        log.Past(110_000);
        Assert.Equal(["a2", "b1", "a1", "a3", "a4"], Drain(log));
    }

    [Fact]
    public void A_definition_that_begins_to_be_fair_gives_turns_by_age()
    {
        ProcessLog log = new ProcessLog(Fair.Replace("\"fair_by\":\"campaign\",", ""))
            .Started("z", Of("a"))
            .At(1)
            .Started("y", Of("a"))
            .At(2)
            .Started("x", Of("b"));
        log.Run.Setting("process/p", Fair);
        log.Past(2_100);
        Assert.Equal(["x", "z", "y"], Drain(log));
    }

    [Fact]
    public void Takeovers_change_no_turn()
    {
        Assert.Equal(Played(between: null), Played(between: run => run.TakeOver()));

        static string Played(Action<DeciderRun>? between)
        {
            var random = new Random(5);
            var log = new ProcessLog(Fair) { Between = between };
            for (int i = 0; i < 150; i++)
            {
                log.At(i * 700L);
                switch (random.Next(5))
                {
                    case 0 when log.Queue().Count > 0:
                        Serve(log);
                        break;
                    case 1 when log.Queue().Count > 0:
                        log.Context(random.Next(2) == 0 ? Of("c") : """{"urgent":true}""", log.Queue().Keys.First());
                        break;
                    default:
                        log.Started($"i{i}", Of($"{(char)('a' + random.Next(3))}"));
                        break;
                }
            }

            return string.Join('\n', log.Queue().OrderBy(one => one.Key).Select(one => $"{one.Key} {one.Value:R}"));
        }
    }

    [Fact]
    public void The_attribute_has_a_name_and_need_not_be_declared()
    {
        string wrong = Fair.Replace("\"fair_by\":\"campaign\"", "\"fair_by\":\"a b\"");
        Assert.Contains(
            "'fair_by' is 'a b'; expected an attribute's name",
            Assert.Throws<SettingException>(() => new ProcessLog(wrong)).Message
        );
        Assert.NotNull(new ProcessLog(Fair.Replace("\"fair_by\":\"campaign\"", "\"fair_by\":\"other\"")));
    }

    /// <summary>The median wait of ten instances beside another campaign's that come at the same time, in services of
    /// the only worker.</summary>
    private static double MedianWait(int large, string definition = Fair)
    {
        var log = new ProcessLog(definition);
        for (int i = 0; i < large; i++)
        {
            log.Started($"large-{i}", Of("large"));
        }

        for (int i = 0; i < 10; i++)
        {
            log.At(i + 1).Started($"small-{i}", Of("small"));
        }

        var waits = new List<int>();
        string[] order =
        [
            .. log.Queue()
                .OrderByDescending(one => one.Value)
                .ThenByDescending(one => one.Key, StringComparer.Ordinal)
                .Select(one => one.Key),
        ];
        for (int i = 0; i < order.Length; i++)
        {
            if (order[i].StartsWith("small", StringComparison.Ordinal))
            {
                waits.Add(i);
            }
        }

        return (waits[4] + waits[5]) / 2.0;
    }

    private static string Serve(ProcessLog log)
    {
        string next = log.Pop();
        log.Taken(instance: next);
        return next;
    }

    private static string[] Drain(ProcessLog log)
    {
        var order = new List<string>();
        while (log.Queue().Count > 0)
        {
            order.Add(Serve(log));
        }

        return [.. order];
    }
}
