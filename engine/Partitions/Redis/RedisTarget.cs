using System.Net;
using System.Text;
using StackExchange.Redis;

namespace Engine.Partitions.Redis;

/// <summary>A Redis server or cluster, as StackExchange.Redis sees it: the map of slots to nodes, and the greeting of a
/// connection. Shared by all lanes; the map of slots is replaced as a whole.</summary>
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

    /// <summary>Connects. Throws <see cref="RedisConnectionException"/> if no server answers.</summary>
    /// <param name="addresses"><c>host:port[,host:port…]</c>, with options of StackExchange.Redis (such as password and
    /// ssl).</param>
    public static RedisTarget Connect(string addresses)
    {
        ConfigurationOptions options = ConfigurationOptions.Parse(addresses);
        options.AbortOnConnectFail = true;
        options.ClientName = "engine";
        // StackExchange.Redis counts CLUSTER NODES, which gives the slots, as an admin command.
        options.AllowAdmin = true;
        if (options.Ssl)
        {
            throw new NotSupportedException(
                "verdicts use plain connections: run a TLS tunnel beside the engine, or remove ssl"
            );
        }

        var target = new RedisTarget(ConnectionMultiplexer.Connect(options), options);
        target.Refresh();
        return target;
    }

    /// <summary>The node that a key's commands go to.</summary>
    public EndPoint NodeOf(ReadOnlySpan<byte> key) => IsCluster ? _slots[SlotOf(key)] : _slots[0];

    /// <summary>Refreshes the cluster's map of slots in the background, at most one refresh at a time.</summary>
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
                // The cluster is in the middle of a failover: the next use of the map refreshes again.
            }
            finally
            {
                Volatile.Write(ref _refreshing, 0);
            }
        });
    }

    /// <summary>The greeting of a new connection as RESP, and the number of replies to it.</summary>
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

    /// <summary>The slot of a key: CRC16 (XMODEM) of the text in its first braces, or of all of it (Redis Cluster
    /// specification).</summary>
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
            ?? throw new InvalidOperationException("no Redis node is connected");
        IsCluster = server.ServerType == ServerType.Cluster;
        if (!IsCluster)
        {
            _slots = [Redis.GetServers().First(server => server.IsConnected && !server.IsReplica).EndPoint];
            return;
        }
        ClusterConfiguration nodes = server.ClusterNodes()
            ?? throw new InvalidOperationException("the cluster reports no nodes");
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
