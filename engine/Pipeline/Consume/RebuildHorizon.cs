using Engine.Pipeline.Settings;

namespace Engine.Pipeline.Consume;

/// <summary>How far before committed progress a new owner rereads the log: as far as the longest memory that only the
/// log can rebuild.</summary>
public static class RebuildHorizon
{
    /// <param name="longestWindow">The longest window over the partition's events.</param>
    /// <param name="timeline">Its versions may each remember for another time. All count, as a log that is far behind
    /// is decided by old ones.</param>
    public static TimeSpan For(TimeSpan longestWindow, SettingsTimeline timeline) =>
        longestWindow
        + TimeSpan.FromMilliseconds(
            timeline.Versions.Max(version =>
            {
                TimeLimits limits = version.Limits;
                // What an event in a window came to depends on ids seen before it. Event times lie up to out_of_range
                // off log time, in either direction.
                return limits.DuplicatesMs + limits.JoinMs + 2 * limits.OutOfRangeMs;
            })
        );
}
