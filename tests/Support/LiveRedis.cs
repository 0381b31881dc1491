using StackExchange.Redis;

namespace Tests.Support;

/// <summary>Results in Redis for tests: one server, a cluster, or Garnet.</summary>
public abstract class LiveResults : IAsyncDisposable
{
    private ConnectionMultiplexer? _connection;

    /// <summary>The value for <c>--redis</c>.</summary>
    public abstract string Address { get; }

    public ConnectionMultiplexer Connection =>
        _connection ??= ConnectionMultiplexer.Connect(
            $"{Address},allowAdmin=true,abortConnect=false,connectRetry=10,syncTimeout={TimeoutMs},"
                + $"asyncTimeout={TimeoutMs}",
            Secure
        );

    /// <summary>How long a command may take on a busy machine.</summary>
    protected virtual int TimeoutMs => 20_000;

    /// <summary>How the test itself is let in.</summary>
    protected virtual void Secure(ConfigurationOptions options) { }

    public IDatabase Database => Connection.GetDatabase();

    /// <summary>Connects anew, after nodes have changed their places.</summary>
    public void Reconnect()
    {
        _connection?.Dispose();
        _connection = null;
    }

    /// <summary>All keys with a prefix, in order.</summary>
    public List<string> Keys(string beginning = "") =>
        [
            .. Connection
                .GetServers()
                .Where(server => server.IsConnected && !server.IsReplica)
                .SelectMany(server => server.Keys(pattern: beginning + "*", pageSize: 5000))
                .Select(key => key.ToString())
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>All strings under keys with a prefix.</summary>
    public async Task<SortedDictionary<string, string>> StringsAsync(string beginning)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string[] part in Keys(beginning).Chunk(2000))
        {
            string?[] values = await Task.WhenAll(
                part.Select(async key => (string?)await Database.StringGetAsync(key))
            );
            for (int i = 0; i < part.Length; i++)
            {
                all[part[i]] = values[i] ?? "";
            }
        }
        return all;
    }

    /// <summary>All hash fields under keys with a prefix, as <c>key field</c>.</summary>
    public async Task<SortedDictionary<string, string>> HashesAsync(string beginning)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string key in Keys(beginning))
        {
            foreach (HashEntry field in await Database.HashGetAllAsync(key))
            {
                all[$"{key} {field.Name}"] = field.Value.ToString();
            }
        }

        return all;
    }

    /// <summary>The sum of one field over all partitions and hours of a kind of statistics.</summary>
    public async Task<long> TotalAsync(string kind, string field, string prefix = "") =>
        (await HashesAsync($"{prefix}stats:{kind}:"))
            .Where(entry => entry.Key.EndsWith(" " + field, StringComparison.Ordinal))
            .Sum(entry => long.Parse(entry.Value));

    /// <summary>The sum of progress over all partitions.</summary>
    public async Task<long> ProgressAsync(
        string group,
        int partitions = 4,
        string prefix = "",
        string topic = "interactions"
    )
    {
        long sum = 0;
        for (int i = 0; i < partitions; i++)
        {
            if ((string?)await Database.StringGetAsync($"{prefix}progress:{group}:{{{topic}-{i}}}") is { } progress)
            {
                sum += long.Parse(progress.Split(' ')[0]);
            }
        }

        return sum;
    }

    public virtual ValueTask DisposeAsync()
    {
        _connection?.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}

/// <summary>A Redis with another host, such as the engine's own Garnet.</summary>
public sealed class LiveAddress(string address, IDisposable? host = null) : LiveResults
{
    public override string Address => address;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        host?.Dispose();
    }
}

/// <summary>A test's own redis-server, whose acknowledged writes survive a kill.</summary>
public sealed class LiveRedisServer : LiveResults
{
    private readonly LiveFolder _folder = new();
    private readonly int _port;
    private readonly bool _isClusterNode;
    private readonly LiveRedisSecurity? _security;
    private LiveProcess? _process;

    private LiveRedisServer(int port, bool isClusterNode, LiveRedisSecurity? security) =>
        (_port, _isClusterNode, _security) = (port, isClusterNode, security);

    public static bool IsThere => LiveProcess.OnPath("redis-server");

    public override string Address => $"127.0.0.1:{_port}";

    public int Port => _port;

    public IServer Server => Connection.GetServer("127.0.0.1", _port);

    public LiveProcess Process => _process!;

    public static async Task<LiveRedisServer> StartAsync(bool isClusterNode = false, LiveRedisSecurity? security = null)
    {
        // The cluster bus listens on a port 10,000 above.
        int port = LiveProcess.FreePort(isClusterNode ? 10_000 : 0);
        var server = new LiveRedisServer(port, isClusterNode, security);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Kills the server, takes its data back to what they were, and starts it again.</summary>
    /// <param name="snapshot">From <see cref="SnapshotAsync"/>; null for none: it starts empty.</param>
    public async Task LoseAsync(byte[]? snapshot)
    {
        await Process.KillAsync();
        Directory.Delete(_folder.File("appendonlydir"), recursive: true);
        if (snapshot != null)
        {
            string folder = Directory.CreateDirectory(_folder.File("appendonlydir")).FullName;
            await File.WriteAllBytesAsync(Path.Combine(folder, "appendonly.aof.1.base.rdb"), snapshot);
            await File.WriteAllTextAsync(
                Path.Combine(folder, "appendonly.aof.manifest"),
                "file appendonly.aof.1.base.rdb seq 1 type b\n"
            );
        }

        await StartAgainAsync();
    }

    /// <summary>The data as they are now.</summary>
    public async Task<byte[]> SnapshotAsync()
    {
        await Server.ExecuteAsync("SAVE");
        return await File.ReadAllBytesAsync(_folder.File("dump.rdb"));
    }

    /// <summary>Whether it follows another and has caught up with it.</summary>
    public async Task<bool> FollowsAsync() =>
        (await Server.ExecuteAsync("INFO", "replication"))
            .ToString()
            .Contains("master_link_status:up", StringComparison.Ordinal);

    /// <summary>Whether it takes writes.</summary>
    public async Task<bool> IsMasterAsync() =>
        (await Server.ExecuteAsync("INFO", "replication")).ToString().Contains("role:master", StringComparison.Ordinal);

    /// <summary>Starts the server, or restarts it with its old data.</summary>
    public async Task StartAgainAsync()
    {
        string[] arguments =
        [
            .. _security?.Arguments(_port) ?? ["--port", $"{_port}"],
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "yes",
            "--appendfsync",
            "always",
            "--maxmemory-policy",
            "noeviction",
            // The default waits 5 s for more replicas before it copies.
            "--repl-diskless-sync-delay",
            "0",
            "--dir",
            _folder.Path,
            .. _isClusterNode
                ? (string[])
                    [
                        "--cluster-enabled",
                        "yes",
                        "--cluster-config-file",
                        "nodes.conf",
                        "--cluster-node-timeout",
                        "2000",
                    ]
                : [],
        ];
        if (_process != null)
        {
            await _process.DisposeAsync();
        }

        _process = LiveProcess.Start("redis-server", arguments, _folder.Path);
        await _process.SaysAsync("Ready to accept connections");
    }

    protected override void Secure(ConfigurationOptions options) => _security?.Secure(options);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_process != null)
        {
            await _process.DisposeAsync();
        }

        _folder.Dispose();
    }
}

/// <summary>A Redis Cluster of three masters.</summary>
public sealed class LiveRedisCluster : LiveResults
{
    private readonly List<LiveRedisServer> _nodes = [];
    private readonly LiveRedisSecurity? _security;

    private LiveRedisCluster(LiveRedisSecurity? security) => _security = security;

    public IReadOnlyList<LiveRedisServer> Nodes => _nodes;

    /// <summary>Shorter with replicas: a test that stops a master doesn't wait long for its answer.</summary>
    protected override int TimeoutMs => _nodes.Count > 3 ? 5_000 : 20_000;

    public override string Address => string.Join(',', _nodes.Select(node => node.Address));

    /// <param name="hasReplicas">Whether each master has a replica, which takes its place within seconds.</param>
    public static async Task<LiveRedisCluster> StartAsync(bool hasReplicas = false, LiveRedisSecurity? security = null)
    {
        var cluster = new LiveRedisCluster(security);
        for (int i = 0; i < 3; i++)
        {
            cluster._nodes.Add(await LiveRedisServer.StartAsync(isClusterNode: true, security));
        }

        (int, int)[] ranges = [(0, 5460), (5461, 10922), (10923, 16383)];
        for (int i = 0; i < 3; i++)
        {
            IServer server = cluster.Server(i);
            await server.ExecuteAsync("CLUSTER", "ADDSLOTSRANGE", ranges[i].Item1, ranges[i].Item2);
            await server.ExecuteAsync("CLUSTER", "SET-CONFIG-EPOCH", i + 1);
            if (i > 0)
            {
                await server.ExecuteAsync("CLUSTER", "MEET", "127.0.0.1", cluster._nodes[0].Port);
            }
        }
        await LiveWait.UntilAsync("the cluster's nodes know each other", async () =>
        {
            for (int i = 0; i < 3; i++)
            {
                string info = (await cluster.Server(i).ExecuteAsync("CLUSTER", "INFO")).ToString();
                if (
                    !info.Contains("cluster_state:ok", StringComparison.Ordinal)
                    || !info.Contains("cluster_known_nodes:3", StringComparison.Ordinal)
                )
                {
                    return false;
                }
            }
            return true;
        });
        if (hasReplicas)
        {
            await cluster.AddReplicasAsync();
        }

        return cluster;
    }

    private async Task AddReplicasAsync()
    {
        for (int master = 0; master < 3; master++)
        {
            string id = await IdAsync(master);
            LiveRedisServer replica = await LiveRedisServer.StartAsync(isClusterNode: true, _security);
            _nodes.Add(replica);
            IServer server = Server(_nodes.Count - 1);
            await server.ExecuteAsync("CLUSTER", "MEET", "127.0.0.1", _nodes[master].Port);
            await LiveWait.UntilAsync("the replica knows its master", async () =>
                (await server.ExecuteAsync("CLUSTER", "NODES")).ToString().Contains(id, StringComparison.Ordinal)
            );
            await server.ExecuteAsync("CLUSTER", "REPLICATE", id);
        }

        await LiveWait.UntilAsync("all replicas follow their masters", async () =>
        {
            for (int replica = 3; replica < 6; replica++)
            {
                if (!await _nodes[replica].FollowsAsync())
                {
                    return false;
                }
            }

            return true;
        });
        await LiveWait.UntilAsync("every node knows all", async () =>
        {
            for (int node = 0; node < 6; node++)
            {
                string info = (await Server(node).ExecuteAsync("CLUSTER", "INFO")).ToString();
                if (!info.Contains("cluster_known_nodes:6", StringComparison.Ordinal))
                {
                    return false;
                }
            }

            return true;
        });
    }

    protected override void Secure(ConfigurationOptions options) => _security?.Secure(options);

    public IServer Server(int node) => _nodes[node].Connection.GetServer("127.0.0.1", _nodes[node].Port);

    /// <summary>Moves a slot with all its keys from one node to another, like <c>redis-cli --cluster
    /// reshard</c>.</summary>
    public async Task MoveSlotAsync(int slot, int from, int to)
    {
        string fromId = await IdAsync(from),
            toId = await IdAsync(to);
        await Server(to).ExecuteAsync("CLUSTER", "SETSLOT", slot, "IMPORTING", fromId);
        await Server(from).ExecuteAsync("CLUSTER", "SETSLOT", slot, "MIGRATING", toId);
        while (true)
        {
            string[] keys =
            [
                .. (
                    (string?[]?)await Server(from).ExecuteAsync("CLUSTER", "GETKEYSINSLOT", slot, 50) ?? []
                ).OfType<string>(),
            ];
            if (keys.Length == 0)
            {
                break;
            }

            await Server(from).ExecuteAsync("MIGRATE", ["127.0.0.1", _nodes[to].Port, "", 0, 5000, "KEYS", .. keys]);
        }

        foreach (int node in (int[])[to, from, .. (await MastersAsync()).Except([to, from])])
        {
            await Server(node).ExecuteAsync("CLUSTER", "SETSLOT", slot, "NODE", toId);
        }
    }

    /// <summary>The nodes that hold slots, by number.</summary>
    public async Task<IReadOnlyList<int>> MastersAsync()
    {
        List<int> masters = [];
        for (int node = 0; node < _nodes.Count; node++)
        {
            if (await IsMasterAsync(node))
            {
                masters.Add(node);
            }
        }

        return masters;
    }

    /// <summary>The nodes that follow a master, by number.</summary>
    public async Task<IReadOnlyList<int>> ReplicasAsync(int master)
    {
        string id = await IdAsync(master);
        return
        [
            .. (await LinesAsync(master))
                .Where(line => line.Contains($" {id} ", StringComparison.Ordinal))
                .Select(line => _nodes.FindIndex(node => line.Contains($" {node.Address}@", StringComparison.Ordinal))),
        ];
    }

    /// <summary>The node that holds a slot.</summary>
    public async Task<int> OwnerAsync(int slot)
    {
        ClusterConfiguration nodes = await Server(0).ClusterNodesAsync()
            ?? throw new InvalidOperationException("not a cluster");
        string owner = nodes.GetBySlot(slot)!.EndPoint!.ToString()!;
        return _nodes.FindIndex(node => node.Address == owner);
    }

    /// <summary>The slots of a master.</summary>
    public async Task<IList<SlotRange>> SlotsAsync(int master) =>
        (await Server(master).ClusterNodesAsync())!.Nodes.Single(node => node.IsMyself).Slots;

    /// <summary>Whether a node answers that it is a master with slots.</summary>
    public async Task<bool> IsMasterAsync(int node)
    {
        string self = (await LinesAsync(node)).Single(line => line.Contains("myself", StringComparison.Ordinal));
        return self.Contains("master", StringComparison.Ordinal) && self.Trim().Split(' ').Length > 8;
    }

    private async Task<string> IdAsync(int node) => (await Server(node).ExecuteAsync("CLUSTER", "MYID")).ToString();

    private async Task<string[]> LinesAsync(int node) =>
        (await Server(node).ExecuteAsync("CLUSTER", "NODES"))
            .ToString()
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (LiveRedisServer node in _nodes)
        {
            await node.DisposeAsync();
        }
    }
}
