namespace Engine.Pipeline.Clicks;

/// <summary>The earlier click whose path nearly equals this one.</summary>
/// <param name="Click">The id of that click; null if no replay was found.</param>
/// <param name="ResidualPx">The distance between the paths, in pixels.</param>
/// <param name="Partition">The partition of the earlier click.</param>
/// <param name="Offset">The offset of the earlier click.</param>
/// <param name="IsTransformed">Whether the path was also scaled, turned or stretched in time.</param>
public readonly record struct ReplayFound(
    string? Click,
    float ResidualPx,
    int Partition,
    long Offset,
    bool IsTransformed
);

/// <summary>What the paths of one key say together.</summary>
/// <param name="Sum">The sum of their log-odds, each bounded.</param>
/// <param name="Paths">Their number in the window.</param>
public readonly record struct SeriesFound(double Sum, int Paths)
{
    /// <summary>Their mean log-odds.</summary>
    public double Mean => Paths == 0 ? 0 : Sum / Paths;
}
