using Engine.Pipeline.Standing;

namespace Engine.Pipeline.Knowledge;

/// <summary>What a partition uses of what other partitions told, record by record as its marks say. What is read waits
/// here until a mark covers it. <see cref="Tell"/> is called by the thread that reads <c>standings</c>, everything else
/// by the partition's thread.</summary>
/// <param name="marks">The partition's marks.</param>
/// <param name="apply">Receives sums when a mark covers them, in the order of partition and offset.</param>
/// <param name="isOf">Whether sums may matter to the partition; others aren't kept.</param>
public sealed class PartitionKnowledge(
    MarkSequence marks,
    Action<WrittenSums> apply,
    Func<WrittenSums, bool>? isOf = null
)
{
    private readonly Queue<Mark> _ahead = new();
    private readonly ToldAhead<WrittenSums> _sums = new(apply);
    private int _version = -1;
    private Mark? _inForce;

    /// <summary>What is in force.</summary>
    public KnownOffsets Known { get; private set; } = KnownOffsets.Nothing;

    /// <summary>The offset from which the next mark is in force; <see cref="long.MaxValue"/> if none is known. The
    /// first record always calls <see cref="Advance"/>.</summary>
    public long NextFrom { get; private set; } = long.MinValue;

    /// <summary>Makes sure that everything that a mark covers was told; called before it comes into force. A live owner
    /// has read it already.</summary>
    public Action<KnownOffsets>? Reach { get; set; }

    public MarkSequence Marks => marks;

    /// <summary>What partitions of another workflow remember, if the decisions use it.</summary>
    public ToldAhead<IReadOnlyList<RememberedField>>? Followed { get; init; }

    /// <summary>Adds sums from <c>standings</c>. Those of a partition come in order; what comes again is
    /// skipped.</summary>
    public void Tell(int partition, long offset, in WrittenSums sums)
    {
        if (isOf?.Invoke(sums) != false)
        {
            _sums.Tell(new Told<WrittenSums>(partition, offset, sums));
        }
    }

    /// <summary>Adds what was told before <see cref="Tell"/> began, and possibly once more what came since, in
    /// order.</summary>
    public void Restore(IEnumerable<Told<WrittenSums>> told) =>
        _sums.Restore(told.Where(one => isOf?.Invoke(one.What) != false));

    /// <summary>Puts marks in force that count from an offset or earlier. Every record's offset must come past here
    /// before it is decided; ahead of time is early enough, as no record lies between.</summary>
    public void Advance(long offset)
    {
        TakeMarks(offset);
        while (_ahead.TryPeek(out Mark? mark) && mark.From <= offset)
        {
            _ahead.Dequeue();
            PutInForce(mark);
        }

        NextFrom = _ahead.TryPeek(out Mark? next) ? next.From : long.MaxValue;
    }

    /// <summary>Takes marks that were read since the last call.</summary>
    private void TakeMarks(long offset)
    {
        int version = marks.Version;
        if (version == _version)
        {
            return;
        }

        _version = version;
        _ahead.Clear();
        foreach (Mark mark in _inForce == null ? marks.From(offset) : marks.After(_inForce))
        {
            _ahead.Enqueue(mark);
        }
    }

    private void PutInForce(Mark mark)
    {
        Reach?.Invoke(mark.Known);
        (Known, _inForce) = (mark.Known, mark);
        _sums.ApplyUpTo(mark.Known.Standings);
        Followed?.ApplyUpTo(mark.Known.Followed);
    }
}
