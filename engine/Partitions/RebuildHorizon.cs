namespace Engine.Partitions;

/// <summary>How far before committed progress a new owner rereads the log: as far as the longest memory that only the
/// log can rebuild.</summary>
public static class RebuildHorizon
{
    /// <summary>The deduplication window: an hour of log time.</summary>
    private static readonly TimeSpan Ids = TimeSpan.FromHours(1);

    /// <summary>Event times are accepted up to 5 min off log time, in either direction.</summary>
    private static readonly TimeSpan EventTimes = TimeSpan.FromMinutes(10);

    /// <param name="longestWindow">The longest window over the partition's events.</param>
    public static TimeSpan For(TimeSpan longestWindow) => longestWindow + EventTimes + Ids;
}
