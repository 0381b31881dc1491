using Engine.Partitions.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Engine.Partitions;

/// <summary>Holds a lane while a topic that its decisions need may be stale. It decides only if that topic was read to
/// its end recently, so all instances use a record from the same event on.</summary>
/// <param name="staleTopic">The topic that wasn't read to its end within the activation delay; null if none.</param>
/// <param name="givesUp">Whether waiting is in vain: the lane must stand aside of its group.</param>
/// <param name="stop">Ends the wait when the lane is asked to stop.</param>
public sealed class FreshnessGate(
    Func<string?> staleTopic,
    Func<bool> givesUp,
    TimeProvider clock,
    ILogger log,
    CancellationToken stop
)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(10),
        TellAfter = TimeSpan.FromSeconds(2);

    private bool _hasGivenUp;

    /// <summary>Whether a wait was given up since the last call. What was in hand then isn't decided, so the lane must
    /// release its partitions before it reads on.</summary>
    public bool TakeGivenUp()
    {
        bool taken = _hasGivenUp;
        _hasGivenUp = false;
        return taken;
    }

    /// <summary>Returns at once if all topics are fresh; otherwise waits until they are.</summary>
    /// <param name="meanwhile">Called repeatedly during the wait.</param>
    /// <returns>Whether the topics are fresh; false if the lane is asked to stop before they are, or gives
    /// up.</returns>
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
            if (givesUp())
            {
                _hasGivenUp = true;
                return false;
            }

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
