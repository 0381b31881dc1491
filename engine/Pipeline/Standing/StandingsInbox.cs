using System.Collections.Concurrent;

namespace Engine.Pipeline.Standing;

/// <summary>A queue of other partitions' sums for one partition. The thread that reads <c>standings</c> adds them; the
/// partition's lane takes them when a second of its log time ends.</summary>
public sealed class StandingsInbox
{
    /// <summary>The maximum number of queued sums, 200 bytes each. A partition without records takes none; keys are
    /// written again every minute.</summary>
    private const int MaxQueued = 200_000;

    private readonly ConcurrentQueue<WrittenSums> _queue = new();

    /// <summary>Adds sums, except of networks: all events of a network are in one partition, whose own sums are
    /// complete.</summary>
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
