namespace Engine.Notices;

/// <summary>The records of a partition that are under way, in order. A restart continues after the longest run of
/// records that are done. Not thread-safe.</summary>
internal sealed class OffsetsDone
{
    private readonly Queue<(long Offset, Task Work)> _underWay = new();

    /// <summary>The offset to continue from; -1 before anything is done.</summary>
    public long Next { get; private set; } = -1;

    public bool IsIdle => _underWay.Count == 0;

    /// <summary>The work that isn't known to be done.</summary>
    public IEnumerable<Task> UnderWay => _underWay.Select(one => one.Work);

    public void Begin(long offset, Task work) => _underWay.Enqueue((offset, work));

    /// <summary>Moves on past what is done. Returns whether it has moved.</summary>
    public bool Advance()
    {
        long before = Next;
        while (_underWay.TryPeek(out (long Offset, Task Work) first) && first.Work.IsCompletedSuccessfully)
        {
            Next = first.Offset + 1;
            _underWay.Dequeue();
        }

        return Next != before;
    }
}
