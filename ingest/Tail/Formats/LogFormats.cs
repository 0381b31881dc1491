using Engine.Contracts;

namespace Ingest.Tail.Formats;

/// <summary>The formats by name, and recognizing them.</summary>
internal static class LogFormats
{
    /// <summary>Stands for the format that each log's first lines have.</summary>
    internal const string Auto = "auto";

    /// <summary>Stands for events of the contract, which aren't requests.</summary>
    internal const string Events = "json";

    /// <summary>The number of bytes at the beginning of a file by which its format is recognized.</summary>
    internal const int HeadBytes = 64 * 1024;

    private const string Pattern = "pattern=",
        Combined = "$remote_addr $_ [$time_local] \"$request\" $status $_ \"$http_referer\" \"$http_user_agent\"",
        CombinedProxy = Combined + " \"$http_x_forwarded_for\"",
        Alb =
            "$type $time_iso8601 $elb $remote_addr $target $_ $_ $_ $status $_ $_ $_ \"$url_request\" "
            + "\"$http_user_agent\"";

    /// <summary>The formats; of several that read the same lines, the first one is recognized.</summary>
    private static readonly (string Name, Func<LogFormat> Create)[] Known =
    [
        ("combined", () => new PatternFormat("combined", Combined)),
        ("combined-proxy", () => new PatternFormat("combined-proxy", CombinedProxy)),
        ("caddy", () => new CaddyFormat()),
        ("traefik", () => new TraefikFormat()),
        ("nginx-json", () => new NginxJsonFormat()),
        ("alb", () => new PatternFormat("alb", Alb)),
        ("cloudfront", () => new CloudFrontFormat()),
    ];

    /// <summary>The names of the formats of requests, without patterns.</summary>
    internal static IEnumerable<string> Names => Known.Select(format => format.Name);

    /// <summary>Everything that <c>--format</c> accepts.</summary>
    internal static string Choices { get; } = string.Join('|', [Auto, .. Names, Events, Pattern + "…"]);

    /// <summary>Creates a format.</summary>
    /// <exception cref="FormatException">There is none with this name, or the pattern can't be used.</exception>
    internal static LogFormat Create(string name)
    {
        if (name.StartsWith(Pattern, StringComparison.Ordinal))
        {
            return new PatternFormat(name, name[Pattern.Length..]);
        }

        return Known.FirstOrDefault(format => format.Name == name).Create?.Invoke()
            ?? throw new FormatException($"it is none of {Choices}");
    }

    /// <summary>Recognizes the format of a log: the one that reads most of its first lines, at least half of them. Null
    /// if there is none.</summary>
    /// <param name="head">The beginning of the file.</param>
    /// <param name="behindProxy">Whether the format must have X-Forwarded-For.</param>
    internal static LogFormat? Recognize(ReadOnlySpan<byte> head, bool behindProxy)
    {
        LogFormat? best = null;
        int most = 0;
        foreach ((_, Func<LogFormat> create) in Known)
        {
            LogFormat format = create();
            if (behindProxy && !format.HasForwardedFor)
            {
                continue;
            }

            (int read, int lines) = Count(format, head, behindProxy);
            if (read > most && read * 2 >= lines)
            {
                (best, most) = (format, read);
            }
        }
        return best;
    }

    private static (int Read, int Lines) Count(LogFormat format, ReadOnlySpan<byte> head, bool behindProxy)
    {
        format.Begin(head);
        int read = 0,
            lines = 0;
        while (head.IndexOf((byte)'\n') is >= 0 and var end)
        {
            ReadOnlySpan<byte> line = head[..end].Trim(" \t\r"u8);
            head = head[(end + 1)..];
            if (line.IsEmpty)
            {
                continue;
            }

            var request = new LoggedRequest();
            bool isRead = format.Read(line, ref request);
            if (!isRead && request.Problem is null)
            {
                continue;
            }

            lines++;
            if (isRead ? !behindProxy || HasAddresses(request) : request.Problem == LoggedRequest.NotHttp)
            {
                read++;
            }
        }
        return (read, lines);
    }

    private static bool HasAddresses(in LoggedRequest request) =>
        request.ForwardedFor.IsEmpty
        || IpAddress.TryParse(ClientAddress.Bare(ClientAddress.LastEntry(request.ForwardedFor)), out _);
}
