using Engine.Contracts;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Decode;

namespace Engine.Pipeline;

/// <summary>
/// Whether records have the key that the contract asks for: with another, events of one network lie in several
/// partitions, and each sees a part of them only.
/// </summary>
internal static unsafe class PartitionKeyCheck
{
    /// <summary>Counts a record whose key isn't its address's network.</summary>
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

    /// <summary>
    /// IPv4 as it is sent has one spelling: its network's key is the text up to the last part, and <c>0/24</c>. False
    /// says nothing.
    /// </summary>
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
