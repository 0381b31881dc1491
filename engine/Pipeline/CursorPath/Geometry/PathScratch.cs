namespace Engine.Pipeline.CursorPath.Geometry;

/// <summary>
/// Working memory for one path at a time, so that nothing is allocated a path. Not thread-safe: one a lane. After
/// <see cref="PathCleaning.Clean"/> the first <see cref="Count"/> of T, X, Y hold the cleaned path.
/// </summary>
public sealed class PathScratch
{
    /// <summary>The most points of a path (contract.md).</summary>
    public const int MaxPoints = 4096;

    /// <summary>The most points of a time grid: 25.6 s at 25 ms; what is longer is cut at its beginning.</summary>
    public const int MaxGrid = 1024;

    internal readonly float[] T = Series.Room(MaxPoints),
        X = Series.Room(MaxPoints),
        Y = Series.Room(MaxPoints);

    /// <summary>Arc length up to each point.</summary>
    internal readonly float[] S = Series.Room(MaxPoints);

    /// <summary>From each point to the next: ms, px, px, px along.</summary>
    internal readonly float[] Wait = Series.Room(MaxPoints),
        Dx = Series.Room(MaxPoints),
        Dy = Series.Room(MaxPoints),
        Step = Series.Room(MaxPoints);

    /// <summary>Places at equal times, and every second and fourth of them.</summary>
    internal readonly PlaceRow Grid = new(MaxGrid),
        Grid2 = new(MaxGrid),
        Grid4 = new(MaxGrid);

    /// <summary>Places at equal steps from the first point to the last.</summary>
    internal readonly PlaceRow Even = new(PolynomialFit.Points);

    internal readonly float[] A = Series.Room(MaxGrid),
        B = Series.Room(MaxGrid),
        C = Series.Room(MaxGrid),
        D = Series.Room(MaxGrid),
        Sorted = Series.Room(MaxGrid);

    /// <summary>
    /// At which place of a row each point comes to lie before, and which point lies before each place.
    /// </summary>
    internal readonly int[] First = new int[MaxPoints + Series.Padding],
        Before = new int[MaxGrid + 1];

    /// <summary>Points of the cleaned path.</summary>
    public int Count { get; internal set; }

    /// <summary>Steps between them that features of single events look at.</summary>
    internal int Steps => Math.Min(Count - 1, MaxGrid);

    /// <summary>The cleaned path; valid until the next one is cleaned.</summary>
    public PathPoints Points => new(T.AsSpan(0, Count), X.AsSpan(0, Count), Y.AsSpan(0, Count));

    /// <summary>Its arc length, px.</summary>
    public float Length => Count > 0 ? S[Count - 1] : 0;

    /// <summary>Its duration, ms, pauses cut to <see cref="PathCleaning.LongestGap"/>.</summary>
    public float Duration => Count > 0 ? T[Count - 1] - T[0] : 0;
}
