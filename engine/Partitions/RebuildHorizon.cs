namespace Engine.Partitions;

/// <summary>
/// How far back of committed progress a new owner reads the log again: as far as the longest memory that the log alone
/// rebuilds.
/// </summary>
public static class RebuildHorizon
{
    /// <summary>Event ids are remembered for an hour of log time (contract.md, events that come twice).</summary>
    private static readonly TimeSpan Ids = TimeSpan.FromHours(1);

    /// <summary>Event times are believed up to 5 min off log time, on either side.</summary>
    private static readonly TimeSpan EventTimes = TimeSpan.FromMinutes(10);

    /// <param name="longestWindow">The longest window that counts the partition's events.</param>
    public static TimeSpan For(TimeSpan longestWindow) => longestWindow + EventTimes + Ids;
}
