namespace Ingest.Generate.Movement;

/// <summary>A position of the pointer: ms since the first point, CSS pixels.</summary>
internal readonly record struct CursorPoint(double T, double X, double Y)
{
    internal double DistanceTo(double x, double y) => Math.Sqrt((X - x) * (X - x) + (Y - y) * (Y - y));

    /// <summary>Gets the length of a path in pixels.</summary>
    internal static double Length(IReadOnlyList<CursorPoint> path)
    {
        double length = 0;
        for (int i = 1; i < path.Count; i++)
        {
            length += path[i].DistanceTo(path[i - 1].X, path[i - 1].Y);
        }

        return length;
    }

    /// <summary>Gets the position on a path at a time, interpolated between its points.</summary>
    internal static (double X, double Y) At(IReadOnlyList<CursorPoint> path, double t)
    {
        int low = 0,
            high = path.Count - 1;
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            if (path[middle].T <= t)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }
        double span = path[high].T - path[low].T;
        double part = span > 0 ? Math.Clamp((t - path[low].T) / span, 0, 1) : 1;
        return (path[low].X + part * (path[high].X - path[low].X), path[low].Y + part * (path[high].Y - path[low].Y));
    }
}
