namespace Engine.Pipeline.CursorPath.Geometry;

/// <summary>
/// A decoded cursor path, a span for each of t, x and y: 1 to 4,096 points. The click lies at the last.
/// </summary>
/// <param name="t">Milliseconds from the first point; whole numbers are exact up to 2^24, 4.6 hours.</param>
/// <param name="x">CSS pixels.</param>
/// <param name="y">CSS pixels.</param>
public readonly ref struct PathPoints(ReadOnlySpan<float> t, ReadOnlySpan<float> x, ReadOnlySpan<float> y)
{
    /// <summary>Milliseconds from the first point.</summary>
    public ReadOnlySpan<float> T { get; } = t;

    /// <summary>CSS pixels.</summary>
    public ReadOnlySpan<float> X { get; } = x;

    /// <summary>CSS pixels.</summary>
    public ReadOnlySpan<float> Y { get; } = y;

    /// <summary>Points.</summary>
    public int Count => T.Length;
}
