using static Models.Training.Paths.Pieces;

namespace Models.Training.Paths;

/// <summary>Adversaries whose parts (curve, time law, noise, ticks) are drawn independently, so that the model doesn't
/// learn how a few programs combine them. Also motions that those programs lack: flows, roaming, single pixels,
/// legs.</summary>
internal static class Blends
{
    /// <summary>The maximum number of points of a motion by single pixels.</summary>
    private const int MaxPixels = 1500;

    /// <summary>Any curve with any time law and any noise, in one move or several, which may overshoot the
    /// target.</summary>
    public static Motion Blend(Random r)
    {
        int goes = r.Is(0.5) ? 1 : r.Next(2, 5);
        Motion? motion = null;
        var (x, y) = Target(r);
        for (int i = 0; i < goes; i++)
        {
            // all but the last fall short of, overshoot or miss the remaining distance
            double share = i == goes - 1 ? 1 : r.Even(0.5, 1.15),
                off = i == goes - 1 ? 0 : 0.1 * r.Normal();
            double tx = (share * x) - (off * y),
                ty = (share * y) + (off * x);
            Func<double, double> law = r.Is(0.5) ? Gusts(r) : TimeLaw(r);
            Motion go = Follow(r, AnyCurve(r, tx, ty), law, Duration(r, Math.Sqrt((tx * tx) + (ty * ty))));
            if (motion is null)
            {
                motion = go;
            }
            else
            {
                motion.Chain(go, r.Is(0.5) ? r.Even(1, 20) : r.LogEven(20, 400));
            }

            (x, y) = (x - tx, y - ty);
        }

        return Noisy(r, motion!);
    }

    /// <summary>A curve with random speed changes, either smooth or in stretches of constant speed.</summary>
    public static Motion Gusty(Random r)
    {
        var (x, y) = Target(r);
        Motion motion = Follow(r, AnyCurve(r, x, y), Gusts(r), Duration(r, Math.Sqrt((x * x) + (y * y))));
        return r.Is(0.4) ? Noisy(r, motion) : motion;
    }

    /// <summary>A line with a transverse wave in stretches of constant speed, with occasional noise of whole pixels;
    /// past the target and back, each after a pause. A quarter of them are tiny, like a program whose target is already
    /// under the pointer.</summary>
    public static Motion Flow(Random r)
    {
        var (x, y) = Target(r);
        double small = r.Is(0.25) ? r.Even(0.02, 0.2) : 1;
        (x, y) = (small * x, small * y);
        int goes = r.Next(1, 5);
        var motion = new Motion();
        motion.Add(0, 0, 0);
        double wait = r.Even(6, 20);
        for (int i = 0; i < goes; i++)
        {
            double miss = i == goes - 1 ? 0 : r.Even(2, 30);
            double tx = x + (miss * r.Normal()),
                ty = y + (miss * r.Normal()),
                way = Math.Sqrt((tx * tx) + (ty * ty));
            double waves = r.Even(0.3, 1.2),
                size = r.Even(0, 0.12),
                noise = r.Even(0, 0.3);
            Func<double, double> law = Stretches(r, r.Next(4, 40));
            int steps = Math.Max(3, (int)(r.LogEven(120, 1500) * (i == 0 ? 1 : 0.4) / wait));
            double px = 0,
                py = 0,
                nx = 0,
                ny = 0;
            var (ox, oy, t) = (motion.X[^1], motion.Y[^1], motion.T[^1] + (i == 0 ? 0 : r.LogEven(10, 300)));
            for (int k = 1; k <= steps; k++)
            {
                double u = (double)k / steps,
                    w = law(u),
                    off = size * Math.Sin(Math.PI * 2 * waves * w) * (1 - w);
                nx = (nx * 0.9) + (r.Is(noise) ? r.Even(-2, 2) : 0);
                ny = (ny * 0.9) + (r.Is(noise) ? r.Even(-2, 2) : 0);
                (px, py) = ((w * tx) - (off * ty) + ((1 - u) * nx), (w * ty) + (off * tx) + ((1 - u) * ny));
                t += wait * r.Even(0.75, 1.25);
                motion.Add(t, ox + px, oy + py);
            }

            (x, y) = (x - tx, y - ty);
            if (way < 1)
            {
                break;
            }
        }

        return motion;
    }

    /// <summary>A detour in changing bends at a nearly constant speed: a curve through places drawn one after
    /// another.</summary>
    public static Motion Roam(Random r)
    {
        double speed = r.LogEven(0.05, 1.8),
            wait = r.Is(0.6) ? 16.7 : r.LogEven(4, 30),
            late = r.Is(0.5) ? 0.04 : r.Even(0, 0.3);
        double bend = r.LogEven(0.0005, 0.008),
            memory = r.LogEven(80, 800),
            breath = r.Is(0.6) ? 0 : r.Even(0, 0.5),
            shaken = r.Is(0.7) ? 0 : r.Even(0.2, 3);
        double angle = r.Even(0, 6.3),
            turn = bend * r.Normal(),
            pace = 0,
            x = 0,
            y = 0,
            t = 0,
            end = r.LogEven(250, 4000);
        var motion = new Motion();
        motion.Add(0, 0, 0);
        while (t < end)
        {
            double gap = Math.Max(1, wait * (1 + (late * r.Normal()))),
                keep = Math.Exp(-gap / memory),
                fresh = Math.Sqrt(1 - (keep * keep));
            turn = (keep * turn) + (fresh * bend * r.Normal());
            pace = (keep * pace) + (fresh * breath * r.Normal());
            angle += turn * gap;
            x += speed * Math.Exp(pace) * gap * Math.Cos(angle);
            y += speed * Math.Exp(pace) * gap * Math.Sin(angle);
            t += gap;
            motion.Add(t, x + (shaken * r.Normal()), y + (shaken * r.Normal()));
        }

        return motion;
    }

    /// <summary>Steps of one to a few pixels along a line or curve, with waits that are fixed, random, or longer near
    /// the end.</summary>
    public static Motion Pixels(Random r)
    {
        var (x, y) = Target(r);
        double length = Math.Sqrt((x * x) + (y * y)),
            step = Math.Max(r.LogEven(1, 25), length / MaxPixels);
        Curve curve = r.Is(0.5) ? AnyCurve(r, x, y) : way => (way * x, way * y);
        double wait = r.LogEven(1, 20),
            spread = r.Is(0.4) ? 0 : r.Even(0, 0.7),
            slow = r.Is(0.6) ? 0 : r.Even(1, 8),
            t = 0;
        int steps = Math.Max(4, (int)(length / step));
        var motion = new Motion();
        for (int i = 0; i <= steps; i++)
        {
            double u = (double)i / steps;
            var (px, py) = curve(u);
            motion.Add(t, px, py);
            t += Math.Max(1, wait * (1 + (spread * r.Normal())) * (1 + (slow * u * u * u)));
        }

        return motion;
    }

    /// <summary>An autoregressive velocity of order two, pulled to the target, with noise that grows with speed; its
    /// roots lie within the unit circle.</summary>
    public static Motion Autoregressive(Random r)
    {
        var (tx, ty) = Target(r);
        double one = r.Even(0.3, 0.95),
            other = r.Even(-0.5, 0.6),
            a = one + other,
            b = -one * other;
        double pull = r.LogEven(0.01, 0.15),
            shaken = r.Even(0.02, 0.4),
            floor = r.Even(0, 1.5);
        double wait = r.Is(0.5) ? 16 : r.LogEven(6, 30),
            late = r.Even(0, 0.4),
            x = 0,
            y = 0,
            ux = 0,
            uy = 0,
            vx = 0,
            vy = 0,
            t = 0;
        double maxSpeed = 0.2 * Math.Sqrt((tx * tx) + (ty * ty));
        int steps = r.Next(15, 150);
        var motion = new Motion();
        motion.Add(0, 0, 0);
        for (int i = 0; i < steps; i++)
        {
            double speed = Math.Sqrt((vx * vx) + (vy * vy)),
                shake = (shaken * speed) + floor;
            double nx = (a * vx) + (b * ux) + (pull * (tx - x)) + (shake * r.Normal()),
                ny = (a * vy) + (b * uy) + (pull * (ty - y)) + (shake * r.Normal());
            double within = Math.Min(1, maxSpeed / Math.Max(1e-9, Math.Sqrt((nx * nx) + (ny * ny))));
            (ux, uy, vx, vy) = (vx, vy, within * nx, within * ny);
            x += vx;
            y += vy;
            t += wait * Math.Max(0.2, 1 + (late * r.Normal()));
            motion.Add(t, x, y);
        }

        return motion;
    }

    /// <summary>Legs between waypoints, with corners rounded or not: along the axes, or randomly off the
    /// line.</summary>
    public static Motion Corners(Random r)
    {
        var (x, y) = Target(r);
        bool axes = r.Is(0.3);
        int inner = axes ? 1 : r.Next(1, 7);
        double off = r.LogEven(0.03, 0.5) * Math.Sqrt((x * x) + (y * y));
        List<double> px = [0],
            py = [0];
        for (int i = 1; i <= inner; i++)
        {
            double along = i / (inner + 1.0);
            px.Add(axes ? x : (along * x) + (off * r.Normal()));
            py.Add(axes ? 0 : (along * y) + (off * r.Normal()));
        }

        px.Add(x);
        py.Add(y);
        Curve sharp = ByLength(px, py);
        double round = r.Is(0.5) ? 0 : r.Even(0.01, 0.12);
        Curve curve = round == 0 ? sharp : way => Mean(sharp, way, round * Math.Min(1, 4 * Math.Min(way, 1 - way)));
        Motion motion = Follow(
            r,
            curve,
            r.Is(0.3) ? u => u
                : r.Is(0.5) ? Gusts(r)
                : TimeLaw(r),
            Duration(r, Math.Sqrt((x * x) + (y * y))) * r.Even(1, 2)
        );
        return r.Is(0.3) ? Noisy(r, motion) : motion;
    }

    private static Curve AnyCurve(Random r, double x, double y) =>
        r.Next(5) switch
        {
            0 => way => (way * x, way * y),
            1 => Bezier(r, x, y, 1, r.Even(0.05, 0.9)),
            2 => Bezier(r, x, y, 2, r.Even(0.05, 0.9)),
            3 => Bezier(r, x, y, r.Next(3, 6), r.Even(0.1, 1)),
            _ => Corridor(r, x, y),
        };

    /// <summary>A smooth curve through points beside the line, closer to it towards the ends.</summary>
    private static Curve Corridor(Random r, double x, double y)
    {
        int inner = r.Next(1, 5);
        double off = r.Even(0.02, 0.25);
        List<(double, double)> points = [(0, 0)];
        for (int i = 1; i <= inner; i++)
        {
            double along = (i + r.Even(-0.3, 0.3)) / (inner + 1),
                across = off * r.Normal() * 4 * along * (1 - along);
            points.Add(((along * x) - (across * y), (along * y) + (across * x)));
        }

        points.Add((x, y));
        return Spline(points);
    }

    /// <summary>Averages a curve over a short interval, which rounds its corners.</summary>
    private static (double X, double Y) Mean(Curve curve, double way, double width)
    {
        const int Parts = 8;
        double x = 0,
            y = 0;
        for (int i = 0; i <= Parts; i++)
        {
            var (px, py) = curve(way + (width * ((2.0 * i / Parts) - 1)));
            (x, y) = (x + (px / (Parts + 1)), y + (py / (Parts + 1)));
        }

        return (x, y);
    }

    private static Motion Noisy(Random r, Motion motion) =>
        r.Next(4) switch
        {
            0 => Jitter(r, motion, r.LogEven(0.3, 4)),
            1 => Wander(r, motion, r.LogEven(0.5, 12), r.LogEven(20, 300)),
            2 => Waves(r, motion, r.LogEven(1, 20)),
            _ => motion,
        };
}
