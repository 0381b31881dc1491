namespace Engine.App.Explain;

/// <summary>A point of a recorded cursor path.</summary>
/// <param name="T">The time since the first point, in ms.</param>
/// <param name="X">The position in CSS pixels.</param>
/// <param name="Y">The position in CSS pixels, downwards.</param>
public readonly record struct PathPoint(double T, double X, double Y);

/// <summary>A click's path from the log.</summary>
/// <param name="Click">The click's id.</param>
/// <param name="At">The place of the record that contains it: <c>interactions-2@118233</c>.</param>
/// <param name="Points">The points in order; at least one.</param>
public sealed record RecordedPath(string Click, string At, IReadOnlyList<PathPoint> Points)
{
    /// <summary>The time from the first point to the last, in ms.</summary>
    public double DurationMs => Points[^1].T - Points[0].T;

    /// <summary>The length of the path, in CSS pixels.</summary>
    public double Length => Enumerable.Range(1, Points.Count - 1).Sum(Step);

    /// <summary>Gets the length of the vector that ends at a point, in CSS pixels.</summary>
    public double Step(int i) =>
        Math.Sqrt(Math.Pow(Points[i].X - Points[i - 1].X, 2) + Math.Pow(Points[i].Y - Points[i - 1].Y, 2));

    /// <summary>Gets the time-weighted mean position, which in two recordings of one movement differs only by their
    /// shift.</summary>
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
