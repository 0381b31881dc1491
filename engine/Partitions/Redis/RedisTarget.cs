using System.Net;
using Engine.Configuration.Connections;
using StackExchange.Redis;

namespace Engine.Partitions.Redis;

/// <summary>A Redis server or cluster, as StackExchange.Redis sees it: the map of slots to nodes, and how connections
/// are opened. Shared by all lanes; the map of slots is replaced as a whole.</summary>
public sealed class RedisTarget
{
    private const int Slots = 16384;

    private static readonly TimeSpan RefreshEvery = TimeSpan.FromMilliseconds(250);

    private readonly TimeProvider _clock;
    private volatile RedisMap _map;
    private int _refreshing;
    private long _refreshedAt;

    private RedisTarget(IConnectionMultiplexer redis, PipeOpening opening, TimeProvider clock)
    {
        (Redis, Opening, _clock) = (redis, opening, clock);
        _map = Read();
    }

    public IConnectionMultiplexer Redis { get; }

    /// <summary>The node of each key, as far as known.</summary>
    public RedisMap Map => _map;

    /// <summary>How pipes to the nodes are opened.</summary>
    public PipeOpening Opening { get; }

    /// <summary>Connects.</summary>
    /// <exception cref="ConnectionException">No server can be used.</exception>
    public static async Task<RedisTarget> ConnectAsync(RedisServers servers, TimeProvider clock)
    {
        ConfigurationOptions options = servers.Options();
        if (options.DefaultDatabase is > 0)
        {
            throw new NotSupportedException(
                $"defaultDatabase={options.DefaultDatabase}: results go to database 0; leave the option out, and keep "
                    + "groups apart with --prefix"
            );
        }

        ConnectionMultiplexer redis = await servers
            .ConnectAsync(connect =>
            {
                connect.ClientName = "engine";
                // StackExchange.Redis counts CLUSTER NODES, which gives the slots, as an admin command.
                connect.AllowAdmin = true;
            })
            .ConfigureAwait(false);
        try
        {
            return new RedisTarget(redis, new PipeOpening(options.User, options.Password, servers.Tls), clock);
        }
        catch
        {
            await redis.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Refreshes <see cref="Map"/> in the background, at most once every 250 ms and one refresh at a time.
    /// Call it whenever a node refuses commands, is down or doesn't reply.</summary>
    public void RefreshSoon()
    {
        if (
            _clock.GetElapsedTime(Volatile.Read(ref _refreshedAt)) < RefreshEvery
            || Interlocked.Exchange(ref _refreshing, 1) == 1
        )
        {
            return;
        }

        _ = Task.Run(() =>
        {
            try
            {
                // The client checks the roles of nodes only once a minute by itself.
                Redis.Configure();
                RedisMap map = Read();
                if (!map.IsSame(_map))
                {
                    _map = map;
                }
            }
            catch (Exception e) when (e is RedisException or InvalidOperationException or TimeoutException)
            {
                // A failover is in progress: the next use of the map refreshes again.
            }
            finally
            {
                Volatile.Write(ref _refreshedAt, _clock.GetTimestamp());
                Volatile.Write(ref _refreshing, 0);
            }
        });
    }

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

    private RedisMap Read()
    {
        IServer[] servers = [.. Redis.GetServers().Where(server => server.IsConnected)];
        if (servers.Length == 0)
        {
            throw new InvalidOperationException("no Redis node is connected");
        }

        if (servers[0].ServerType != ServerType.Cluster)
        {
            IServer master = servers.FirstOrDefault(server => !server.IsReplica)
                ?? throw new InvalidOperationException(
                    "all of these are replicas, which accept no writes: give the master, or all nodes"
                );
            return RedisMap.Single(master.EndPoint);
        }

        Exception? last = null;
        foreach (IServer server in servers)
        {
            try
            {
                return ReadCluster(server);
            }
            catch (Exception e) when (e is RedisException or InvalidOperationException or TimeoutException)
            {
                // A node that has just died may still look connected.
                last = e;
            }
        }

        throw new InvalidOperationException(last!.Message, last);
    }

    private static RedisMap ReadCluster(IServer server)
    {
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

        return slots.Contains(null)
            ? throw new InvalidOperationException("the cluster doesn't cover all slots")
            : RedisMap.Cluster(slots);
    }
}
