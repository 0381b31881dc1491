using System.Collections.Frozen;
using System.Globalization;

namespace Engine.Text.Links;

/// <summary>A link in a text.</summary>
/// <param name="Start">The UTF-16 unit at which it begins.</param>
/// <param name="Length">Its length in UTF-16 units, without punctuation that ends a sentence.</param>
/// <param name="Host">Its host in lower case.</param>
public readonly record struct TextLink(int Start, int Length, string Host);

/// <summary>
/// Finds links in plain texts, as people write them: with a scheme (<c>http</c>, <c>https</c>, <c>ftp</c>, or none
/// before <c>//</c>), any host; without one, a host below a known top-level domain, or an IPv4 address; and e-mail
/// addresses, whose host counts. Takes time linear in the text.
/// </summary>
public static class LinkFinder
{
    private const int MaxHost = 253,
        MaxLocal = 64,
        MaxPort = 65_535;

    /// <summary>Domains of more than two letters that a host without a scheme may end with. Those of two letters are
    /// countries'.</summary>
    private static readonly FrozenSet<string> TopDomains = FrozenSet.ToFrozenSet([
        "com",
        "net",
        "org",
        "edu",
        "gov",
        "mil",
        "int",
        "biz",
        "info",
        "name",
        "pro",
        "web",
        "xxx",
        "aero",
        "asia",
        "coop",
        "museum",
        "jobs",
        "mobi",
        "shop",
        "store",
        "online",
        "site",
        "app",
        "dev",
        "blog",
        "cloud",
        "club",
        "live",
        "news",
        "page",
        "tech",
        "top",
        "xyz",
        "link",
        "click",
        "work",
        "world",
        "рф",
        "онлайн",
        "сайт",
    ]);

    private static readonly string[] Schemes = ["http:", "https:", "ftp:"];

    /// <summary>Finds the links in a text, in order.</summary>
    public static List<TextLink> Find(ReadOnlySpan<char> text)
    {
        var found = new List<TextLink>();
        for (int at = 0; at < text.Length;)
        {
            int end = TryLink(text, at, found);
            at = end > at ? end : at + 1;
        }

        return found;
    }

    /// <summary>Adds a link that begins at a place. Returns where to go on: the place itself if there is none.
    /// </summary>
    private static int TryLink(ReadOnlySpan<char> text, int at, List<TextLink> found)
    {
        char unit = text[at];
        if (unit == '/' && At(text, at + 1) == '/')
        {
            return TryScheme(text, at, at + 2, found);
        }

        if (!IsHost(unit))
        {
            return at;
        }

        // All of a run of host characters at once, so that none is looked at again and again.
        int end = at;
        while (end < text.Length && (IsHost(text[end]) || text[end] is '.' or '+' or '_'))
        {
            end++;
        }

        if (text[end..].StartsWith("://") && SchemeIn(text[at..(end + 1)]) is { } scheme)
        {
            int start = end + 1 - scheme.Length;
            if (start == 0 || !(char.IsLetterOrDigit(text[start - 1]) || text[start - 1] == '_'))
            {
                int next = TryScheme(text, start, end + 3, found);
                return next > start ? next : end + 3;
            }

            return end + 3;
        }

        bool isMail = end < text.Length && text[end] == '@' && end - at <= MaxLocal;
        bool isNamed = false;
        int from = at;
        if (text[end..].StartsWith(":") && text[at..end].Equals("mailto", StringComparison.OrdinalIgnoreCase))
        {
            int local = end + 1;
            while (local < text.Length && (IsHost(text[local]) || text[local] is '.' or '+' or '_'))
            {
                local++;
            }

            isNamed = isMail = local > end + 1 && At(text, local) == '@';
            end = isMail ? local : end;
        }

        if (isMail)
        {
            int host = end + 1,
                hostEnd = HostEnd(text, host);
            if (
                hostEnd > host
                && (isNamed || (!IsGlued(text, at) && HasTopDomain(text[host..hostEnd], mayBeNumber: false)))
            )
            {
                found.Add(new TextLink(from, hostEnd - from, HostOf(text[host..hostEnd])));
                return hostEnd;
            }

            // What follows may be a link of its own: test@http://example.com.
            return host;
        }

        return TryBare(text, at, end, found);
    }

    private static int TryScheme(ReadOnlySpan<char> text, int start, int host, List<TextLink> found)
    {
        bool isNamed = text[start] != '/';
        if (!isNamed && (start > 0 && (text[start - 1] is ':' or '/' or '_' || char.IsLetterOrDigit(text[start - 1]))))
        {
            return Slashes(text, start);
        }

        // A user is part of the link, not of its host.
        int user = host;
        while (user < text.Length && (IsHost(text[user]) || text[user] is '.' or ':' or '_' or '+'))
        {
            user++;
        }

        if (isNamed && user > host && At(text, user) == '@')
        {
            host = user + 1;
        }

        int end = HostEnd(text, host);
        if (end == host || At(text, end) == '_' || !TryPort(text, ref end))
        {
            return Slashes(text, start);
        }

        string name = HostOf(text[host..HostEnd(text, host)]);
        end = PathEnd(text, end);
        found.Add(new TextLink(start, end - start, name));
        return end;
    }

    private static int TryBare(ReadOnlySpan<char> text, int at, int end, List<TextLink> found)
    {
        int hostEnd = HostEnd(text, at);
        bool isWhole =
            hostEnd == end || (hostEnd == end - 1 && text[hostEnd] == '.') || text[hostEnd..end].Trim('.').IsEmpty;
        int portEnd = hostEnd;
        if (
            !isWhole
            || IsGlued(text, at)
            || !HasTopDomain(text[at..hostEnd], mayBeNumber: true)
            || At(text, hostEnd) is '_' or '@'
            || !TryPort(text, ref portEnd)
        )
        {
            // A path that isn't one: what follows may still hold links.
            return Math.Max(end, at + 1);
        }

        int last = PathEnd(text, portEnd);
        found.Add(new TextLink(at, last - at, HostOf(text[at..hostEnd])));
        return Math.Max(last, end);
    }

    /// <summary>Whether what comes before makes a host part of something else: <c>_example.com</c>.</summary>
    private static bool IsGlued(ReadOnlySpan<char> text, int at) =>
        at > 0
        && (
            text[at - 1] is '.' or ':' or '/' or '-' or '_' or '@' or '\\' or '#' || char.IsLetterOrDigit(text[at - 1])
        );

    private static int Slashes(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && text[at] != '/')
        {
            at++;
        }

        while (at < text.Length && text[at] == '/')
        {
            at++;
        }

        // What stands behind slashes belongs to them.
        while (at < text.Length && (IsHost(text[at]) || text[at] == '.'))
        {
            at++;
        }

        return at;
    }

    private static string? SchemeIn(ReadOnlySpan<char> run)
    {
        foreach (string scheme in Schemes)
        {
            if (
                run.EndsWith(scheme, StringComparison.OrdinalIgnoreCase)
                && (run.Length == scheme.Length || !char.IsLetterOrDigit(run[run.Length - scheme.Length - 1]))
            )
            {
                return scheme;
            }
        }

        return null;
    }

    /// <summary>Where a host ends: labels of letters, digits and hyphens with dots between.</summary>
    private static int HostEnd(ReadOnlySpan<char> text, int at)
    {
        int end = at;
        for (int next = at; next < text.Length && next - at <= MaxHost; next++)
        {
            if (IsHost(text[next]))
            {
                // A hyphen ends no label.
                end = text[next] == '-' ? end : next + 1;
            }
            else if (text[next] != '.' || next == at || text[next - 1] == '.')
            {
                break;
            }
        }

        return end;
    }

    private static bool TryPort(ReadOnlySpan<char> text, ref int end)
    {
        int digits = end + 1;
        while (At(text, end) == ':' && char.IsAsciiDigit(At(text, digits)))
        {
            digits++;
        }

        if (digits == end + 1)
        {
            return true;
        }

        bool isPort =
            int.TryParse(text[(end + 1)..digits], NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            && port <= MaxPort;
        end = isPort ? digits : end;
        return isPort;
    }

    /// <summary>Where path, query and fragment end: at white space, at an angle bracket, at a bracket or quote that
    /// the link didn't open, and before punctuation that ends a sentence.</summary>
    private static int PathEnd(ReadOnlySpan<char> text, int at)
    {
        if (At(text, at) is not ('/' or '?' or '#'))
        {
            return at;
        }

        int end = at;
        // How many of each bracket are open: (, [, {.
        Span<int> open = stackalloc int[3];
        for (int next = at; next < text.Length; next++)
        {
            char unit = text[next];
            if (char.IsWhiteSpace(unit) || char.IsControl(unit) || unit is '<' or '>' or '"' or '｜')
            {
                break;
            }

            int bracket = "([{".IndexOf(unit, StringComparison.Ordinal);
            if (bracket >= 0)
            {
                open[bracket]++;
                continue;
            }

            bracket = ")]}".IndexOf(unit, StringComparison.Ordinal);
            if (bracket >= 0 && --open[bracket] < 0)
            {
                break;
            }

            bool isSentence = unit is '.' or ',' or '!' or '?' or ';' or ':' or '\'' or '*' or '_' or '~' or '|';
            end = isSentence ? end : next + 1;
        }

        return end;
    }

    private static bool HasTopDomain(ReadOnlySpan<char> host, bool mayBeNumber)
    {
        int dot = host.LastIndexOf('.');
        if (dot <= 0 || dot == host.Length - 1)
        {
            return false;
        }

        string top = host[(dot + 1)..].ToString().ToLowerInvariant();
        return top.All(char.IsAsciiDigit) ? mayBeNumber && IsIPv4(host)
            : top.Length == 2 ? top.All(char.IsAsciiLetter) || TopDomains.Contains(top)
            : top.StartsWith("xn--", StringComparison.Ordinal) || TopDomains.Contains(top);
    }

    private static bool IsIPv4(ReadOnlySpan<char> host)
    {
        int parts = 0;
        foreach (Range part in host.Split('.'))
        {
            parts++;
            if (!byte.TryParse(host[part], NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                return false;
            }
        }

        return parts == 4;
    }

    private static string HostOf(ReadOnlySpan<char> host) => host.ToString().ToLowerInvariant();

    private static char At(ReadOnlySpan<char> text, int at) => at < text.Length ? text[at] : '\0';

    /// <summary>Letters, digits, hyphens, and what beyond ASCII isn't punctuation or space: hosts have pictures too.
    /// </summary>
    private static bool IsHost(char unit) =>
        char.IsAscii(unit)
            ? char.IsAsciiLetterOrDigit(unit) || unit == '-'
            : unit != '｜' && !char.IsPunctuation(unit) && !char.IsWhiteSpace(unit) && !char.IsControl(unit);
}
