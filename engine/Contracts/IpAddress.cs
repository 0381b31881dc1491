using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;

namespace Engine.Contracts;

/// <summary>A client's address as the contract defines it: IPv4 in four decimal parts without leading zeros, or IPv6 as
/// in RFC 4291, without zone, brackets, port or prefix. An IPv4-mapped IPv6 address counts as IPv4. The parser of .NET
/// also accepts <c>12</c>, <c>0x7f.1</c> and <c>[::1]:80</c>, none of which may become a key. Nothing
/// allocates.</summary>
public readonly record struct IpAddress(UInt128 Bits, bool IsV4)
{
    /// <summary>The buffer size for a network's text: <c>ffff:ffff:ffff:ff00::/56</c> and some room.</summary>
    public const int MaxNetworkText = 48;

    /// <summary>The client network that keys <c>interactions</c>: the /24 of an IPv4 address, the /56 of an IPv6
    /// address.</summary>
    public IpAddress Network =>
        IsV4 ? new IpAddress(Bits & 0xFFFFFF00u, true) : new IpAddress(Bits & ~((UInt128.One << 72) - 1), false);

    /// <summary>Parses an address. Returns false unless the whole text is one.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out IpAddress address)
    {
        address = default;
        if (text.Length is < 2 or > 45)
        {
            return false;
        }

        if (text.IndexOf((byte)':') < 0)
        {
            if (!TryParseV4(text, out uint v4))
            {
                return false;
            }

            address = new IpAddress(v4, true);
            return true;
        }
        if (!TryParseV6(text, out UInt128 bits))
        {
            return false;
        }

        address = bits >> 32 == 0xFFFF ? new IpAddress((uint)bits, true) : new IpAddress(bits, false);
        return true;
    }

    /// <summary>Parses an address.</summary>
    public static bool TryParse(string text, out IpAddress address)
    {
        Span<byte> utf8 = stackalloc byte[64];
        address = default;
        return text.Length <= 45
            && Encoding.UTF8.TryGetBytes(text, utf8, out int written)
            && TryParse(utf8[..written], out address);
    }

    /// <summary>Writes the client network as in RFC 5952 (<c>203.0.113.0/24</c>, <c>2001:db8:0:1200::/56</c>). Returns
    /// the number of bytes written.</summary>
    public int FormatNetwork(Span<byte> into)
    {
        IpAddress network = Network;
        int length = network.Format(into);
        (network.IsV4 ? "/24"u8 : "/56"u8).CopyTo(into[length..]);
        return length + 3;
    }

    /// <summary>Writes the address as in RFC 5952, in lower case. Returns the number of bytes written, at most
    /// 39.</summary>
    public int Format(Span<byte> into)
    {
        int at = 0;
        if (IsV4)
        {
            for (int shift = 24; shift >= 0; shift -= 8)
            {
                Utf8Formatter.TryFormat((byte)((uint)Bits >> shift), into[at..], out int written);
                at += written;
                if (shift > 0)
                {
                    into[at++] = (byte)'.';
                }
            }
            return at;
        }

        Span<ushort> groups = stackalloc ushort[8];
        for (int i = 0; i < 8; i++)
        {
            groups[i] = (ushort)(Bits >> (112 - 16 * i));
        }

        (int zeros, int count) = LongestZeros(groups);
        for (int i = 0; i < 8; i++)
        {
            if (i == zeros)
            {
                into[at++] = (byte)':';
                into[at++] = (byte)':';
                i += count - 1;
                continue;
            }
            if (i > 0 && i != zeros + count)
            {
                into[at++] = (byte)':';
            }

            Utf8Formatter.TryFormat(groups[i], into[at..], out int written, new System.Buffers.StandardFormat('x'));
            at += written;
        }
        return at;
    }

    public override string ToString()
    {
        Span<byte> text = stackalloc byte[MaxNetworkText];
        return Encoding.ASCII.GetString(text[..Format(text)]);
    }

    /// <summary>Gets the key of an <c>interactions</c> event from this address.</summary>
    public string NetworkText()
    {
        Span<byte> text = stackalloc byte[MaxNetworkText];
        return Encoding.ASCII.GetString(text[..FormatNetwork(text)]);
    }

    /// <summary>Finds what RFC 5952 shortens: the first longest run of two or more zero groups.</summary>
    private static (int Start, int Count) LongestZeros(ReadOnlySpan<ushort> groups)
    {
        int best = -1,
            bestCount = 1;
        for (int i = 0; i < 8; i++)
        {
            int end = i;
            while (end < 8 && groups[end] == 0)
            {
                end++;
            }

            if (end - i > bestCount)
            {
                (best, bestCount) = (i, end - i);
            }

            if (end > i)
            {
                i = end - 1;
            }
        }
        return best < 0 ? (-1, 0) : (best, bestCount);
    }

    private static bool TryParseV4(ReadOnlySpan<byte> text, out uint address)
    {
        address = 0;
        int at = 0;
        for (int part = 0; part < 4; part++)
        {
            if (part > 0 && (at >= text.Length || text[at++] != '.'))
            {
                return false;
            }

            int start = at,
                value = 0;
            while (at < text.Length && at - start < 3 && char.IsAsciiDigit((char)text[at]))
            {
                value = value * 10 + text[at++] - '0';
            }

            if (at == start || value > 255 || (at - start > 1 && text[start] == '0'))
            {
                return false;
            }

            address = address << 8 | (uint)value;
        }
        return at == text.Length;
    }

    private static bool TryParseV6(ReadOnlySpan<byte> text, out UInt128 address)
    {
        address = default;
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        int at = 0,
            filled = 0,
            gap = -1;
        if (text[0] == ':')
        {
            if (text[1] != ':')
            {
                return false;
            }

            gap = 0;
            at = 2;
        }
        while (at < text.Length)
        {
            if (filled == 16)
            {
                return false;
            }

            int start = at,
                value = 0;
            while (at < text.Length && at - start < 4 && HexValue(text[at]) is >= 0 and int digit)
            {
                value = value << 4 | digit;
                at++;
            }
            if (at == start)
            {
                return false;
            }

            if (at < text.Length && text[at] == '.')
            {
                if (filled > 12 || !TryParseV4(text[start..], out uint v4))
                {
                    return false;
                }

                BinaryPrimitives.WriteUInt32BigEndian(bytes[filled..], v4);
                filled += 4;
                at = text.Length;
                break;
            }
            bytes[filled++] = (byte)(value >> 8);
            bytes[filled++] = (byte)value;
            if (at == text.Length)
            {
                break;
            }

            if (text[at++] != ':' || at == text.Length)
            {
                return false;
            }

            if (text[at] != ':')
            {
                continue;
            }

            if (gap >= 0)
            {
                return false;
            }

            gap = filled;
            at++;
        }
        if (gap < 0 ? filled != 16 : filled > 14)
        {
            return false;
        }

        if (gap >= 0)
        {
            int tail = filled - gap;
            bytes[gap..filled].CopyTo(bytes[(16 - tail)..]);
            bytes[gap..(16 - tail)].Clear();
        }
        address = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return true;
    }

    private static int HexValue(byte c) =>
        char.IsAsciiHexDigit((char)c)
            ? c <= '9'
                ? c - '0'
                : (c | 0x20) - 'a' + 10
            : -1;
}
