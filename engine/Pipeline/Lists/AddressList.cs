using System.Globalization;
using Engine.Contracts;

namespace Engine.Pipeline.Lists;

/// <summary>A list of address ranges, merged and sorted. Lines contain a CIDR range (<c>203.0.113.0/24</c>,
/// <c>2001:db8::/32</c>), a single address, or <c>first,last[,anything]</c>; <c>#</c> begins a comment. Any other line
/// is an error that names its number and rejects the list.</summary>
public sealed class AddressList
{
    private readonly UInt128[] _firstV4,
        _lastV4,
        _firstV6,
        _lastV6;

    /// <summary>One bit per IPv4 /16 that contains any range; this alone answers most look-ups.</summary>
    private readonly ulong[] _sixteens = new ulong[65536 / 64];

    private AddressList(string name, List<(UInt128 First, UInt128 Last)> v4, List<(UInt128 First, UInt128 Last)> v6)
    {
        Name = name;
        (_firstV4, _lastV4) = Merge(v4);
        (_firstV6, _lastV6) = Merge(v6);
        for (int i = 0; i < _firstV4.Length; i++)
        {
            for (uint block = (uint)_firstV4[i] >> 16; block <= (uint)_lastV4[i] >> 16; block++)
            {
                _sixteens[block >> 6] |= 1UL << (int)(block & 63);
            }
        }
    }

    /// <summary>The list's id in settings, which evidence names.</summary>
    public string Name { get; }

    /// <summary>The number of ranges after merging.</summary>
    public int Ranges => _firstV4.Length + _firstV6.Length;

    /// <summary>Reads a list. Throws a <see cref="FormatException"/> that names the first invalid line.</summary>
    public static AddressList Read(string name, IEnumerable<string> lines)
    {
        List<(UInt128, UInt128)> v4 = [],
            v6 = [];
        int number = 0;
        foreach (string raw in lines)
        {
            number++;
            string line = raw.Split('#')[0].Trim();
            if (line.Length == 0)
            {
                continue;
            }

            if (!TryRange(line, out IpAddress first, out IpAddress last))
            {
                throw new FormatException(
                    $"line {number}: '{line}' is not an address, a CIDR range or first,last of one family"
                );
            }

            (first.IsV4 ? v4 : v6).Add((first.Bits, last.Bits));
        }
        return new AddressList(name, v4, v6);
    }

    /// <summary>Whether the list contains an address.</summary>
    public bool Contains(IpAddress address)
    {
        if (!address.IsV4)
        {
            return Contains(_firstV6, _lastV6, address.Bits);
        }

        uint block = (uint)address.Bits >> 16;
        return (_sixteens[block >> 6] >> (int)(block & 63) & 1) != 0 && Contains(_firstV4, _lastV4, address.Bits);
    }

    private static bool Contains(UInt128[] first, UInt128[] last, UInt128 address)
    {
        int at = Array.BinarySearch(first, address);
        if (at < 0)
        {
            at = ~at - 1;
        }

        return at >= 0 && address <= last[at];
    }

    /// <summary>Parses one line's range. Bits beyond the prefix are cleared.</summary>
    public static bool TryRange(string line, out IpAddress first, out IpAddress last)
    {
        last = default;
        int slash = line.IndexOf('/'),
            comma = line.IndexOf(',');
        if (comma > 0 && (slash < 0 || slash > comma))
        {
            string[] parts = line.Split(',');
            return IpAddress.TryParse(parts[0].Trim(), out first)
                && IpAddress.TryParse(parts[1].Trim(), out last)
                && first.IsV4 == last.IsV4
                && first.Bits <= last.Bits;
        }
        if (slash < 0)
        {
            bool parsed = IpAddress.TryParse(line, out first);
            last = first;
            return parsed;
        }
        if (
            !IpAddress.TryParse(line[..slash].Trim(), out first)
            || !int.TryParse(line[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int prefix)
        )
        {
            return false;
        }

        int bits = first.IsV4 ? 32 : 128;
        // An IPv4 network mapped into IPv6: ::ffff:203.0.113.0/120 is 203.0.113.0/24.
        if (first.IsV4 && line.Contains(':'))
        {
            prefix -= 128 - bits;
        }

        if (prefix < 0 || prefix > bits)
        {
            return false;
        }

        UInt128 hosts = prefix == 0 && bits == 128 ? UInt128.MaxValue : (UInt128.One << (bits - prefix)) - 1;
        last = new IpAddress(first.Bits | hosts, first.IsV4);
        first = new IpAddress(first.Bits & ~hosts, first.IsV4);
        return true;
    }

    private static (UInt128[] First, UInt128[] Last) Merge(List<(UInt128 First, UInt128 Last)> ranges)
    {
        ranges.Sort();
        List<UInt128> first = [],
            last = [];
        foreach ((UInt128 from, UInt128 to) in ranges)
        {
            if (last.Count > 0 && (last[^1] == UInt128.MaxValue || from <= last[^1] + 1))
            {
                last[^1] = UInt128.Max(last[^1], to);
            }
            else
            {
                first.Add(from);
                last.Add(to);
            }
        }
        return ([.. first], [.. last]);
    }
}
