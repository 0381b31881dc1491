namespace Engine.App.Hosting;

/// <summary>The host's log messages.</summary>
public static partial class HostLog
{
    [LoggerMessage(
        101,
        LogLevel.Warning,
        "Redis has maxmemory-policy {Policy} and may evict results when its memory is full; set noeviction"
    )]
    public static partial void RedisEvicts(this ILogger log, string policy);

    [LoggerMessage(
        102,
        LogLevel.Warning,
        "the settings files differ from the group's base, which stays in force: {Keys}; to change a setting, "
            + "send a record to the topic 'settings'"
    )]
    public static partial void FilesDiffer(this ILogger log, string keys);

    [LoggerMessage(103, LogLevel.Error, "a back-test failed")]
    public static partial void BacktestFailed(this ILogger log, Exception error);
}
