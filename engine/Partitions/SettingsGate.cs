using Engine.Partitions.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Engine.Partitions;

/// <summary>Holds a lane while its settings may be stale. It decides only if <c>settings</c> was read to its end
/// recently, so all instances switch versions at the same event.</summary>
/// <param name="areFresh">Whether <c>settings</c> was read to its end within the activation delay.</param>
/// <param name="stop">Ends the wait when the lane is asked to stop.</param>
public sealed class SettingsGate(Func<bool> areFresh, TimeProvider clock, ILogger log, CancellationToken stop)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(10),
        TellAfter = TimeSpan.FromSeconds(2);

    /// <summary>Returns at once if the settings are fresh; otherwise waits until they are.</summary>
    /// <param name="meanwhile">Called repeatedly during the wait.</param>
    /// <returns>Whether the settings are fresh; false if the lane is asked to stop before they are.</returns>
    public bool Wait(Action? meanwhile = null)
    {
        if (areFresh())
        {
            return true;
        }

        long since = clock.GetTimestamp();
        bool told = false;
        while (!areFresh() && !stop.IsCancellationRequested)
        {
            meanwhile?.Invoke();
            stop.WaitHandle.WaitOne(LookEvery);
            if (told || clock.GetElapsedTime(since) < TellAfter)
            {
                continue;
            }

            told = true;
            log.SettingsStale(clock.GetElapsedTime(since).TotalSeconds);
        }

        return areFresh();
    }
}
