using Models.Training.Data;

namespace Models.Training.Paths;

/// <summary>The way a recording is replayed (systems.md 1).</summary>
/// <param name="Shift">Whether it begins elsewhere.</param>
/// <param name="Interval">The interval between points, in ms; 0 keeps the recording's own times.</param>
/// <param name="Stretch">The factor for durations.</param>
/// <param name="Jitter">The maximum displacement of each point, in px, in x and in y.</param>
/// <param name="Scale">The factor for distances.</param>
/// <param name="Turn">The angle by which the path is turned, in rad.</param>
public readonly record struct ReplayWay(
    bool Shift,
    double Interval,
    double Stretch,
    double Jitter,
    double Scale = 1,
    double Turn = 0
)
{
    /// <summary>Draws a way that also scales, turns and stretches, each widely.</summary>
    public static ReplayWay Transformed(Random random) =>
        new(
            true,
            random.Is(0.8) ? random.Even(4, 33) : 0,
            random.LogEven(0.5, 2),
            random.Is(0.5) ? random.Even(0, 1) : 0,
            random.LogEven(0.5, 2),
            random.Even(0, 2 * Math.PI)
        );

    /// <summary>Draws a way within the limits that must be detected.</summary>
    public static ReplayWay Any(Random random) =>
        new(
            true,
            random.Is(0.8) ? random.Even(4, 33) : 0,
            random.Is(0.7) ? random.Even(0.8, 1.25) : 1,
            random.Is(0.7) ? random.Even(0, 2) : 0
        );

    /// <summary>Replays a recording as it is received, in whole pixels and milliseconds.</summary>
    public PathRecord Play(PathRecord path, Random random)
    {
        Motion motion = Turned(Motion.Of(path.T, path.X, path.Y));
        double sx = Shift ? random.Even(-400, 400) : 0,
            sy = Shift ? random.Even(-300, 300) : 0;
        List<float> t = [],
            x = [],
            y = [];
        double start = motion.T[0],
            end = motion.T[^1];
        int last = motion.Count - 1;
        if (Interval <= 0 || last == 0)
        {
            for (int k = 0; k <= last; k++)
            {
                Note(motion.T[k], motion.X[k], motion.Y[k], sx, sy, Jitter, Stretch);
            }
        }
        else
        {
            var places = new MotionReader(motion);
            for (double at = start; ; at = Math.Min(end, at + (Interval / Stretch)))
            {
                var (px, py) = places.At(at);
                Note(at, px, py, sx, sy, Jitter, Stretch);
                if (at >= end || t.Count >= 4096)
                {
                    break;
                }
            }
        }

        return path with
        {
            Id = "replay-" + path.Id,
            T = [.. t],
            X = [.. x],
            Y = [.. y],
        };

        void Note(double at, double px, double py, double shiftX, double shiftY, double jitter, double stretch)
        {
            t.Add((float)Math.Round((at - start) * stretch));
            x.Add((float)Math.Round(px + shiftX + random.Even(-jitter, jitter)));
            y.Add((float)Math.Round(py + shiftY + random.Even(-jitter, jitter)));
        }
    }

    private Motion Turned(Motion motion)
    {
        if (Scale == 1 && Turn == 0)
        {
            return motion;
        }

        double c = Scale * Math.Cos(Turn),
            s = Scale * Math.Sin(Turn);
        var turned = new Motion();
        for (int i = 0; i < motion.Count; i++)
        {
            double x = motion.X[i] - motion.X[0],
                y = motion.Y[i] - motion.Y[0];
            turned.Add(motion.T[i], motion.X[0] + (c * x) - (s * y), motion.Y[0] + (s * x) + (c * y));
        }

        return turned;
    }
}
