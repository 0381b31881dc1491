using System.Buffers;
using System.Globalization;
using System.Text;

namespace Engine.Workflows.ContentRequests.Settings;

/// <summary>The address of a page or app in a canonical spelling, so equivalent addresses compare equal: scheme and
/// host in lower case, no default port, percent-encoded letters, digits and <c>-._~</c> decoded, dot segments removed
/// (RFC 3986, 6.2.2 and 6.2.3). It rejects anything that parsers read differently: user names, backslashes, spaces,
/// control characters and hosts that aren't ASCII. Query and fragment are left out. A text without <c>://</c>, such as
/// an app's bundle, is kept as it is.</summary>
public readonly record struct ResourceAddress
{
    /// <summary>The maximum length of an address, in characters.</summary>
    public const int MaxLength = 4096;

    /// <summary>Spaces, control characters and backslashes, on which parsers of addresses differ.</summary>
    internal static readonly SearchValues<char> Refused = SearchValues.Create([
        .. Enumerable.Range(0, ' ' + 1).Select(c => (char)c),
        '\\',
        '\x7F',
    ]);

    private ResourceAddress(string origin, string path, bool isPlain, bool hasMore) =>
        (Origin, Path, IsPlain, HasMore) = (origin, path, isPlain, hasMore);

    /// <summary><c>https://news.example:8443</c>; for an app without a scheme, its name.</summary>
    public string Origin { get; }

    /// <summary><c>/sport/</c>; empty for an app without a scheme.</summary>
    public string Path { get; }

    /// <summary>Whether the path reads the same however often a server decodes it: it has no encoded slash or
    /// backslash.</summary>
    public bool IsPlain { get; }

    /// <summary>Whether the text had a query or a fragment.</summary>
    public bool HasMore { get; }

    /// <summary>Parses an address. Returns false if it is invalid or ambiguous.</summary>
    public static bool TryParse(string text, out ResourceAddress address)
    {
        address = default;
        if (text.Length is 0 or > MaxLength)
        {
            return false;
        }

        if (text.AsSpan().IndexOfAny(Refused) >= 0)
        {
            return false;
        }

        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
        {
            address = new ResourceAddress(text, "", true, false);
            return true;
        }
        ReadOnlySpan<char> rest = text.AsSpan(scheme + 3);
        int end = rest.IndexOfAny('/', '?', '#');
        if (
            !IsScheme(text.AsSpan(0, scheme))
            || Origins(text[..scheme].ToLowerInvariant(), end < 0 ? rest : rest[..end]) is not { } origin
        )
        {
            return false;
        }

        rest = end < 0 ? "" : rest[end..];
        int more = rest.IndexOfAny('?', '#');
        string path = Encoded(more < 0 ? rest : rest[..more], out bool isPlain);
        address = new ResourceAddress(origin, WithoutDots(path), isPlain, more >= 0);
        return true;
    }

    private static bool IsScheme(ReadOnlySpan<char> text)
    {
        if (text.Length == 0 || !char.IsAsciiLetter(text[0]))
        {
            return false;
        }

        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '-' or '.'))
            {
                return false;
            }
        }

        return true;
    }

    private static string? Origins(string scheme, ReadOnlySpan<char> authority)
    {
        int bracket = authority.LastIndexOf(']');
        int colon = authority[(bracket + 1)..].IndexOf(':');
        ReadOnlySpan<char> host = colon < 0 ? authority : authority[..(bracket + 1 + colon)],
            port = colon < 0 ? "" : authority[(bracket + 2 + colon)..];
        if (host.Length == 0 || !IsHost(host, bracket >= 0))
        {
            return null;
        }

        string name = scheme + "://" + host.ToString().ToLowerInvariant();
        if (port.Length == 0)
        {
            return name;
        }

        if (
            !int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            || number > ushort.MaxValue
        )
        {
            return null;
        }

        return (scheme, number) is ("https", 443) or ("http", 80)
            ? name
            : string.Create(CultureInfo.InvariantCulture, $"{name}:{number}");
    }

    private static bool IsHost(ReadOnlySpan<char> host, bool isBracketed)
    {
        if (isBracketed && (host[0] != '[' || host[^1] != ']'))
        {
            return false;
        }

        ReadOnlySpan<char> name = isBracketed ? host[1..^1] : host;
        foreach (char c in name)
        {
            if (
                !(
                    isBracketed
                        ? char.IsAsciiHexDigit(c) || c is ':' or '.'
                        : char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'
                )
            )
            {
                return false;
            }
        }

        return name.Length > 0;
    }

    /// <summary>The path with needless percent-encoding decoded, and the remaining escapes in upper case.</summary>
    private static string Encoded(ReadOnlySpan<char> path, out bool isPlain)
    {
        isPlain = true;
        if (path.Length == 0)
        {
            return "/";
        }

        if (path.IndexOf('%') < 0)
        {
            return path.ToString();
        }

        var decoded = new StringBuilder(path.Length);
        for (int i = 0; i < path.Length; i++)
        {
            if (
                path[i] != '%'
                || i + 2 >= path.Length
                || !char.IsAsciiHexDigit(path[i + 1])
                || !char.IsAsciiHexDigit(path[i + 2])
            )
            {
                decoded.Append(path[i]);
                continue;
            }
            char c = (char)(HexValue(path[i + 1]) << 4 | HexValue(path[i + 2]));
            // An encoded percent sign may become a slash when decoded twice.
            if (c is '/' or '\\' or '%' or '\0')
            {
                isPlain = false;
            }

            if (char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~')
            {
                decoded.Append(c);
            }
            else
            {
                decoded.Append(CultureInfo.InvariantCulture, $"%{(int)c:X2}");
            }

            i += 2;
        }
        return decoded.ToString();
    }

    private static string WithoutDots(string path)
    {
        if (!path.Contains("/.", StringComparison.Ordinal))
        {
            return path;
        }

        var kept = new List<string>();
        string[] segments = path.Split('/');
        for (int i = 1; i < segments.Length; i++)
        {
            bool isLast = i == segments.Length - 1;
            if (segments[i] == "..")
            {
                if (kept.Count > 0)
                {
                    kept.RemoveAt(kept.Count - 1);
                }

                if (isLast)
                {
                    kept.Add("");
                }
            }
            else if (segments[i] != ".")
            {
                kept.Add(segments[i]);
            }
            else if (isLast)
            {
                kept.Add("");
            }
        }
        return "/" + string.Join('/', kept);
    }

    private static int HexValue(char c) => char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
}

/// <summary>A resource that a sponsor owns: all addresses at and below one. It matches whole segments, so
/// <c>https://news.example/a</c> doesn't cover <c>https://news.example/ab</c>. The name of an app covers only
/// itself.</summary>
public sealed class ResourcePrefix
{
    private readonly ResourceAddress _address;
    private readonly string _below,
        _plainly;

    private ResourcePrefix(ResourceAddress address)
    {
        _address = address;
        _below = address.Path.EndsWith('/') ? address.Path : address.Path + "/";
        _plainly = address.Origin + _below;
    }

    /// <summary>Returns null if the text isn't an unambiguous address, or has a query or a fragment.</summary>
    public static ResourcePrefix? Parse(string text) =>
        ResourceAddress.TryParse(text, out ResourceAddress address) && address is { HasMore: false, IsPlain: true }
            ? new ResourcePrefix(address)
            : null;

    /// <summary>Fast path for most addresses: whether an address is covered by its spelling alone. It starts with this
    /// prefix and has nothing that needs normalising.</summary>
    public bool CoversPlainly(string address) =>
        address.Length <= ResourceAddress.MaxLength
        && address.StartsWith(_plainly, StringComparison.Ordinal)
        && _address.Path.Length > 0
        && address.AsSpan().IndexOfAny(ResourceAddress.Refused) < 0
        && !address.Contains('%')
        && !address.Contains("/.", StringComparison.Ordinal);

    public bool Covers(in ResourceAddress address)
    {
        if (address.Origin != _address.Origin)
        {
            return false;
        }
        // A whole host, whatever the path; an app has no path.
        if (_address.Path is "/" or "")
        {
            return (_address.Path.Length == 0) == (address.Path.Length == 0);
        }

        return address.IsPlain
            && (address.Path.StartsWith(_below, StringComparison.Ordinal) || address.Path == _address.Path);
    }
}
