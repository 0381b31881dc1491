namespace Models.Training.Paths;

/// <summary>What a page records of a program that drives a real browser: at most one move per frame. A program that
/// awaits each move gets one answer per frame, whatever pace it intended; of moves that aren't awaited, a frame shows
/// the last.</summary>
internal static class BrowserFrames
{
    private const double AwaitedShare = 0.6;

    /// <summary>The share of recordings that end with a press at the last place, after a pause.</summary>
    private const double PressShare = 0.7;

    /// <summary>The intervals of frames, in ms.</summary>
    private static readonly double[] Intervals = [1000 / 60.0, 1000 / 60.0, 1000 / 60.0, 1000 / 120.0];

    /// <summary>Records a program's motion.</summary>
    public static Motion Record(Motion motion, Random random)
    {
        double frame = random.Of(Intervals);
        Motion seen = random.Is(AwaitedShare) ? Awaited(motion, frame, random) : Coalesced(motion, frame, random);
        if (random.Is(PressShare))
        {
            double pause = random.Is(0.5) ? random.Even(8, 40) : random.Even(20, 300);
            seen.Add(seen.T[^1] + pause, seen.X[^1], seen.Y[^1]);
        }

        int digits = random.Is(0.5) ? 1 : 0;
        for (int i = 0; i < seen.Count; i++)
        {
            (seen.T[i], seen.X[i], seen.Y[i]) = (
                Math.Round(seen.T[i], digits),
                Math.Round(seen.X[i]),
                Math.Round(seen.Y[i])
            );
        }

        return seen;
    }

    private static Motion Awaited(Motion motion, double frame, Random random)
    {
        double start = motion.T[0],
            whole = motion.T[^1] - start;
        int steps = random.Is(0.3) ? Math.Clamp((int)(whole / frame), 6, 300) : (int)random.LogEven(8, 150);
        double jitter = random.LogEven(0.5, 3),
            late = random.Is(0.5) ? 0 : random.LogEven(0.005, 0.08),
            first = (random.NextDouble() - 1) * frame,
            at = 0;
        var seen = new Motion();
        var places = new MotionReader(motion);
        for (int k = 0, frames = 0; k <= steps; k++)
        {
            var (x, y) = places.At(start + (whole * k / steps));
            seen.Add(at, x, y);
            frames += random.Is(late) ? random.Next(2, 5) : 1;
            double off = (random.Is(0.1) ? 3 : 1) * jitter * random.Normal();
            at = Math.Max(at + 0.8, first + (frames * frame) + off);
        }

        return seen;
    }

    private static Motion Coalesced(Motion motion, double frame, Random random)
    {
        double phase = random.NextDouble() * frame,
            jitter = random.Even(0.1, 2);
        double Frame(int i) => Math.Floor((motion.T[i] - motion.T[0] + phase) / frame);
        var seen = new Motion();
        seen.Add(0, motion.X[0], motion.Y[0]);
        for (int i = 1; i < motion.Count; i++)
        {
            if (i == motion.Count - 1 || Frame(i) != Frame(i + 1))
            {
                double t = motion.T[i] - motion.T[0] + (jitter * random.Normal());
                seen.Add(Math.Max(seen.T[^1] + 0.5, t), motion.X[i], motion.Y[i]);
            }
        }

        return seen;
    }
}
