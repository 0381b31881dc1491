namespace Engine.Pipeline.Replay;

/// <summary>Bounds of the replay index.</summary>
/// <param name="MaxPaths">Paths kept; then the oldest goes. 192 bytes each.</param>
/// <param name="Expiry">A path is compared with those whose log time lies at most so far back.</param>
/// <param name="Lag">Paths stay so much longer, for partitions that are read behind others.</param>
/// <param name="MaxResidual">px; up to it a path is a replay (models.md).</param>
/// <param name="MinStretch">The least duration over the stored one's that counts; the gate is wider than the 0.8 that
/// must be found, for recorders' rounding.</param>
/// <param name="MaxStretch">The greatest; 1.25 must be found.</param>
public sealed record ReplaySettings(
    int MaxPaths = 1_000_000,
    TimeSpan? Expiry = null,
    TimeSpan? Lag = null,
    float MaxResidual = 3.5f,
    float MinStretch = 0.74f,
    float MaxStretch = 1.35f
)
{
    internal long ExpiryMs => (long)(Expiry ?? TimeSpan.FromDays(7)).TotalMilliseconds;

    internal long LagMs => (long)(Lag ?? TimeSpan.FromMinutes(10)).TotalMilliseconds;

    internal void Check()
    {
        if (
            MaxPaths is < 1 or > 200_000_000
            || ExpiryMs <= 0
            || LagMs < 0
            || !(MaxResidual > 0)
            || !(MinStretch > 0 && MinStretch <= MaxStretch)
        )
        {
            throw new ArgumentException(
                $"A replay index keeps 1 to 200,000,000 paths for longer than no time, with limits above 0; not {this}."
            );
        }
    }
}
