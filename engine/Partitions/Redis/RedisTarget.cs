using System.Net;
using System.Text;
using StackExchange.Redis;

namespace Engine.Partitions.Redis;

/// <summary>
/// One Redis or a Redis Cluster, as StackExchange.Redis sees it: which node holds which slot, how a connection greets.
/// Shared by all lanes; what changes (the map of slots) is replaced whole.
/// </summary>
public sealed class RedisTarget
{
    private const int Slots = 16384;

    private readonly ConfigurationOptions _options;
    private volatile EndPoint[] _slots = [];
    private int _refreshing;

    private RedisTarget(IConnectionMultiplexer redis, ConfigurationOptions options) =>
        (Redis, _options) = (redis, options);

    public IConnectionMultiplexer Redis { get; }

    public bool IsCluster { get; private set; }

    /// <summary>Connects; throws <see cref="RedisConnectionException"/> where nobody answers.</summary>
    /// <param name="addresses"><c>host:port[,host:port…]</c>, and StackExchange.Redis's options (password, ssl
    /// …).</param>
    public static RedisTarget Connect(string addresses)
    {
        ConfigurationOptions options = ConfigurationOptions.Parse(addresses);
        options.AbortOnConnectFail = true;
        options.ClientName = "engine";
        // CLUSTER NODES, which tells where slots lie, counts as administration there.
        options.AllowAdmin = true;
        if (options.Ssl)
        {
            throw new NotSupportedException(
                "verdicts go out over plain connections: put a TLS tunnel beside the engine, or leave ssl out"
            );
        }

        var target = new RedisTarget(ConnectionMultiplexer.Connect(options), options);
        target.Refresh();
        return target;
    }

    /// <summary>The node that a key's commands go to.</summary>
    public EndPoint NodeOf(ReadOnlySpan<byte> key) => IsCluster ? _slots[SlotOf(key)] : _slots[0];

    /// <summary>Asks the cluster for its map again; in the background, one asking at a time.</summary>
    public void RefreshSoon()
    {
        if (!IsCluster || Interlocked.Exchange(ref _refreshing, 1) == 1)
        {
            return;
        }

        _ = Task.Run(() =>
        {
            try
            {
                Refresh();
            }
            catch (Exception e) when (e is RedisException or InvalidOperationException)
            {
                // A cluster in the middle of a failover: who needs the map asks again.
            }
            finally
            {
                Volatile.Write(ref _refreshing, 0);
            }
        });
    }

    /// <summary>What a new connection says first, as RESP, and how many replies that gives.</summary>
    public (byte[] Bytes, int Replies) Greeting()
    {
        if (string.IsNullOrEmpty(_options.Password))
        {
            return ([], 0);
        }

        string user = _options.User ?? "default";
        return (Encoding.UTF8.GetBytes("*3\r\n$4\r\nAUTH\r\n" + BulkString(user) + BulkString(_options.Password)), 1);
    }

    private static string BulkString(string text) => $"${Encoding.UTF8.GetByteCount(text)}\r\n{text}\r\n";

    /// <summary>
    /// The slot of a key: CRC16 (XMODEM) of what stands in its first braces, or of all of it (Redis Cluster
    /// specification).
    /// </summary>
    public static int SlotOf(ReadOnlySpan<byte> key)
    {
        int open = key.IndexOf((byte)'{');
        if (open >= 0)
        {
            int close = key[(open + 1)..].IndexOf((byte)'}');
            if (close > 0)
            {
                key = key.Slice(open + 1, close);
            }
        }
        int crc = 0;
        foreach (byte b in key)
        {
            crc ^= b << 8;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1;
            }

            crc &= 0xFFFF;
        }
        return crc & (Slots - 1);
    }

    private void Refresh()
    {
        IServer server = Redis.GetServers().FirstOrDefault(server => server.IsConnected)
            ?? throw new InvalidOperationException("no node of Redis is connected");
        IsCluster = server.ServerType == ServerType.Cluster;
        if (!IsCluster)
        {
            _slots = [Redis.GetServers().First(server => server.IsConnected && !server.IsReplica).EndPoint];
            return;
        }
        ClusterConfiguration nodes = server.ClusterNodes()
            ?? throw new InvalidOperationException("the cluster tells no nodes");
        var slots = new EndPoint[Slots];
        foreach (ClusterNode node in nodes.Nodes.Where(node => !node.IsReplica && node.EndPoint != null))
        {
            foreach (SlotRange range in node.Slots)
            {
                for (int slot = range.From; slot <= range.To; slot++)
                {
                    slots[slot] = node.EndPoint!;
                }
            }
        }

        if (slots.Contains(null))
        {
            throw new InvalidOperationException("the cluster doesn't cover all slots");
        }

        _slots = slots;
    }
}
