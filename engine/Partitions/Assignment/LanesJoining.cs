namespace Engine.Partitions.Assignment;

/// <summary>Decides whether a lane that joined its group first still waits for the process's other lanes. Kafka assigns
/// everything to the first member, and half of it to the next a few seconds later. Taking partitions over just to give
/// them back would read their logs twice.</summary>
internal sealed class LanesJoining(Func<bool> haveJoined, TimeProvider clock)
{
    /// <summary>The maximum time to wait for the other lanes.</summary>
    public static readonly TimeSpan Within = TimeSpan.FromSeconds(10);

    /// <summary>The time within which Kafka revokes partitions for the other lanes once all have joined.</summary>
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

    /// <summary>Whether joining is over and the resulting revocations are known.</summary>
    public bool HasSettled() => !IsUnderWay() && (_allJoinedAt == 0 || clock.GetElapsedTime(_allJoinedAt) >= Settling);
}
