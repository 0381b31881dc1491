namespace Engine.Partitions.Assignment;

/// <summary>
/// Whether a lane that joined its group first still waits for the process's others. Kafka gives the first to join
/// everything, and half of it to the next a few seconds later: taking partitions over only to give them back would read
/// their log twice.
/// </summary>
internal sealed class LanesJoining(Func<bool> haveJoined, TimeProvider clock)
{
    /// <summary>How long the others are waited for.</summary>
    public static readonly TimeSpan Within = TimeSpan.FromSeconds(10);

    /// <summary>Once all have joined, what Kafka takes back again for them is told within this time.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(200);

    private long _since,
        _allJoinedAt;

    public void Begin() => _since = clock.GetTimestamp();

    public bool IsUnderWay()
    {
        if (_allJoinedAt != 0 || clock.GetElapsedTime(_since) > Within)
        {
            return false;
        }

        if (haveJoined())
        {
            _allJoinedAt = clock.GetTimestamp();
        }

        return _allJoinedAt == 0;
    }

    /// <summary>Whether it is over, and what Kafka takes back because of it is known.</summary>
    public bool HasSettled() => !IsUnderWay() && (_allJoinedAt == 0 || clock.GetElapsedTime(_allJoinedAt) >= Settling);
}
