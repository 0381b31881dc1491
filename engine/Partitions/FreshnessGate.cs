using Engine.Partitions.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Engine.Partitions;

/// <summary>Holds a lane while a topic that its decisions need may be stale. It decides only if that topic was read to
/// its end recently, so all instances use a record from the same event on.</summary>
/// <param name="staleTopic">The topic that wasn't read to its end within the activation delay; null if none.</param>
/// <param name="stop">Ends the wait when the lane is asked to stop.</param>
public sealed class FreshnessGate(Func<string?> staleTopic, TimeProvider clock, ILogger log, CancellationToken stop)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(10),
        TellAfter = TimeSpan.FromSeconds(2);

    /// <summary>Returns at once if all topics are fresh; otherwise waits until they are.</summary>
    /// <param name="meanwhile">Called repeatedly during the wait.</param>
    /// <returns>Whether the topics are fresh; false if the lane is asked to stop before they are.</returns>
    public bool Wait(Action? meanwhile = null)
    {
        if (staleTopic() == null)
        {
            return true;
        }

        long since = clock.GetTimestamp();
        bool told = false;
        while (staleTopic() is { } topic && !stop.IsCancellationRequested)
        {
            meanwhile?.Invoke();
            stop.WaitHandle.WaitOne(LookEvery);
            if (told || clock.GetElapsedTime(since) < TellAfter)
            {
                continue;
            }

            told = true;
            log.TopicStale(topic, clock.GetElapsedTime(since).TotalSeconds);
        }

        return staleTopic() == null;
    }
}
