namespace Engine.Pipeline.CursorPath.Geometry;

/// <summary>A decoded cursor path, with spans for t, x and y: 1 to 4,096 points. The click is at the last
/// point.</summary>
/// <param name="t">Milliseconds since the first point; integers are exact up to 2^24, 4.6 hours.</param>
/// <param name="x">CSS pixels.</param>
/// <param name="y">CSS pixels.</param>
public readonly ref struct PathPoints(ReadOnlySpan<float> t, ReadOnlySpan<float> x, ReadOnlySpan<float> y)
{
    /// <summary>Milliseconds since the first point.</summary>
    public ReadOnlySpan<float> T { get; } = t;

    /// <summary>CSS pixels.</summary>
    public ReadOnlySpan<float> X { get; } = x;

    /// <summary>CSS pixels.</summary>
    public ReadOnlySpan<float> Y { get; } = y;

    /// <summary>The number of points.</summary>
    public int Count => T.Length;
}
