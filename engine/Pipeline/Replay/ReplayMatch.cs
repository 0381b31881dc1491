namespace Engine.Pipeline.Replay;

/// <summary>The stored path that a path replays.</summary>
/// <param name="IdLength">The number of bytes written of the click's id.</param>
/// <param name="ResidualPx">The distance between the paths, px.</param>
/// <param name="LogTime">The log time of the stored path's click, ms since 1970.</param>
/// <param name="Partition">The partition of that click.</param>
/// <param name="Offset">The offset of that click.</param>
/// <param name="IsTransformed">Whether the path was also scaled, turned or stretched in time.</param>
public readonly record struct ReplayMatch(
    int IdLength,
    float ResidualPx,
    long LogTime,
    int Partition,
    long Offset,
    bool IsTransformed
);
