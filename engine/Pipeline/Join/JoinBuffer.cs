namespace Engine.Pipeline.Join;

/// <summary>
/// A path that came before its click: a copy of its points, kept until the click comes or the join deadline passes.
/// </summary>
public sealed class WaitingPath
{
    public ulong Click;

    /// <summary>The last log time at which its click may come, ms.</summary>
    public long Deadline;

    /// <summary>The number of further paths for the same click that came while this one waits.</summary>
    public int Extras;

    public float[] T = [],
        X = [],
        Y = [];
    public int Count;

    public void Copy(ReadOnlySpan<float> t, ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        Count = t.Length;
        if (T.Length < Count)
        {
            int size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Count);
            (T, X, Y) = (new float[size], new float[size], new float[size]);
        }
        t.CopyTo(T);
        x.CopyTo(X);
        y.CopyTo(Y);
    }
}

/// <summary>Clicks or paths that wait for their other half. Items are found by the click's fingerprint, and released in
/// order of deadline, then of offset, so that the order never depends on the heap's implementation. One per partition;
/// not thread-safe.</summary>
public sealed class JoinBuffer<T>
    where T : class
{
    private readonly Dictionary<ulong, T> _byClick = [];
    private readonly PriorityQueue<ulong, (long Deadline, long Offset)> _deadlines = new();

    public int Count => _byClick.Count;

    /// <summary>The earliest deadline, log time in ms, possibly of an item that was removed; long.MaxValue if nothing
    /// waits.</summary>
    public long NextDeadline =>
        _deadlines.TryPeek(out _, out (long Deadline, long) next) ? next.Deadline : long.MaxValue;

    /// <summary>The lowest offset of what waits; long.MaxValue if nothing does.</summary>
    public long FirstOffset(Func<T, long> deadlineOf)
    {
        while (_deadlines.TryPeek(out ulong click, out (long Deadline, long Offset) next))
        {
            if (_byClick.TryGetValue(click, out T? waiting) && deadlineOf(waiting) == next.Deadline)
            {
                return next.Offset;
            }

            _deadlines.Dequeue();
        }

        return long.MaxValue;
    }

    public bool TryGet(ulong click, out T? waiting) => _byClick.TryGetValue(click, out waiting);

    public void Add(ulong click, T waiting, long deadline, long offset)
    {
        _byClick.Add(click, waiting);
        _deadlines.Enqueue(click, (deadline, offset));
    }

    public bool Remove(ulong click, out T? waiting) => _byClick.Remove(click, out waiting);

    /// <summary>Takes the next item that is overdue at a log time: past its deadline, not on it.</summary>
    public bool TryTakeOverdue(long logTime, out T? waiting, Func<T, long> deadlineOf)
    {
        while (_deadlines.TryPeek(out ulong click, out (long Deadline, long) next) && next.Deadline < logTime)
        {
            _deadlines.Dequeue();
            // The entry is stale if its item was joined meanwhile, or if it belongs to an earlier item of the same id.
            if (!_byClick.TryGetValue(click, out waiting) || deadlineOf(waiting) != next.Deadline)
            {
                continue;
            }

            _byClick.Remove(click);
            return true;
        }
        waiting = null;
        return false;
    }
}
