namespace Engine.App.Explain;

/// <summary>A point of a cursor path as it was recorded.</summary>
/// <param name="T">ms from the first point.</param>
/// <param name="X">CSS pixels.</param>
/// <param name="Y">CSS pixels, downwards.</param>
public readonly record struct PathPoint(double T, double X, double Y);

/// <summary>The path of a click, read from the log.</summary>
/// <param name="Click">The click's id.</param>
/// <param name="At">Where the record lies that carries it: <c>interactions-2@118233</c>.</param>
/// <param name="Points">In order; one at least.</param>
public sealed record RecordedPath(string Click, string At, IReadOnlyList<PathPoint> Points)
{
    /// <summary>From the first point to the last, ms.</summary>
    public double DurationMs => Points[^1].T - Points[0].T;

    /// <summary>The way gone, CSS pixels.</summary>
    public double Length => Enumerable.Range(1, Points.Count - 1).Sum(Step);

    /// <summary>The length of the vector that ends in a point, CSS pixels.</summary>
    public double Step(int i) =>
        Math.Sqrt(Math.Pow(Points[i].X - Points[i - 1].X, 2) + Math.Pow(Points[i].Y - Points[i - 1].Y, 2));

    /// <summary>
    /// The mean place over time, which two recordings of one movement share but for the shift between them.
    /// </summary>
    public (double X, double Y) Centre()
    {
        double duration = DurationMs;
        if (duration <= 0)
        {
            return (Points.Average(point => point.X), Points.Average(point => point.Y));
        }

        double x = 0,
            y = 0;
        for (int i = 1; i < Points.Count; i++)
        {
            double share = (Points[i].T - Points[i - 1].T) / duration;
            x += share * (Points[i].X + Points[i - 1].X) / 2;
            y += share * (Points[i].Y + Points[i - 1].Y) / 2;
        }
        return (x, y);
    }
}
