namespace Engine.Pipeline.CursorPath.Geometry;

/// <summary>Working memory for one path at a time, so that no path allocates. Not thread-safe: one per lane. After
/// <see cref="PathCleaning.Clean"/>, the first <see cref="Count"/> values of T, X and Y hold the cleaned
/// path.</summary>
public sealed class PathScratch
{
    /// <summary>The maximum number of points of a path.</summary>
    public const int MaxPoints = 4096;

    /// <summary>The maximum number of points of a time grid: 25.6 s at 25 ms. A longer path is cut at its
    /// beginning.</summary>
    public const int MaxGrid = 1024;

    internal readonly float[] T = Series.Room(MaxPoints),
        X = Series.Room(MaxPoints),
        Y = Series.Room(MaxPoints);

    /// <summary>The arc length up to each point.</summary>
    internal readonly float[] S = Series.Room(MaxPoints);

    /// <summary>From each point to the next: ms, px in x, px in y, px of length.</summary>
    internal readonly float[] Wait = Series.Room(MaxPoints),
        Dx = Series.Room(MaxPoints),
        Dy = Series.Room(MaxPoints),
        Step = Series.Room(MaxPoints);

    /// <summary>Positions at equal times, and every second and fourth of them.</summary>
    internal readonly PlaceRow Grid = new(MaxGrid),
        Grid2 = new(MaxGrid),
        Grid4 = new(MaxGrid);

    /// <summary>Positions at equal steps from the first point to the last.</summary>
    internal readonly PlaceRow Even = new(PolynomialFit.Points);

    internal readonly float[] A = Series.Room(MaxGrid),
        B = Series.Room(MaxGrid),
        C = Series.Room(MaxGrid),
        D = Series.Room(MaxGrid),
        Sorted = Series.Room(MaxGrid);

    /// <summary>For each point, the index of the first position after it; for each position, the point before
    /// it.</summary>
    internal readonly int[] First = new int[MaxPoints + Series.Padding],
        Before = new int[MaxGrid + 1];

    /// <summary>The number of points of the cleaned path.</summary>
    public int Count { get; internal set; }

    /// <summary>The number of steps used by features of single events.</summary>
    internal int Steps => Math.Min(Count - 1, MaxGrid);

    /// <summary>The cleaned path; valid until the next one is cleaned.</summary>
    public PathPoints Points => new(T.AsSpan(0, Count), X.AsSpan(0, Count), Y.AsSpan(0, Count));

    /// <summary>The arc length, px.</summary>
    public float Length => Count > 0 ? S[Count - 1] : 0;

    /// <summary>The duration, ms, with pauses cut to <see cref="PathCleaning.LongestGap"/>.</summary>
    public float Duration => Count > 0 ? T[Count - 1] - T[0] : 0;
}
