using Engine.Workflows.Module.Traffic;

namespace Ingest.Generate;

/// <summary>Combines streams of sample events.</summary>
internal static class EventStreams
{
    /// <summary>Merges two streams, each in order of time.</summary>
    public static IEnumerable<SampleEvent> MergeByTime(IEnumerable<SampleEvent> one, IEnumerable<SampleEvent> other)
    {
        using IEnumerator<SampleEvent> second = other.GetEnumerator();
        bool more = second.MoveNext();
        foreach (SampleEvent first in one)
        {
            for (; more && second.Current.TimeMs < first.TimeMs; more = second.MoveNext())
            {
                yield return second.Current;
            }

            yield return first;
        }
        for (; more; more = second.MoveNext())
        {
            yield return second.Current;
        }
    }
}
