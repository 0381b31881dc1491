using Engine.Contracts;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Decode;

namespace Engine.Pipeline;

/// <summary>Checks that records have the key that the contract requires. With a different key, events of one network
/// are spread over several partitions, and each partition sees only some of them.</summary>
internal static unsafe class PartitionKeyCheck
{
    /// <summary>Counts a record whose key isn't the network of its address.</summary>
    public static void Check(in Record record, in InteractionEvent e)
    {
        if (
            !e.HasIp
            || !record.Partition.IsLive
            || IsNetworkOf(e, new ReadOnlySpan<byte>(record.Key, record.KeyLength))
        )
        {
            return;
        }

        Span<byte> network = stackalloc byte[IpAddress.MaxNetworkText];
        int length = e.Address.FormatNetwork(network);
        if (!network[..length].SequenceEqual(new ReadOnlySpan<byte>(record.Key, record.KeyLength)))
        {
            record.Partition.Counts.KeysMismatched++;
        }
    }

    /// <summary>A fast check of IPv4 text, which has only one spelling: the key is the text up to the last part, then
    /// <c>0/24</c>. False means undecided.</summary>
    private static bool IsNetworkOf(in InteractionEvent e, ReadOnlySpan<byte> key)
    {
        ReadOnlySpan<byte> ip = e.Ip.Span;
        if (!e.Address.IsV4 || key.Length < 5 || key.Length - 4 >= ip.Length)
        {
            return false;
        }

        int last = key.Length - 4;
        return ip[last - 1] == '.'
            && ip[last..].IndexOf((byte)'.') < 0
            && ip.IndexOf((byte)':') < 0
            && key[..last].SequenceEqual(ip[..last])
            && key[last..].SequenceEqual("0/24"u8);
    }
}
