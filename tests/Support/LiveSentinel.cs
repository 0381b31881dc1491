using StackExchange.Redis;

namespace Tests.Support;

/// <summary>A master, its replica, and a sentinel that promotes the replica: all under TLS and with passwords, or all
/// without.</summary>
public sealed class LiveSentinel : LiveResults
{
    public const string SentinelPassword = "a sentinel's";

    private readonly LiveFolder _folder = new();
    private readonly LiveRedisSecurity? _security;
    private readonly int _port = LiveProcess.FreePort();
    private LiveProcess? _process;

    private readonly bool _hasPassword;

    private LiveSentinel(
        LiveRedisSecurity? security,
        bool hasPassword,
        LiveRedisServer master,
        LiveRedisServer replica
    ) => (_security, _hasPassword, Master, Replica) = (security, hasPassword, master, replica);

    public LiveRedisServer Master { get; }
    public LiveRedisServer Replica { get; }

    public override string Address => $"127.0.0.1:{_port},serviceName=results";

    /// <param name="hasPassword">Whether the sentinel asks for a password of its own.</param>
    public static async Task<LiveSentinel> StartAsync(LiveRedisSecurity? security = null, bool hasPassword = false)
    {
        var sentinel = new LiveSentinel(
            security,
            hasPassword,
            await LiveRedisServer.StartAsync(security: security),
            await LiveRedisServer.StartAsync(security: security)
        );
        await sentinel.Replica.Server.ExecuteAsync("REPLICAOF", "127.0.0.1", sentinel.Master.Port);
        await LiveWait.UntilAsync("the replica has caught up", async () =>
            (await sentinel.Replica.Server.ExecuteAsync("INFO", "replication"))
                .ToString()
                .Contains("master_link_status:up", StringComparison.Ordinal)
        );
        await sentinel.WatchAsync();
        return sentinel;
    }

    /// <summary>Asks the sentinel to promote the replica; for one without a password.</summary>
    public async Task FailOverAsync()
    {
        await using ConnectionMultiplexer sentinel = await ConnectionMultiplexer.SentinelConnectAsync(
            $"127.0.0.1:{_port}"
        );
        await sentinel.GetServer("127.0.0.1", _port).SentinelFailoverAsync("results");
    }

    protected override void Secure(ConfigurationOptions options)
    {
        if (_security == null)
        {
            return;
        }

        _security.Secure(options);
        (options.SentinelUser, options.SentinelPassword) = ("default", _hasPassword ? SentinelPassword : "");
    }

    private async Task WatchAsync()
    {
        string[] ports = _security?.TlsArguments(_port) ?? ["--port", $"{_port}"];
        string config = _folder.Write(
            "sentinel.conf",
            $"""
            {string.Join('\n', ports.Chunk(2).Select(pair => $"{pair[0][2..]} {pair[1]}"))}
            bind 127.0.0.1
            {(_hasPassword ? $"requirepass \"{SentinelPassword}\"" : "")}
            sentinel monitor results 127.0.0.1 {Master.Port} 1
            {(_security == null ? "" : $"sentinel auth-user results {LiveRedisSecurity.Admin}")}
            {(_security == null ? "" : $"sentinel auth-pass results \"{LiveRedisSecurity.Password}\"")}
            sentinel down-after-milliseconds results 1000
            sentinel failover-timeout results 5000

            """
        );
        _process = LiveProcess.Start("redis-server", [config, "--sentinel"], _folder.Path);
        await _process.SaysAsync("+slave slave");
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_process != null)
        {
            await _process.DisposeAsync();
        }

        await Replica.DisposeAsync();
        await Master.DisposeAsync();
        _folder.Dispose();
    }
}
