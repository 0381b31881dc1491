using Xunit;

namespace Workflows.Tests.Priority;

/// <summary>
/// Random histories of one instance against a model that says the rules naively: at each quarter of a second it looks
/// back over all that was asked for and waited. All limits are whole quarters, so nothing falls due between.
/// </summary>
public sealed class LevelModelTests
{
    private const int Step = 250,
        Steps = 1200;
    private const long HoldOff = 1000,
        LowerAfter = 2000,
        Ageing = 20_000,
        Lease = 5000;

    private static readonly int[] Band = [1, 3, 5, 8, 10];

    private static readonly string Definition =
        $$$"""{"levels":[1,3,5,8,10],"default":3,"attributes":{"n":"integer"},"directives":[{"id":"n","algorithm":"context.n"}],"hold_off_ms":{{{HoldOff}}},"lower_after_ms":{{{LowerAfter}}},"ageing_s":{{{Ageing / 1000}}},"lease_s":{{{Lease / 1000}}}}""";

    [Fact]
    public void Levels_are_those_of_a_naive_model_at_every_moment()
    {
        int falls = 0,
            aged = 0;
        for (int seed = 0; seed < 40; seed++)
        {
            var dice = new Random(seed);
            int busy = 2 + dice.Next(30),
                low = dice.Next(4);
            var asked = new List<int>();
            var log = new ProcessLog(Definition);
            int @base = Band[dice.Next(5)],
                level = @base,
                request = @base;
            long lastChange = 0,
                waited = 0,
                leaseEnd = -1;
            log.Started(context: $"{{\"n\":{@base}}}");
            asked.Add(@base);
            for (int step = 1; step < Steps; step++)
            {
                long now = step * Step;
                if (leaseEnd < 0)
                {
                    waited += Step;
                }

                log.At(now);
                if (dice.Next(busy) == 0)
                {
                    if (dice.Next(6) == 0)
                    {
                        log.Taken();
                        leaseEnd = now + Lease;
                    }
                    else
                    {
                        request = Band[dice.Next(3) == 0 ? dice.Next(5) : low];
                        log.Context($"{{\"n\":{request}}}");
                    }
                }
                asked.Add(request);
                if (leaseEnd == now)
                {
                    leaseEnd = -1;
                }

                // The highest asked for since LowerAfter ago: what was asked for just then counts, what was replaced
                // then doesn't.
                int most = step * Step < LowerAfter ? int.MaxValue : asked.Skip(step - (int)(LowerAfter / Step)).Max();
                int newBase = request >= @base ? request : Math.Min(@base, most);
                int newLevel = Band[Math.Min(4, Array.IndexOf(Band, newBase) + (int)(waited / Ageing))];
                if (newLevel == level || now - lastChange >= HoldOff)
                {
                    if (newLevel != level)
                    {
                        lastChange = now;
                    }

                    if (newLevel < level)
                    {
                        falls++;
                    }

                    if (newLevel > newBase)
                    {
                        aged++;
                    }

                    (@base, level) = (newBase, newLevel);
                }

                log.Past(now);
                Assert.True(
                    (level, @base, leaseEnd < 0 ? "waiting" : "taken")
                        == (log.Level(), log.Record().GetProperty("base").GetInt32(), log.State()),
                    $"seed {seed} at {now} ms: expected {level} over {@base}, is {log.Record()}"
                );
            }
        }
        Assert.True(falls > 100 && aged > 1000, $"{falls} {aged}");
    }
}
