using static Models.Training.Paths.Pieces;

namespace Models.Training.Paths;

/// <summary>Our own programs that imitate people, a few lines each, of random difficulty. Evaluation leaves out whole
/// families. None of them moves, turns, scales or stretches a person's path: that would be a person's movement, and
/// replays are the index's task (models.md).</summary>
public static class Adversaries
{
    /// <summary>The generator of motions, by family.</summary>
    public static IReadOnlyList<(string Family, Func<Random, People, Motion> Make)> All { get; } =
    [
        ("bezier", (r, _) => Plain(r, (x, y) => Bezier(r, x, y, 2, r.Even(0.05, 0.7)))),
        ("bezier-noise", (r, _) =>
            Jitter(r, Plain(r, (x, y) => Bezier(r, x, y, r.Next(1, 4), r.Even(0.05, 0.7))), r.Even(0.5, 3))
        ),
        ("bezier-high", (r, _) => Plain(r, (x, y) => Bezier(r, x, y, r.Next(4, 9), r.Even(0.2, 1)))),
        ("bezier-waves", (r, _) => Waves(r, Plain(r, (x, y) => Bezier(r, x, y, 2, r.Even(0.05, 0.5))), r.Even(2, 15))),
        ("tween", (r, _) => Plain(r, Line)),
        ("line-jitter", (r, _) => Jitter(r, Plain(r, Line), r.Even(0.5, 5))),
        ("line-wander", (r, _) => Wander(r, Plain(r, Line), r.Even(2, 25), r.LogEven(20, 300))),
        ("minimum-jerk", (r, _) => Corrected(r)),
        ("lognormal", (r, _) => LogNormals(r)),
        ("spline-anchors", (r, p) => Anchors(r, p)),
        ("spline-random", (r, _) => Plain(r, (x, y) => RandomSpline(r, x, y))),
        ("spring", (r, _) => Chases.Spring(r)),
        ("pursuit", (r, _) => Chases.Pursuit(r)),
        ("person-retimed", (r, p) => Follow(r, PersonShape(r, p), TimeLaw(r), r.LogEven(200, 2500))),
        ("person-time", (r, p) => PersonTime(r, p)),
        ("person-noise", (r, p) => PersonNoise(r, p)),
        ("polyline", (r, _) => Legs(r)),
        ("arc", (r, _) => Plain(r, (x, y) => Arc(r, x, y))),
        ("sine", (r, _) => Plain(r, (x, y) => Sine(r, x, y))),
        ("knots", (r, _) => Knots(r)),
        ("smoothed-walk", (r, _) => Plain(r, (x, y) => SmoothedWalk(r, x, y))),
        ("gradient-noise", (r, _) => Waves(r, Waves(r, Plain(r, Line), r.Even(2, 30)), r.Even(1, 8))),
        ("overshoot", (r, _) => Overshoot(r)),
        ("few-steps", (r, _) => FewSteps(r)),
        ("walk", (r, _) => Chases.RandomWalk(r)),
        ("blend", (r, _) => Blends.Blend(r)),
        ("gusty", (r, _) => Blends.Gusty(r)),
        ("flow", (r, _) => Blends.Flow(r)),
        ("roam", (r, _) => Blends.Roam(r)),
        ("pixels", (r, _) => Blends.Pixels(r)),
        ("autoregressive", (r, _) => Blends.Autoregressive(r)),
        ("corners", (r, _) => Blends.Corners(r)),
    ];

    private static Motion Plain(Random r, Func<double, double, Curve> curve)
    {
        var (x, y) = Target(r);
        return Follow(r, curve(x, y), TimeLaw(r), Duration(r, Math.Sqrt((x * x) + (y * y))));
    }

    private static Curve Line(double x, double y) => way => (way * x, way * y);

    private static Curve PersonShape(Random r, People people)
    {
        var (x, y) = people.Shape(r);
        return Pieced(x, y);
    }

    private static Curve RandomSpline(Random r, double x, double y)
    {
        int inner = r.Next(1, 7);
        double off = r.Even(0.02, 0.3) * Math.Sqrt((x * x) + (y * y));
        List<(double, double)> points = [(0, 0)];
        for (int i = 1; i <= inner; i++)
        {
            double along = i / (inner + 1.0);
            points.Add(((along * x) + (off * r.Normal()), (along * y) + (off * r.Normal())));
        }

        points.Add((x, y));
        return Spline(points);
    }

    /// <summary>A Bezier curve through random knots in a box, sampled at even intervals, with some points displaced,
    /// eased, and a fixed wait between points.</summary>
    private static Motion Knots(Random r)
    {
        var (x, y) = Target(r);
        Curve curve = Bezier(r, x, y, r.Next(1, 4), r.Even(0.1, 0.8));
        Func<double, double> law = r.Is(0.6) ? u => 1 - ((1 - u) * (1 - u)) : TimeLaw(r);
        int points = r.Next(20, 160);
        double shaken = r.Even(0, 0.8),
            size = r.Even(0.5, 3),
            wait = r.LogEven(4, 25);
        bool up = r.Is(0.5);
        var motion = new Motion();
        for (int i = 0; i <= points; i++)
        {
            var (px, py) = curve(law((double)i / points));
            bool shake = i > 0 && i < points && r.Is(shaken);
            motion.Add(
                i * wait,
                px + (shake && !up ? size * r.Normal() : 0),
                py + (shake ? 1 + (size * r.Normal()) : 0)
            );
        }

        return motion;
    }

    /// <summary>A random walk, smoothed by a moving average and bent so that it ends at the target.</summary>
    private static Curve SmoothedWalk(Random r, double x, double y)
    {
        const int Points = 80;
        int width = r.Next(3, 20);
        double size = r.Even(0.02, 0.25) * Math.Sqrt((x * x) + (y * y)) / Math.Sqrt(Points);
        double[] wx = new double[Points],
            wy = new double[Points],
            sx = new double[Points],
            sy = new double[Points];
        for (int i = 1; i < Points; i++)
        {
            (wx[i], wy[i]) = (wx[i - 1] + (size * r.Normal()), wy[i - 1] + (size * r.Normal()));
        }

        for (int i = 0; i < Points; i++)
        {
            int from = Math.Max(0, i - width),
                to = Math.Min(Points - 1, i + width);
            double u = i / (Points - 1.0);
            sx[i] = wx[from..(to + 1)].Average() + (u * x);
            sy[i] = wy[from..(to + 1)].Average() + (u * y);
        }

        return way =>
        {
            var (px, py) = Pieced(sx, sy)(way);
            return (px - sx[0] - (way * (sx[^1] - sx[0] - x)), py - sy[0] - (way * (sy[^1] - sy[0] - y)));
        };
    }

    /// <summary>A curve past the target and a short one back.</summary>
    private static Motion Overshoot(Random r)
    {
        var (x, y) = Target(r);
        double past = r.Even(0.02, 0.2),
            off = 0.3 * past * r.Normal();
        double ox = (x * (1 + past)) - (off * y),
            oy = (y * (1 + past)) + (off * x);
        Motion motion = Follow(
            r,
            Bezier(r, ox, oy, 2, r.Even(0.02, 0.5)),
            TimeLaw(r),
            Duration(r, Math.Sqrt((x * x) + (y * y)))
        );
        motion.Chain(
            Follow(r, Bezier(r, x - ox, y - oy, 2, r.Even(0.02, 0.5)), TimeLaw(r), r.LogEven(80, 500)),
            r.Is(0.5) ? 4 : r.Even(10, 200)
        );
        return motion;
    }

    /// <summary>A line or curve in a few equal steps, as a script requests from a browser, with varying
    /// waits.</summary>
    private static Motion FewSteps(Random r)
    {
        var (x, y) = Target(r);
        Curve curve = r.Is(0.5) ? Line(x, y) : Bezier(r, x, y, 2, r.Even(0.05, 0.5));
        int steps = r.Next(6, 30);
        double wait = r.LogEven(5, 80),
            spread = r.Even(0, 0.8),
            t = 0;
        var motion = new Motion();
        for (int i = 0; i <= steps; i++)
        {
            var (px, py) = curve((double)i / steps);
            motion.Add(t, px, py);
            t += wait * Math.Max(0.1, 1 + (spread * r.Normal()));
        }

        return motion;
    }

    private static Curve Arc(Random r, double x, double y)
    {
        double bend = r.Even(0.1, 3) * (r.Is(0.5) ? 1 : -1);
        // a circular arc through both ends that turns by bend
        return way =>
        {
            double a = (way - 0.5) * bend,
                chord = 2 * Math.Sin(bend / 2);
            double along = (Math.Sin(a) / chord) + 0.5,
                off = (Math.Cos(a) - Math.Cos(bend / 2)) / chord;
            return ((along * x) - (off * y), (along * y) + (off * x));
        };
    }

    private static Curve Sine(Random r, double x, double y)
    {
        double waves = r.Even(0.5, 4),
            size = r.Even(0.01, 0.15),
            phase = r.Is(0.5) ? 0 : r.Even(0, 3);
        return way =>
        {
            double off = size * (Math.Sin((2 * Math.PI * waves * way) + phase) - (Math.Sin(phase) * (1 - way)));
            return ((way * x) - (off * y), (way * y) + (off * x));
        };
    }

    /// <summary>A minimum-jerk movement to near the target, then 0 to 3 smaller ones, overlapping or after a
    /// pause.</summary>
    private static Motion Corrected(Random r)
    {
        var (x, y) = Target(r);
        int corrections = r.Next(4);
        var strokes = new List<(double Start, double Duration, double X, double Y)>();
        double distance = Math.Sqrt((x * x) + (y * y)),
            px = 0,
            py = 0,
            start = 0,
            duration = Duration(r, distance);
        for (int i = 0; i <= corrections; i++)
        {
            double miss = i == corrections ? 0 : r.Even(0.03, 0.25);
            double tx = x + (miss * distance * r.Normal() / (1 + i)),
                ty = y + (miss * distance * r.Normal() / (1 + i));
            strokes.Add((start, duration, tx - px, ty - py));
            (px, py) = (tx, ty);
            start += duration * r.Even(0.5, 1.3);
            duration *= r.Even(0.3, 0.9);
        }

        return Strokes(r, strokes, u => u * u * u * (10 - (15 * u) + (6 * u * u)));
    }

    /// <summary>Overlapping strokes with lognormal speeds (R. Plamondon, 1995).</summary>
    private static Motion LogNormals(Random r)
    {
        var (x, y) = Target(r);
        int count = r.Next(1, 7);
        double left = 1,
            start = 0;
        double duration = Duration(r, Math.Sqrt((x * x) + (y * y)));
        double peak = r.Even(0.2, 0.5),
            sigma = r.Even(0.2, 0.6),
            spread = r.Even(0.02, 0.25);
        var strokes = new List<(double, double, double, double)>();
        for (int i = 0; i < count; i++)
        {
            double share = i == count - 1 ? left : left * r.Even(0.4, 1.1),
                off = spread * r.Normal() * share;
            strokes.Add((start, duration * r.Even(0.5, 1.2), (share * x) - (off * y), (share * y) + (off * x)));
            left -= share;
            start += duration * r.Even(0.15, 0.8);
        }

        return Strokes(r, strokes, u => LogNormalShare(u, peak, sigma));
    }

    private static Motion Strokes(
        Random r,
        List<(double Start, double Duration, double X, double Y)> strokes,
        Func<double, double> law
    )
    {
        var motion = new Motion();
        double end = strokes.Max(s => s.Start + s.Duration);
        foreach (double t in Timer(r, end))
        {
            double x = 0,
                y = 0;
            foreach (var s in strokes)
            {
                double way = law(Math.Clamp((t - s.Start) / s.Duration, 0, 1));
                x += way * s.X;
                y += way * s.Y;
            }

            motion.Add(t, x, y);
        }

        return r.Is(0.4) ? Wander(r, motion, r.Even(0.3, 3), r.LogEven(20, 200)) : motion;
    }

    /// <summary>A smooth curve through a few points of a person's path, with a program's timing.</summary>
    private static Motion Anchors(Random r, People people)
    {
        var (x, y) = people.Shape(r);
        int count = r.Next(3, 9);
        var points = new List<(double, double)>();
        for (int i = 0; i < count; i++)
        {
            int k = i * (x.Length - 1) / (count - 1);
            points.Add((x[k], y[k]));
        }

        return Follow(r, Spline(points), TimeLaw(r), r.LogEven(200, 2500));
    }

    /// <summary>A program's curve with a person's timing.</summary>
    private static Motion PersonTime(Random r, People people)
    {
        var (x, y) = Target(r);
        var (way, duration) = people.TimeLaw(r);
        Curve curve = r.Next(4) switch
        {
            0 => Line(x, y),
            1 => Arc(r, x, y),
            2 => RandomSpline(r, x, y),
            _ => Bezier(r, x, y, r.Next(1, 4), r.Even(0.05, 0.6)),
        };
        Motion motion = Follow(r, curve, way, duration);
        return r.Is(0.4) ? Jitter(r, motion, r.Even(0.3, 2)) : motion;
    }

    /// <summary>A person's path with independent noise on every point, well above that of recorders.</summary>
    private static Motion PersonNoise(Random r, People people)
    {
        var (x, y, duration) = people.Timed(r);
        var motion = new Motion();
        foreach (double t in Timer(r, duration))
        {
            var (px, py) = Pieced(x, y)(t / duration);
            motion.Add(t, px, py);
        }

        return Jitter(r, motion, r.Even(2.5, 8));
    }

    /// <summary>Straight legs between random points, each with its own easing or none.</summary>
    private static Motion Legs(Random r)
    {
        int legs = r.Next(2, 8);
        bool eased = r.Is(0.5);
        Motion? motion = null;
        for (int i = 0; i < legs; i++)
        {
            var (x, y) = Target(r);
            Motion leg = Follow(r, Line(x / legs, y / legs), eased ? TimeLaw(r) : u => u, r.LogEven(60, 600));
            if (motion is null)
            {
                motion = leg;
            }
            else
            {
                motion.Chain(leg, r.Is(0.5) ? 1 : r.Even(1, 150));
            }
        }

        return motion!;
    }
}
