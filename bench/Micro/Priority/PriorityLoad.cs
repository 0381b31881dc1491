namespace Bench.Micro.Priority;

/// <summary>A change of an instance's context while it waits or is processed.</summary>
/// <param name="At">The log time since the start of the run, in ms.</param>
public sealed record ContextChange(long At, int Instance, string Json);

/// <summary>One instance of the load.</summary>
/// <param name="Arrival">The log time since the start of the run, in ms.</param>
/// <param name="Service">The time that a worker needs for it, in ms.</param>
/// <param name="Context">The initial context, as JSON.</param>
/// <param name="Urgent">The time when its loss passes the threshold of the top level, in ms; null for never.</param>
/// <param name="Static">The level of its initial context.</param>
public sealed record LoadInstance(long Arrival, long Service, string Context, long? Urgent, int Static);

/// <summary>Instances that arrive at random (a Poisson process) with exponential service times, the same for every
/// policy. One in ten is gold, two are silver; one in twenty becomes urgent 5 to 65 s after its arrival, when its loss
/// passes a threshold; three in twenty have a share of invalid clicks that hovers around the boundary of two levels and
/// is updated every second for three minutes.</summary>
public sealed class PriorityLoad
{
    public const int Workers = 20;

    /// <summary>The mean service time, in ms.</summary>
    public const double MeanService = 10_000;

    public const string Definition = """
        {"levels":[1,3,5,8,10],"default":3,"attributes":{"lost_micros":"integer","invalid_share":"number","tier":"text"},"directives":[
         {"id":"big","rule":{"when":"context.lost_micros > 50000000","level":10}},{"id":"tier","table":{"attribute":"tier","levels":{"gold":8,"silver":5}}},
         {"id":"share","algorithm":"2.0 + 6.0 * context.invalid_share"}],"hold_off_ms":1000,"lower_after_ms":5000,"ageing_s":60,"lease_s":300}
        """;

    /// <summary>The boundary of levels 3 and 5 by the algorithm: 2 + 6 x 1/3 = 4.</summary>
    private const double Threshold = 1.0 / 3;

    private PriorityLoad(IReadOnlyList<LoadInstance> instances, IReadOnlyList<ContextChange> changes) =>
        (Instances, Changes) = (instances, changes);

    public IReadOnlyList<LoadInstance> Instances { get; }

    /// <summary>The changes, in order of time.</summary>
    public IReadOnlyList<ContextChange> Changes { get; }

    /// <param name="load">Arrivals as a share of the workers' capacity, by the number of instances so far; at 1.2,
    /// queues grow.</param>
    public static PriorityLoad Of(int count, int seed, Func<int, double> load)
    {
        var dice = new Random(seed);
        double Exponential(double mean) => -mean * Math.Log(1 - dice.NextDouble());
        List<LoadInstance> instances = [];
        List<ContextChange> changes = [];
        double now = 1000;
        for (int i = 0; i < count; i++)
        {
            now += Exponential(MeanService / Workers / load(i));
            long at = (long)now,
                service = 1 + (long)Exponential(MeanService);
            int kind = dice.Next(20);
            (string context, int level) = kind switch
            {
                0 or 1 => ("""{"tier":"gold","lost_micros":1000000}""", 8),
                2 or 3 or 4 or 5 => ("""{"tier":"silver","lost_micros":1000000}""", 5),
                6 => ("""{"lost_micros":20000000}""", 3),
                7 or 8 or 9 => ("""{"invalid_share":0.33}""", 3),
                _ => ("""{"lost_micros":1000000}""", 3),
            };
            long? urgent = kind == 6 ? at + 5000 + dice.Next(60_000) : null;
            if (urgent is { } when)
            {
                changes.Add(new ContextChange(when, i, """{"lost_micros":60000000}"""));
            }

            if (kind is 7 or 8 or 9)
            {
                for (int tell = 1; tell <= 180; tell++)
                {
                    changes.Add(
                        new ContextChange(
                            at + tell * 1000,
                            i,
                            string.Create(
                                System.Globalization.CultureInfo.InvariantCulture,
                                $"{{\"invalid_share\":{Threshold + (dice.NextDouble() - 0.5) * 0.1:F4}}}"
                            )
                        )
                    );
                }
            }

            instances.Add(new LoadInstance(at, service, context, urgent, level));
        }
        return new PriorityLoad(instances, [.. changes.OrderBy(change => change.At)]);
    }
}
