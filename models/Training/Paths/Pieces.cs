namespace Models.Training.Paths;

/// <summary>The building blocks of adversaries: timers, time laws, curves and noise.</summary>
internal static class Pieces
{
    /// <summary>A curve in the plane by its share of the distance, 0 to 1.</summary>
    public delegate (double X, double Y) Curve(double way);

    /// <summary>Draws the target of a move from (0, 0), in px.</summary>
    public static (double X, double Y) Target(Random random)
    {
        double distance = random.LogEven(40, 1400),
            angle = random.Even(0, 2 * Math.PI);
        return (distance * Math.Cos(angle), distance * Math.Sin(angle));
    }

    /// <summary>Draws the times of a program's own events over a duration, in ms: fixed, frames, Gaussian, Gamma, or
    /// drifting.</summary>
    public static List<double> Timer(Random random, double duration)
    {
        double mean = random.LogEven(3, 24);
        int kind = random.Next(5);
        double drift = random.Even(0.6, 1.6);
        var times = new List<double> { 0 };
        while (times[^1] < duration && times.Count < 3000)
        {
            double wait = kind switch
            {
                0 => mean,
                1 => 16.7,
                2 => mean * Math.Max(0.2, 1 + (0.3 * random.Normal())),
                3 => 2 + random.Gamma(2, mean),
                _ => mean * (1 + ((drift - 1) * times[^1] / duration)) * random.Even(0.7, 1.3),
            };
            times.Add(times[^1] + Math.Max(1, wait));
        }

        return times;
    }

    /// <summary>Draws the duration of a move, in ms: by distance (P. Fitts, 1954) or independent of it.</summary>
    public static double Duration(Random random, double distance) =>
        random.Is(0.6)
            ? (random.Even(50, 350) + (random.Even(60, 240) * Math.Log2(1 + (distance / random.Even(10, 60)))))
                * random.Even(0.8, 1.3)
            : random.LogEven(150, 3000);

    /// <summary>Draws a time law: the share of distance by share of time.</summary>
    public static Func<double, double> TimeLaw(Random random)
    {
        double power = random.Even(1.5, 4),
            peak = random.Even(0.2, 0.6),
            sigma = random.Even(0.25, 0.6);
        return random.Next(9) switch
        {
            0 => u => u,
            1 => u => u * u * (3 - (2 * u)),
            2 => u => u * u * u * (10 - (15 * u) + (6 * u * u)),
            3 => u => 1 - Math.Pow(1 - u, power),
            4 => u => u < 0.5 ? Math.Pow(2 * u, power) / 2 : 1 - (Math.Pow(2 * (1 - u), power) / 2),
            5 => u => (1 - Math.Cos(Math.PI * u)) / 2,
            6 => u => LogNormalShare(u, peak, sigma),
            7 => u => u < peak ? u * u / peak : 1 - ((1 - u) * (1 - u) / (1 - peak)),
            _ => u => (1 - Math.Exp(-power * 1.5 * u)) / (1 - Math.Exp(-power * 1.5)),
        };
    }

    /// <summary>Draws a time law with random speed: the exponential of a few smooth waves under an envelope, or
    /// stretches.</summary>
    public static Func<double, double> Gusts(Random r)
    {
        if (r.Is(0.3))
        {
            return Stretches(r, r.Next(3, 20));
        }

        const int Parts = 64;
        int waves = r.Next(1, 6);
        double size = r.Even(0.1, 1.2),
            rise = r.Even(0, 1.5),
            fall = r.Even(0, 2);
        var speed = new double[Parts];
        for (int k = 0; k < waves; k++)
        {
            double a = size * r.Normal() / Math.Sqrt(waves),
                f = r.Even(0.5, 2 + (2 * k)),
                phase = r.Even(0, 6.3);
            for (int i = 0; i < Parts; i++)
            {
                speed[i] += a * Math.Sin((2 * Math.PI * f * i / Parts) + phase);
            }
        }

        for (int i = 0; i < Parts; i++)
        {
            double u = (i + 0.5) / Parts;
            speed[i] = Math.Exp(speed[i]) * Math.Pow(u, rise) * Math.Pow(1 - u, fall);
        }

        return Way(speed);
    }

    /// <summary>Draws a time law in stretches of constant speed.</summary>
    public static Func<double, double> Stretches(Random r, int parts)
    {
        double size = r.Even(0.1, 1);
        return Way([.. Enumerable.Range(0, parts).Select(_ => Math.Exp(size * r.Normal()))]);
    }

    /// <summary>Computes the share of a lognormal stroke's distance (R. Plamondon, 1995), using a logistic function of
    /// the logarithm of time.</summary>
    public static double LogNormalShare(double u, double peak, double sigma)
    {
        static double Phi(double z) => 1 / (1 + Math.Exp(-1.702 * z));
        double end = Phi(Math.Log(1.02 / peak) / sigma);
        return u <= 0 ? 0 : Math.Min(1, Phi(Math.Log((u + 0.02) / peak) / sigma) / end);
    }

    /// <summary>Draws a Bezier curve from (0, 0) to (x, y) whose inner points are off the chord by up to a share
    /// <paramref name="bend"/> of its length.</summary>
    public static Curve Bezier(Random random, double x, double y, int inner, double bend)
    {
        var px = new double[inner + 2];
        var py = new double[inner + 2];
        (px[^1], py[^1]) = (x, y);
        bool oneSide = random.Is(0.5);
        double side = random.Is(0.5) ? 1 : -1;
        for (int i = 1; i <= inner; i++)
        {
            double along = random.NextDouble(),
                off =
                    bend
                    * random.NextDouble()
                    * (
                        oneSide ? side
                        : random.Is(0.5) ? 1
                        : -1
                    );
            (px[i], py[i]) = ((along * x) - (off * y), (along * y) + (off * x));
        }

        return way => (Casteljau(px, way), Casteljau(py, way));
    }

    /// <summary>Creates a smooth curve through points (E. Catmull, R. Rom, 1974), by share of its parameter.</summary>
    public static Curve Spline(IReadOnlyList<(double X, double Y)> points) =>
        way =>
        {
            double at = Math.Clamp(way, 0, 1) * (points.Count - 1);
            int i = Math.Min((int)at, points.Count - 2);
            double u = at - i;
            var (p0, p1, p2, p3) = (
                points[Math.Max(0, i - 1)],
                points[i],
                points[i + 1],
                points[Math.Min(points.Count - 1, i + 2)]
            );
            double Mix(double a, double b, double c, double d) =>
                0.5
                * (
                    (2 * b)
                    + ((c - a) * u)
                    + (((2 * a) - (5 * b) + (4 * c) - d) * u * u)
                    + (((3 * b) - a - (3 * c) + d) * u * u * u)
                );
            return (Mix(p0.X, p1.X, p2.X, p3.X), Mix(p0.Y, p1.Y, p2.Y, p3.Y));
        };

    /// <summary>Creates straight pieces between points at equal shares of the distance.</summary>
    public static Curve Pieced(double[] x, double[] y) =>
        way =>
        {
            double at = Math.Clamp(way, 0, 1) * (x.Length - 1);
            int i = Math.Min((int)at, x.Length - 2);
            return (x[i] + ((at - i) * (x[i + 1] - x[i])), y[i] + ((at - i) * (y[i + 1] - y[i])));
        };

    /// <summary>Creates straight pieces, by share of their length.</summary>
    public static Curve ByLength(List<double> x, List<double> y)
    {
        var at = new double[x.Count];
        for (int i = 1; i < at.Length; i++)
        {
            at[i] = at[i - 1] + Math.Max(1e-6, Math.Sqrt(Math.Pow(x[i] - x[i - 1], 2) + Math.Pow(y[i] - y[i - 1], 2)));
        }

        return way =>
        {
            double s = Math.Clamp(way, 0, 1) * at[^1];
            int i = 1;
            while (i < at.Length - 1 && at[i] < s)
            {
                i++;
            }

            double part = (s - at[i - 1]) / (at[i] - at[i - 1]);
            return (x[i - 1] + (part * (x[i] - x[i - 1])), y[i - 1] + (part * (y[i] - y[i - 1])));
        };
    }

    /// <summary>Samples a curve with a time law at a timer's events.</summary>
    public static Motion Follow(Random random, Curve curve, Func<double, double> law, double duration)
    {
        var motion = new Motion();
        foreach (double t in Timer(random, duration))
        {
            var (x, y) = curve(law(Math.Min(1, t / duration)));
            motion.Add(t, x, y);
        }

        return motion;
    }

    /// <summary>Adds independent noise to every point, in px.</summary>
    public static Motion Jitter(Random random, Motion motion, double sigma)
    {
        for (int i = 1; i < motion.Count; i++)
        {
            motion.X[i] += sigma * random.Normal();
            motion.Y[i] += sigma * random.Normal();
        }

        return motion;
    }

    /// <summary>Adds correlated noise (G. Uhlenbeck, L. Ornstein, 1930) that fades at both ends, in px; memory in
    /// ms.</summary>
    public static Motion Wander(Random random, Motion motion, double sigma, double memory)
    {
        double nx = 0,
            ny = 0,
            end = Math.Max(1, motion.T[^1]);
        for (int i = 1; i < motion.Count; i++)
        {
            double keep = Math.Exp(-(motion.T[i] - motion.T[i - 1]) / memory),
                fresh = sigma * Math.Sqrt(1 - (keep * keep));
            nx = (nx * keep) + (fresh * random.Normal());
            ny = (ny * keep) + (fresh * random.Normal());
            double fade = Math.Min(1, 6 * Math.Min(motion.T[i] / end, 1 - (motion.T[i] / end)));
            motion.X[i] += fade * nx;
            motion.Y[i] += fade * ny;
        }

        return motion;
    }

    /// <summary>Adds a sum of a few sines, in px: smooth noise.</summary>
    public static Motion Waves(Random random, Motion motion, double size)
    {
        double end = Math.Max(1, motion.T[^1]);
        int count = random.Next(2, 6);
        for (int k = 0; k < count; k++)
        {
            double waves = random.Even(0.5, 1.5 + (2 * k)),
                px = random.Even(0, 6.3),
                py = random.Even(0, 6.3),
                a = size / (1 + k) * random.Normal(),
                b = size / (1 + k) * random.Normal();
            for (int i = 0; i < motion.Count; i++)
            {
                double u = motion.T[i] / end,
                    fade = Math.Min(1, 6 * Math.Min(u, 1 - u));
                motion.X[i] += fade * a * Math.Sin((2 * Math.PI * waves * u) + px);
                motion.Y[i] += fade * b * Math.Sin((2 * Math.PI * waves * u) + py);
            }
        }

        return motion;
    }

    /// <summary>Creates a time law from speeds in equal intervals.</summary>
    private static Func<double, double> Way(double[] speed)
    {
        var way = new double[speed.Length + 1];
        for (int i = 0; i < speed.Length; i++)
        {
            way[i + 1] = way[i] + speed[i];
        }

        return u =>
        {
            double at = Math.Clamp(u, 0, 1) * speed.Length;
            int i = Math.Min((int)at, speed.Length - 1);
            return (way[i] + ((at - i) * speed[i])) / way[^1];
        };
    }

    private static double Casteljau(double[] points, double u)
    {
        Span<double> p = stackalloc double[points.Length];
        points.CopyTo(p);
        for (int n = p.Length - 1; n > 0; n--)
        {
            for (int i = 0; i < n; i++)
            {
                p[i] += u * (p[i + 1] - p[i]);
            }
        }

        return p[0];
    }
}
