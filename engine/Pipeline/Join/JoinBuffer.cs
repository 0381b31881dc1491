namespace Engine.Pipeline.Join;

/// <summary>
/// A path that came before its click: a copy of its points, kept until the click comes or the join deadline passes.
/// </summary>
public sealed class WaitingPath
{
    public ulong Click;

    /// <summary>The last log time at which its click may come, ms.</summary>
    public long Deadline;

    /// <summary>Further paths for the same click that came while this one waits.</summary>
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

/// <summary>
/// What waits for its other half, by click: found by fingerprint, and let go in order of deadline (then of offset, so
/// that the order never depends on a heap's whims). One a partition; not for two threads.
/// </summary>
public sealed class JoinBuffer<T>
    where T : class
{
    private readonly Dictionary<ulong, T> _byClick = [];
    private readonly PriorityQueue<ulong, (long Deadline, long Offset)> _deadlines = new();

    public int Count => _byClick.Count;

    /// <summary>
    /// The earliest deadline, log time in ms; what was taken out may still stand for it. long.MaxValue where nothing
    /// waits.
    /// </summary>
    public long NextDeadline =>
        _deadlines.TryPeek(out _, out (long Deadline, long) next) ? next.Deadline : long.MaxValue;

    public bool TryGet(ulong click, out T? waiting) => _byClick.TryGetValue(click, out waiting);

    public void Add(ulong click, T waiting, long deadline, long offset)
    {
        _byClick.Add(click, waiting);
        _deadlines.Enqueue(click, (deadline, offset));
    }

    public bool Remove(ulong click, out T? waiting) => _byClick.Remove(click, out waiting);

    /// <summary>Takes out the next that is overdue at a log time: past its deadline, not on it.</summary>
    public bool TryTakeOverdue(long logTime, out T? waiting, Func<T, long> deadlineOf)
    {
        while (_deadlines.TryPeek(out ulong click, out (long Deadline, long) next) && next.Deadline < logTime)
        {
            _deadlines.Dequeue();
            // An entry of what was joined meanwhile, or of an earlier one of the same id, says nothing.
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
