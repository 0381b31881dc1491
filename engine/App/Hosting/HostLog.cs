namespace Engine.App.Hosting;

/// <summary>What the host says in its log.</summary>
public static partial class HostLog
{
    [LoggerMessage(
        101,
        LogLevel.Warning,
        "Redis has maxmemory-policy {Policy}: it may throw results away when memory is full; set noeviction"
    )]
    public static partial void RedisEvicts(this ILogger log, string policy);

    [LoggerMessage(
        102,
        LogLevel.Warning,
        "the files of settings differ from the group's base, which holds: {Keys}; send a record to the topic "
            + "'settings' to change one"
    )]
    public static partial void FilesDiffer(this ILogger log, string keys);
}
