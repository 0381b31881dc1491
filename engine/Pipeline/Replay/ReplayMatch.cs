namespace Engine.Pipeline.Replay;

/// <summary>The stored path that a path replays.</summary>
/// <param name="IdLength">Bytes of the click's id that were written.</param>
/// <param name="ResidualPx">How far they lie apart, px.</param>
/// <param name="LogTime">Its log time, ms since 1970.</param>
/// <param name="Partition">Where it lies in the log.</param>
/// <param name="Offset">Where it lies in the log.</param>
public readonly record struct ReplayMatch(int IdLength, float ResidualPx, long LogTime, int Partition, long Offset);
