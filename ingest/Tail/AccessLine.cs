using System.Globalization;
using System.Text;

namespace Ingest.Tail;

/// <summary>A request as web servers log it in the combined format (Apache's <c>%h %l %u %t "%r" %&gt;s %b
/// "%{Referer}i" "%{User-Agent}i"</c>, nginx's <c>combined</c>). Anything after the user agent is ignored.</summary>
/// <param name="Client">The first field: the client's address, unless the server logs host names.</param>
/// <param name="TimeMs">The time of the request, in ms since the Unix epoch; the format has whole seconds.</param>
/// <param name="Method">GET, POST …</param>
/// <param name="Target">The requested path and query, still percent-encoded.</param>
/// <param name="Referrer">The referrer; empty if the log has a hyphen.</param>
/// <param name="UserAgent">The user agent; empty if the log has a hyphen.</param>
internal sealed record AccessLine(
    string Client,
    long TimeMs,
    string Method,
    string Target,
    int Status,
    string Referrer,
    string UserAgent
)
{
    private const string TimeFormat = "dd/MMM/yyyy:HH:mm:ss zzz";

    /// <summary>Parses a line. Returns null, with the problem, if it isn't in the format.</summary>
    internal static AccessLine? Read(ReadOnlySpan<byte> line, out string wrong)
    {
        // Invalid UTF-8 becomes U+FFFD: a client may send any bytes as its user agent, and its click still counts.
        string text = Encoding.UTF8.GetString(line);
        int at = 0;
        string client = Word(text, ref at);
        Word(text, ref at);
        // The user name may contain spaces; the bracket of the time ends it.
        int open = text.IndexOf(" [", Math.Max(0, at - 1), StringComparison.Ordinal);
        int close = open < 0 ? -1 : text.IndexOf(']', open);
        if (close < 0)
        {
            return Fail("there is no [time]", out wrong);
        }

        string stamp = text[(open + 2)..close];
        if (!TryTime(stamp, out long time))
        {
            return Fail($"time '{stamp}' isn't a time such as 10/Oct/2000:13:55:36 -0700", out wrong);
        }

        at = close + 1;
        if (!Quoted(text, ref at, out string request))
        {
            return Fail("there is no \"request\"", out wrong);
        }

        string status = Word(text, ref at);
        Word(text, ref at);
        if (!int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out int code))
        {
            return Fail($"status '{status}' isn't a number", out wrong);
        }

        if (!Quoted(text, ref at, out string referrer))
        {
            return Fail("there is no \"referrer\": is it the common format rather than the combined one?", out wrong);
        }

        if (!Quoted(text, ref at, out string agent))
        {
            return Fail("there is no \"user agent\"", out wrong);
        }

        string[] parts = request.Split(' ');
        if (parts.Length is < 2 or > 3)
        {
            return Fail($"request '{Shown(request)}' isn't METHOD TARGET PROTOCOL", out wrong);
        }

        wrong = "";
        return new AccessLine(
            client,
            time,
            parts[0],
            parts[1],
            code,
            referrer == "-" ? "" : referrer,
            agent == "-" ? "" : agent
        );
    }

    private static AccessLine? Fail(string why, out string wrong)
    {
        wrong = why;
        return null;
    }

    private static string Word(string text, ref int at)
    {
        while (at < text.Length && text[at] == ' ')
        {
            at++;
        }

        int start = at;
        while (at < text.Length && text[at] != ' ')
        {
            at++;
        }

        return text[start..at];
    }

    /// <summary>Reads quoted text, unescaping Apache's (<c>\"</c>, <c>\xhh</c>) and nginx's (<c>\x22</c>)
    /// escapes.</summary>
    private static bool Quoted(string text, ref int at, out string value)
    {
        value = "";
        while (at < text.Length && text[at] == ' ')
        {
            at++;
        }

        if (at >= text.Length || text[at] != '"')
        {
            return false;
        }

        var bytes = new List<byte>();
        int plain = ++at;
        for (; at < text.Length; at++)
        {
            if (text[at] != '"' && text[at] != '\\')
            {
                continue;
            }

            bytes.AddRange(Encoding.UTF8.GetBytes(text[plain..at]));
            if (text[at] == '"')
            {
                at++;
                value = Encoding.UTF8.GetString([.. bytes]);
                return true;
            }
            bytes.Add(Escaped(text, ref at));
            plain = at + 1;
        }
        return false;
    }

    /// <summary>Reads the byte that the backslash at <paramref name="at"/> stands for. Leaves <paramref name="at"/> on
    /// the last character consumed.</summary>
    private static byte Escaped(string text, ref int at)
    {
        if (
            at + 3 < text.Length
            && text[at + 1] == 'x'
            && byte.TryParse(
                text.AsSpan(at + 2, 2),
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out byte code
            )
        )
        {
            at += 3;
            return code;
        }
        if (at + 1 >= text.Length || text[at + 1] is not ('"' or '\\' or 't' or 'n' or 'r'))
        {
            return (byte)'\\';
        }

        return text[++at] switch
        {
            't' => (byte)'\t',
            'n' => (byte)'\n',
            'r' => (byte)'\r',
            var other => (byte)other,
        };
    }

    private static bool TryTime(string text, out long ms)
    {
        ms = 0;
        // .NET requires a colon in the time zone.
        string spelled = text.Length > 5 && text[^5] is '+' or '-' ? text[..^2] + ":" + text[^2..] : text;
        if (
            !DateTimeOffset.TryParseExact(
                spelled,
                TimeFormat,
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out DateTimeOffset time
            )
        )
        {
            return false;
        }

        ms = time.ToUnixTimeMilliseconds();
        return ms >= 0;
    }

    private static string Shown(string text) => text.Length > 60 ? text[..60] + "…" : text;
}
