namespace Engine.Pipeline.Deliver;

/// <summary>When the TTL of one of a partition's hashes is renewed: when the hash changes, but not each time.</summary>
public sealed class TtlRenewal
{
    /// <summary>The log time of the last renewal.</summary>
    private long _renewedAt = long.MinValue;

    /// <summary>Whether it is to be renewed with a change.</summary>
    public bool IsDue(long logTime, long everyMs) => _renewedAt == long.MinValue || logTime - _renewedAt >= everyMs;

    /// <summary>Notes that a change is acknowledged, and with it a renewal that was due.</summary>
    public void Acknowledge(long logTime, long everyMs)
    {
        if (IsDue(logTime, everyMs))
        {
            _renewedAt = logTime;
        }
    }
}
