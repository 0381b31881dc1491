using System.Net;

namespace Engine.Partitions.Redis;

/// <summary>The node that serves each key. Immutable; a change makes a new map.</summary>
public sealed class RedisMap
{
    private readonly EndPoint[] _slots;
    private readonly HashSet<EndPoint> _nodes;

    private RedisMap(EndPoint[] slots) => (_slots, _nodes) = (slots, [.. slots]);

    /// <summary>Whether one node serves all keys.</summary>
    public bool IsSingle => _nodes.Count == 1;

    /// <summary>Creates the map of a single node.</summary>
    public static RedisMap Single(EndPoint node) => new([node]);

    /// <summary>Creates the map of a cluster.</summary>
    /// <param name="slots">The node of each of the 16,384 slots.</param>
    public static RedisMap Cluster(EndPoint[] slots) => new(slots);

    /// <summary>The node that serves a key.</summary>
    public EndPoint NodeOf(ReadOnlySpan<byte> key) => _slots.Length == 1 ? _slots[0] : _slots[RedisTarget.SlotOf(key)];

    /// <summary>Whether a node serves any key.</summary>
    public bool Has(EndPoint node) => _nodes.Contains(node);

    /// <summary>Whether another map has the same node for every key.</summary>
    public bool IsSame(RedisMap other) => _slots.AsSpan().SequenceEqual(other._slots);
}
