using System.Collections.Concurrent;

namespace Engine.Pipeline.Standing;

/// <summary>
/// Other partitions' sums on their way to one partition: put in by the thread that reads <c>standings</c>, taken out by
/// the partition's lane where a second of its log time ends.
/// </summary>
public sealed class StandingsInbox
{
    /// <summary>
    /// The most that wait to be taken, 200 bytes each; a partition without records takes nothing, and keys are written
    /// again every minute.
    /// </summary>
    private const int MaxQueued = 200_000;

    private readonly ConcurrentQueue<WrittenSums> _queue = new();

    /// <summary>Networks aren't taken: a network's key lays it into one partition, whose own sums are whole.</summary>
    public void Add(in WrittenSums written)
    {
        if (written.Sums.Kind == StandingKind.Network)
        {
            return;
        }

        _queue.Enqueue(written);
        if (_queue.Count > MaxQueued)
        {
            _queue.TryDequeue(out _);
        }
    }

    public bool TryTake(out WrittenSums written) => _queue.TryDequeue(out written);
}
