using Microsoft.Extensions.Logging;

namespace Engine.Partitions.Diagnostics;

/// <summary>The log messages: one for each change, never one per event.</summary>
public static partial class Log
{
    [LoggerMessage(
        1,
        LogLevel.Information,
        "{Partition}: taken over at offset {LiveFromOffset}, rebuilding from {From}; fencing token {FencingToken}"
    )]
    public static partial void PartitionTaken(
        this ILogger log,
        string partition,
        long liveFromOffset,
        long from,
        long fencingToken
    );

    [LoggerMessage(2, LogLevel.Information, "{Partition}: released at offset {Offset}")]
    public static partial void PartitionReleased(this ILogger log, string partition, long offset);

    [LoggerMessage(
        3,
        LogLevel.Warning,
        "{Partition}: progress {Progress} is before the log's start {Start}; continuing from there, as records in "
            + "between are lost to retention"
    )]
    public static partial void ProgressBeforeLog(this ILogger log, string partition, long progress, long start);

    [LoggerMessage(
        4,
        LogLevel.Warning,
        "{Partition}: another instance owns it now, or Redis has lost that this one does; released"
    )]
    public static partial void OwnerLost(this ILogger log, string partition);

    [LoggerMessage(
        5,
        LogLevel.Warning,
        "{Partition}: its progress is not where this instance left it; taking it over again"
    )]
    public static partial void ProgressMoved(this ILogger log, string partition);

    [LoggerMessage(
        32,
        LogLevel.Warning,
        "{Partition}: a master of Redis was replaced and may have lost results; taking the partition over again"
    )]
    public static partial void MasterReplaced(this ILogger log, string partition);

    [LoggerMessage(
        33,
        LogLevel.Warning,
        "{Partition}: offset {Offset} is no longer in the log; taking the partition over again"
    )]
    public static partial void OffsetGone(this ILogger log, string partition, long offset);

    [LoggerMessage(6, LogLevel.Warning, "Redis is unavailable ({Why}); consuming pauses, nothing is dropped")]
    public static partial void RedisAway(this ILogger log, string why);

    [LoggerMessage(7, LogLevel.Information, "Redis is available again")]
    public static partial void RedisBack(this ILogger log);

    [LoggerMessage(8, LogLevel.Information, "settings {Version}: {Key} changed; in force from log time {From}")]
    public static partial void SettingChanged(this ILogger log, string version, string key, long from);

    [LoggerMessage(9, LogLevel.Error, "settings offset {Offset}: {Problem}; the previous record stays in force")]
    public static partial void SettingRefused(this ILogger log, long offset, string problem);

    [LoggerMessage(
        31,
        LogLevel.Error,
        "settings offset {Offset}: {Problem}; this engine leaves its group until the file is here, or a later record "
            + "replaces this one"
    )]
    public static partial void SettingFileMissing(this ILogger log, long offset, string problem);

    [LoggerMessage(10, LogLevel.Warning, "{Topic} could not be read to its end for {Seconds} s; deciding pauses")]
    public static partial void TopicStale(this ILogger log, string topic, double seconds);

    [LoggerMessage(12, LogLevel.Error, "a message could not be sent: {What}")]
    public static partial void SendFailed(this ILogger log, string what);

    [LoggerMessage(
        22,
        LogLevel.Warning,
        "{Partitions}: assigned, but not taken over yet ({Why}); retrying every second"
    )]
    public static partial void TakeOverWaits(this ILogger log, string partitions, string why);

    [LoggerMessage(
        23,
        LogLevel.Warning,
        "fetching from Kafka: {Why}; looking up leaders and retrying, nothing is lost"
    )]
    public static partial void FetchFails(this ILogger log, string why);

    [LoggerMessage(
        24,
        LogLevel.Information,
        "{Partition}: read by librdkafka from here on, at some extra cost, because of {Why}"
    )]
    public static partial void HandedOver(this ILogger log, string partition, string why);

    [LoggerMessage(
        25,
        LogLevel.Warning,
        "{Topic}: leaving the consumer group took longer than {Seconds} s; stopping anyway, others take "
            + "over after the session timeout"
    )]
    public static partial void LeavingLate(this ILogger log, string topic, double seconds);

    [LoggerMessage(26, LogLevel.Error, "HTTP {Method} {Path} failed")]
    public static partial void RequestFailed(this ILogger log, Exception problem, string method, string path);

    [LoggerMessage(27, LogLevel.Warning, "HTTP {Method} {Path} answered 503 ({Why}), and others may have been since")]
    public static partial void RequestUnavailable(this ILogger log, string method, string path, string why);

    [LoggerMessage(
        28,
        LogLevel.Warning,
        "settings {Version}: no click forest is in force (model/clicks), so every score is 0 and detects nothing"
    )]
    public static partial void NoClickModel(this ILogger log, string version);

    [LoggerMessage(
        29,
        LogLevel.Error,
        "{Partition}: Redis has lost writes that it acknowledged: progress was {Known} and is {Found}; scoring again "
            + "from there"
    )]
    public static partial void RedisLostWrites(this ILogger log, string partition, long known, long found);

    [LoggerMessage(30, LogLevel.Error, "Redis has lost {Key}, which it keeps for good; written again")]
    public static partial void RedisLostGroup(this ILogger log, string key);
}
