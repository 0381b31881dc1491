namespace Engine.Pipeline.Replay;

/// <summary>Bounds of the replay index.</summary>
/// <param name="MaxPaths">The maximum number of paths, up to 300 bytes each; beyond it, the oldest is dropped.</param>
/// <param name="Expiry">How far back in log time paths are compared.</param>
/// <param name="Lag">How much longer paths are kept, for partitions that lag behind others.</param>
/// <param name="MaxResidual">The maximum residual of a replay, px (models.md).</param>
/// <param name="MinStretch">The minimum ratio of a path's duration to the stored one's. It is below the 0.8 that must
/// be found, as recorders round.</param>
/// <param name="MaxStretch">The maximum ratio; 1.25 must be found.</param>
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
                $"A replay index needs 1 to 200,000,000 paths, a positive expiry and positive limits; got {this}."
            );
        }
    }
}
