namespace Models.Training.Paths;

/// <summary>A simulated recorder: what a page would have recorded of a motion. Every training path, of people and
/// programs alike, passes through one, so that the recorder doesn't reveal the class (models.md: it would be worth more
/// than any feature).</summary>
/// <param name="Interval">The mean time between events, in ms.</param>
/// <param name="Jitter">The standard deviation of that time divided by its mean.</param>
/// <param name="Tick">The clock tick, in ms: times are multiples of it.</param>
/// <param name="Hold">The share of events that are late, as under load.</param>
/// <param name="Grid">The pixel grid, in px: positions are multiples of it.</param>
/// <param name="Scale">The factor from device pixels to CSS pixels.</param>
/// <param name="KeepStill">Whether points without movement are kept, as by a sampler; a recorder of events has
/// none.</param>
public sealed record Recorder(
    double Interval,
    double Jitter,
    double Tick,
    double Hold,
    double Grid,
    double Scale,
    bool KeepStill
)
{
    private static readonly double[] Clocks = [8, 10, 12.5, 16, 16.7, 16.7, 20, 25, 33, 50];
    private static readonly double[] Ticks = [1, 1, 1, 4, 8, 10, 15.6, 16];

    /// <summary>The interval, in ms, below which a recorder sees movement between a recording's points.</summary>
    public const double Fast = 8;

    /// <summary>Draws a recorder as found in practice: event intervals of 8 to 50 ms (seldom 1 to 8 for a fast mouse;
    /// rarely 110 for a remote desktop), ticks of 1 to 16 ms, whole pixels.</summary>
    public static Recorder Any(Random random)
    {
        bool remote = random.Is(0.08),
            fast = !remote && random.Is(0.12);
        double interval =
            remote ? random.Even(60, 115)
            : fast ? random.LogEven(1, Fast)
            : random.Of(Clocks) * random.Even(0.9, 1.1);
        return new Recorder(
            interval,
            random.Of<double>([0.02, 0.1, 0.25, 0.5]),
            fast ? 1 : random.Of(Ticks),
            random.Is(0.3) ? random.Even(0.01, 0.08) : 0,
            random.Is(0.9) ? 1 : random.LogEven(1, 12),
            random.Is(0.6) ? 1 : random.LogEven(0.6, 1.6),
            random.Is(0.15)
        );
    }

    /// <summary>Records a motion, with straight lines between its points.</summary>
    public (float[] T, float[] X, float[] Y) Record(Motion motion, Random random)
    {
        List<float> t = [],
            x = [],
            y = [];
        double start = motion.T[0],
            end = motion.T[^1];
        double phase = random.NextDouble() * Tick;
        double at = start;
        var places = new MotionReader(motion);
        while (true)
        {
            at = Math.Min(at, end);
            var (px, py) = places.At(at);
            Note(at, px, py);
            if (at >= end || t.Count >= 4096)
            {
                break;
            }

            double wait = Interval * Math.Max(0.2, 1 + (Jitter * random.Normal()));
            at += random.Is(Hold) ? wait * random.Even(2, 6) : wait;
        }

        return ([.. t], [.. x], [.. y]);

        void Note(double time, double px, double py)
        {
            float ft = (float)Math.Round(Math.Floor((time - start + phase) / Tick) * Tick);
            float fx = (float)(Math.Round(px * Scale / Grid) * Grid),
                fy = (float)(Math.Round(py * Scale / Grid) * Grid);
            if (KeepStill || t.Count == 0 || fx != x[^1] || fy != y[^1])
            {
                t.Add(ft);
                x.Add(fx);
                y.Add(fy);
            }
        }
    }
}
