using Microsoft.Extensions.Logging;

namespace Engine.Partitions.Diagnostics;

/// <summary>All that the pipeline says in its log: a line where something changes, never one an event.</summary>
public static partial class Log
{
    [LoggerMessage(
        1,
        LogLevel.Information,
        "{Partition}: taken over from offset {LiveFromOffset}, reading its log again from {From}; owner {Owner}"
    )]
    public static partial void PartitionTaken(
        this ILogger log,
        string partition,
        long liveFromOffset,
        long from,
        long owner
    );

    [LoggerMessage(2, LogLevel.Information, "{Partition}: given back at offset {Offset}")]
    public static partial void PartitionReleased(this ILogger log, string partition, long offset);

    [LoggerMessage(
        3,
        LogLevel.Warning,
        "{Partition}: progress {Progress} lies before the log's start {Start}: going on from there; what lay "
            + "between is lost to retention"
    )]
    public static partial void ProgressBeforeLog(this ILogger log, string partition, long progress, long start);

    [LoggerMessage(4, LogLevel.Warning, "{Partition}: another instance owns it now; it is left alone")]
    public static partial void OwnerLost(this ILogger log, string partition);

    [LoggerMessage(
        5,
        LogLevel.Warning,
        "{Partition}: its progress is not where this instance left it; reading it again"
    )]
    public static partial void ProgressMoved(this ILogger log, string partition);

    [LoggerMessage(6, LogLevel.Warning, "Redis is away ({Why}); consuming waits, nothing is dropped")]
    public static partial void RedisAway(this ILogger log, string why);

    [LoggerMessage(7, LogLevel.Information, "Redis is back")]
    public static partial void RedisBack(this ILogger log);

    [LoggerMessage(
        8,
        LogLevel.Information,
        "settings {Version}: {Key} changed; in force for events from log time {From} on"
    )]
    public static partial void SettingChanged(this ILogger log, string version, string key, long from);

    [LoggerMessage(9, LogLevel.Error, "settings offset {Offset}: {Problem}; the record before it stays in force")]
    public static partial void SettingRefused(this ILogger log, long offset, string problem);

    [LoggerMessage(10, LogLevel.Warning, "settings could not be read to their end for {Seconds} s; deciding waits")]
    public static partial void SettingsStale(this ILogger log, double seconds);

    [LoggerMessage(12, LogLevel.Error, "a message could not be sent: {What}")]
    public static partial void SendFailed(this ILogger log, string what);

    [LoggerMessage(
        13,
        LogLevel.Warning,
        "path-signatures could not be read to their end within {Seconds} s; replays of paths that other instances "
            + "saw may be missed until it is"
    )]
    public static partial void SignaturesLate(this ILogger log, double seconds);

    [LoggerMessage(
        21,
        LogLevel.Warning,
        "labels could not be read to their end within {Seconds} s; clicks are judged by the histories read so far"
    )]
    public static partial void LabelsLate(this ILogger log, double seconds);

    [LoggerMessage(
        22,
        LogLevel.Warning,
        "{Partitions}: assigned, but not taken over yet ({Why}); tried again every second"
    )]
    public static partial void TakeOverWaits(this ILogger log, string partitions, string why);

    [LoggerMessage(
        23,
        LogLevel.Warning,
        "fetching from Kafka: {Why}; leaders are asked for and it is tried again, nothing is lost"
    )]
    public static partial void FetchFails(this ILogger log, string why);

    [LoggerMessage(
        24,
        LogLevel.Information,
        "{Partition}: read by librdkafka from here on, at some more cost, for {Why}"
    )]
    public static partial void HandedOver(this ILogger log, string partition, string why);

    [LoggerMessage(
        25,
        LogLevel.Warning,
        "{Topic}: Kafka hasn't let this engine leave its group within {Seconds} s; it ends without, and others take "
            + "over after the session timeout"
    )]
    public static partial void LeavingLate(this ILogger log, string topic, double seconds);

    [LoggerMessage(26, LogLevel.Error, "HTTP {Method} {Path} failed")]
    public static partial void RequestFailed(this ILogger log, Exception problem, string method, string path);

    [LoggerMessage(27, LogLevel.Warning, "HTTP {Method} {Path} answered 503 ({Why}), and others may have been since")]
    public static partial void RequestUnavailable(this ILogger log, string method, string path, string why);
}
