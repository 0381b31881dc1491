using System.Collections.Concurrent;

namespace Engine.Pipeline.Knowledge;

/// <summary>What a record of another partition told, with the record's place.</summary>
public readonly record struct Told<T>(int Partition, long Offset, T What);

/// <summary>A field that a partition of another workflow remembers, as of a record of that partition.</summary>
/// <param name="Value">Its value; null if it was forgotten.</param>
public readonly record struct RememberedField(string Name, string? Value);

/// <summary>What other partitions told in one topic, and a partition doesn't use yet. <see cref="Tell"/> is called by
/// the thread that reads the topic, everything else by the partition's thread.</summary>
/// <param name="apply">Receives what is put to use, in the order of partition and offset.</param>
public sealed class ToldAhead<T>(Action<T> apply)
{
    private readonly ConcurrentDictionary<int, ConcurrentQueue<Told<T>>> _told = new();
    private readonly Dictionary<int, Queue<Told<T>>> _restored = [];
    private readonly Dictionary<int, long> _appliedUpTo = [];

    /// <summary>Adds what was read. What a partition told comes in order; what comes again is skipped.</summary>
    public void Tell(in Told<T> told) => _told.GetOrAdd(told.Partition, _ => new()).Enqueue(told);

    /// <summary>Adds what was told before <see cref="Tell"/> began, and possibly once more what came since, in
    /// order.</summary>
    public void Restore(IEnumerable<Told<T>> told)
    {
        foreach (Told<T> one in told)
        {
            if (!_restored.TryGetValue(one.Partition, out Queue<Told<T>>? queue))
            {
                _restored[one.Partition] = queue = new();
            }

            queue.Enqueue(one);
        }
    }

    /// <summary>Puts to use what was told before these offsets.</summary>
    /// <param name="known">Of each partition of the topic, the first offset that isn't known.</param>
    public void ApplyUpTo(long[] known)
    {
        for (int partition = 0; partition < known.Length; partition++)
        {
            ApplyUpTo(partition, known[partition]);
        }
    }

    private void ApplyUpTo(int partition, long upTo)
    {
        if (_restored.TryGetValue(partition, out Queue<Told<T>>? restored))
        {
            while (restored.TryPeek(out Told<T> next) && next.Offset < upTo)
            {
                restored.Dequeue();
                Apply(next);
            }

            if (restored.Count > 0)
            {
                return;
            }

            _restored.Remove(partition);
        }

        if (!_told.TryGetValue(partition, out ConcurrentQueue<Told<T>>? told))
        {
            return;
        }

        while (told.TryPeek(out Told<T> next) && next.Offset < upTo)
        {
            told.TryDequeue(out _);
            Apply(next);
        }
    }

    private void Apply(in Told<T> told)
    {
        if (told.Offset < _appliedUpTo.GetValueOrDefault(told.Partition))
        {
            return;
        }

        _appliedUpTo[told.Partition] = told.Offset + 1;
        apply(told.What);
    }
}
