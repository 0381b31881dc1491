namespace Models.Training.Paths;

/// <summary>The positions of a cursor over time, before any recorder: positions in px, times in ms,
/// unrounded.</summary>
public sealed class Motion
{
    /// <summary>The times, in ms, never decreasing.</summary>
    public List<double> T { get; } = [];

    /// <summary>The horizontal positions, in px.</summary>
    public List<double> X { get; } = [];

    /// <summary>The vertical positions, in px.</summary>
    public List<double> Y { get; } = [];

    /// <summary>The number of points.</summary>
    public int Count => T.Count;

    /// <summary>Adds a point.</summary>
    public void Add(double t, double x, double y)
    {
        T.Add(t);
        X.Add(x);
        Y.Add(y);
    }

    /// <summary>Creates the motion of a recorded path, without backward steps in time.</summary>
    public static Motion Of(ReadOnlySpan<float> t, ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var motion = new Motion();
        for (int i = 0; i < t.Length; i++)
        {
            if (motion.Count == 0 || t[i] >= motion.T[^1])
            {
                motion.Add(t[i], x[i], y[i]);
            }
        }

        return motion;
    }

    /// <summary>Appends a motion after a pause, shifted to start where this one ended.</summary>
    public void Chain(Motion next, double pause)
    {
        double t = T[^1] + pause - next.T[0],
            x = X[^1] - next.X[0],
            y = Y[^1] - next.Y[0];
        for (int i = 0; i < next.Count; i++)
        {
            Add(next.T[i] + t, next.X[i] + x, next.Y[i] + y);
        }
    }

    /// <summary>Interpolates between a recording's points as a hand would have moved: cubic pieces (C. Hermite;
    /// tangents by E. Catmull, R. Rom, 1974) every <paramref name="step"/> ms, but not over gaps longer than <paramref
    /// name="longest"/> ms, in which the movement is unknown. Linear pieces would change speed only at the old points,
    /// which a faster recorder would reveal.</summary>
    public Motion Smooth(double step = 2, double longest = 60)
    {
        var smooth = new Motion();
        for (int i = 0; i + 1 < Count; i++)
        {
            double gap = T[i + 1] - T[i];
            Add(smooth, i);
            for (double t = step; gap <= longest && t < gap; t += step)
            {
                smooth.Add(T[i] + t, Between(X, i, t / gap), Between(Y, i, t / gap));
            }
        }

        Add(smooth, Count - 1);
        return smooth;

        void Add(Motion to, int i) => to.Add(T[i], X[i], Y[i]);
    }

    private double Between(List<double> v, int i, double u)
    {
        int before = Math.Max(0, i - 1),
            after = Math.Min(Count - 1, i + 2);
        double gap = T[i + 1] - T[i],
            rise = v[i + 1] - v[i];
        double left = (v[i + 1] - v[before]) / (T[i + 1] - T[before]) * gap,
            right = (v[after] - v[i]) / (T[after] - T[i]) * gap;
        return v[i] + (u * (left + (u * ((3 * rise) - (2 * left) - right + (u * (left + right - (2 * rise)))))));
    }

    /// <summary>Gets the part between two times.</summary>
    public Motion Cut(double from, double to)
    {
        var part = new Motion();
        for (int i = 0; i < Count; i++)
        {
            if (T[i] >= from && T[i] <= to)
            {
                part.Add(T[i], X[i], Y[i]);
            }
        }

        return part;
    }
}
