namespace Models.Tests.Plain;

/// <summary>
/// Working memory for one path at a time, so that nothing is allocated a path. Not thread-safe: one a lane. After
/// <see cref="PlainCleaning.Clean"/> the first <see cref="Count"/> of T, X, Y hold the cleaned path.
/// </summary>
internal sealed class PlainScratch
{
    /// <summary>The most points of a path (contract.md).</summary>
    public const int MaxPoints = 4096;

    /// <summary>The most points of a time grid: 25.6 s at 25 ms; what is longer is cut at its beginning.</summary>
    public const int MaxGrid = 1024;

    internal readonly float[] T = new float[MaxPoints];
    internal readonly float[] X = new float[MaxPoints];
    internal readonly float[] Y = new float[MaxPoints];

    /// <summary>Arc length up to each point.</summary>
    internal readonly float[] S = new float[MaxPoints];

    internal readonly float[] GridX = new float[MaxGrid];
    internal readonly float[] GridY = new float[MaxGrid];
    internal readonly float[] Speed = new float[MaxGrid];
    internal readonly float[] A = new float[MaxGrid];
    internal readonly float[] B = new float[MaxGrid];
    internal readonly float[] Sorted = new float[MaxGrid];

    /// <summary>Points of the cleaned path.</summary>
    public int Count { get; internal set; }

    /// <summary>Its arc length, px.</summary>
    public float Length => Count > 0 ? S[Count - 1] : 0;

    /// <summary>Its duration, ms, pauses cut to <see cref="PlainCleaning.LongestGap"/>.</summary>
    public float Duration => Count > 0 ? T[Count - 1] - T[0] : 0;
}
