namespace Engine.WebConsole.Health;

/// <summary>What a running engine knows of its own state.</summary>
public interface IEngineHealth
{
    /// <summary>The state at this moment.</summary>
    EngineState Read();
}

/// <summary>The state of an engine.</summary>
/// <param name="Failure">What has ended a lane; null for nothing.</param>
/// <param name="RedisTrouble">What keeps results from reaching Redis; null for nothing.</param>
/// <param name="Owned">The names of the partitions that it owns, of all topics.</param>
/// <param name="Settings">The version of the latest settings.</param>
/// <param name="SettingsAge">How long ago <c>settings</c> was last read to its end.</param>
/// <param name="SettingsAreFresh">Whether that is recent enough to decide.</param>
/// <param name="SettingsRefused">The number of records of <c>settings</c> that didn't load.</param>
/// <param name="Missing">What the settings name and this engine lacks; null for nothing.</param>
/// <param name="Latency">The median and the 99th percentile from receiving a click to its verdict, ms.</param>
/// <param name="Lag">The clicks' records in partitions of this engine that it hasn't decided yet.</param>
/// <param name="DeadLetters">The clicks' records that it couldn't use since it started.</param>
/// <param name="WaitingClicks">The clicks that wait for their paths.</param>
/// <param name="Evictions">The entries that memory's bounds have pushed out of windows.</param>
/// <param name="LastMark">The last mark of each partition that has one, by its name.</param>
public sealed record EngineState(
    string? Failure,
    string? RedisTrouble,
    IReadOnlySet<string> Owned,
    string Settings,
    TimeSpan SettingsAge,
    bool SettingsAreFresh,
    int SettingsRefused,
    string? Missing,
    (double P50, double P99) Latency,
    long Lag,
    long DeadLetters,
    long WaitingClicks,
    long Evictions,
    IReadOnlyDictionary<string, MarkState> LastMark
);

/// <summary>The last mark of a partition: what its owner knew of others.</summary>
/// <param name="Owner">The ownership.</param>
/// <param name="Number">The mark's number in it, from 1.</param>
/// <param name="From">The offset from which on it holds.</param>
public sealed record MarkState(long Owner, int Number, long From);
