namespace Models.Training.Paths;

/// <summary>Adversaries that move step by step: forces, winds, and sequentially drawn steps.</summary>
internal static class Chases
{
    /// <summary>A damped spring that pulls to a target, with noise as force.</summary>
    public static Motion Spring(Random r)
    {
        var (tx, ty) = Pieces.Target(r);
        double omega = r.Even(4, 14) / 1000,
            damping = r.Even(0.5, 1.3),
            noise = r.Is(0.3) ? 0 : r.LogEven(0.00005, 0.002),
            hop = r.Is(0.5) ? 0 : r.Even(0.02, 0.2);
        double x = 0,
            y = 0,
            vx = 0,
            vy = 0,
            gx = tx * (1 + (hop * r.Normal())),
            gy = ty * (1 + (hop * r.Normal()));
        double aim = r.Even(200, 500);
        var motion = new Motion();
        for (double t = 0; t < 2500; t += 4)
        {
            if (t > aim)
            {
                (gx, gy) = (tx, ty);
            }

            vx += 4 * ((omega * omega * (gx - x)) - (2 * damping * omega * vx) + (noise * r.Normal()));
            vy += 4 * ((omega * omega * (gy - y)) - (2 * damping * omega * vy) + (noise * r.Normal()));
            x += 4 * vx;
            y += 4 * vy;
            motion.Add(t, x, y);
            if (t > aim && Math.Abs(x - tx) + Math.Abs(y - ty) < 2 && Math.Abs(vx) + Math.Abs(vy) < 0.02)
            {
                break;
            }
        }

        return motion;
    }

    /// <summary>Each step covers a share of the remaining distance, in an inexact direction.</summary>
    public static Motion Pursuit(Random r)
    {
        var (tx, ty) = Pieces.Target(r);
        double share = r.Even(0.03, 0.2),
            error = r.Even(0, 0.6),
            memory = r.Even(0, 0.95),
            maxStep = r.Even(8, 60),
            x = 0,
            y = 0,
            off = 0,
            t = 0,
            wait = r.LogEven(5, 20);
        var motion = new Motion();
        motion.Add(0, 0, 0);
        for (int i = 0; i < 1500; i++)
        {
            double left = Math.Sqrt(((tx - x) * (tx - x)) + ((ty - y) * (ty - y)));
            if (left < 1.5)
            {
                break;
            }

            off = (memory * off) + (Math.Sqrt(1 - (memory * memory)) * error * r.Normal());
            double step = Math.Min(maxStep, Math.Max(1, share * left)),
                angle = Math.Atan2(ty - y, tx - x) + off;
            x += step * Math.Cos(angle);
            y += step * Math.Sin(angle);
            t += wait * r.Even(0.8, 1.2);
            motion.Add(t, x, y);
        }

        return motion;
    }

    /// <summary>A drift to the target with a random walk.</summary>
    public static Motion RandomWalk(Random r)
    {
        var (tx, ty) = Pieces.Target(r);
        int steps = r.Next(15, 120);
        double noise = r.Even(0.3, 2) * Math.Sqrt((tx * tx) + (ty * ty)) / steps,
            wait = r.LogEven(5, 40),
            x = 0,
            y = 0,
            t = 0;
        var motion = new Motion();
        for (int i = 0; i <= steps; i++)
        {
            motion.Add(t, x, y);
            x += (tx / steps) + (noise * r.Normal());
            y += (ty / steps) + (noise * r.Normal());
            t += wait * r.Even(0.5, 1.5);
        }

        return motion;
    }
}
