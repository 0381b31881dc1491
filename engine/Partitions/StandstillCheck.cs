namespace Engine.Partitions;

/// <summary>Notices that a thread stood still: that it was suspended, or waited, for so long that Kafka may have given
/// its partitions to others. Call <see cref="Look"/> often.</summary>
/// <param name="longest">The longest pause that doesn't matter: well below the session timeout.</param>
public sealed class StandstillCheck(TimeSpan longest, TimeProvider clock)
{
    private long _lookedAt = clock.GetTimestamp();
    private bool _noticed;

    public void Look()
    {
        long now = clock.GetTimestamp();
        _noticed |= clock.GetElapsedTime(_lookedAt, now) > longest;
        _lookedAt = now;
    }

    /// <summary>Whether the thread stood still since the last call.</summary>
    public bool TakeNoticed()
    {
        Look();
        bool noticed = _noticed;
        _noticed = false;
        return noticed;
    }
}
