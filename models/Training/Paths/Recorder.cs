namespace Models.Training.Paths;

/// <summary>
/// A simulated recorder: what a page would have noted of a motion. Every training path, people's and programs' alike,
/// passes through one, so that no recorder tells the classes apart (models.md: it gives more than any feature).
/// </summary>
/// <param name="Interval">Mean time between events, ms.</param>
/// <param name="Jitter">Standard deviation of that time over its mean.</param>
/// <param name="Tick">Times are whole multiples of it, ms.</param>
/// <param name="Hold">Share of events that come late, as under load.</param>
/// <param name="Grid">Positions are whole multiples of it, px.</param>
/// <param name="Scale">Device pixels to CSS pixels.</param>
/// <param name="KeepStill">Whether points without a move are kept, as a sampler does; a recorder of events has
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

    /// <summary>Below this interval, ms, a recorder sees what lies between a recording's points.</summary>
    public const double Fast = 8;

    /// <summary>
    /// A recorder as found in the wild: event clocks of 8 to 50 ms (seldom of 1 to 8, a fast mouse's; rarely 110, a
    /// remote desktop's), ticks of 1 to 16 ms, whole pixels.
    /// </summary>
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

    /// <summary>What it notes of a motion, straight lines between its points.</summary>
    public (float[] T, float[] X, float[] Y) Record(Motion motion, Random random)
    {
        List<float> t = [],
            x = [],
            y = [];
        int last = motion.Count - 1,
            i = 0;
        double start = motion.T[0],
            end = motion.T[last];
        double phase = random.NextDouble() * Tick;
        double at = start;
        while (true)
        {
            at = Math.Min(at, end);
            while (i < last - 1 && motion.T[i + 1] <= at)
            {
                i++;
            }

            // of several points at the end the last counts
            i = at >= end && last > 0 ? last - 1 : i;
            double gap = last == 0 ? 0 : motion.T[i + 1] - motion.T[i];
            double part = gap > 0 ? Math.Clamp((at - motion.T[i]) / gap, 0, 1) : 1;
            int next = Math.Min(i + 1, last);
            Note(
                at,
                motion.X[i] + (part * (motion.X[next] - motion.X[i])),
                motion.Y[i] + (part * (motion.Y[next] - motion.Y[i]))
            );
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
