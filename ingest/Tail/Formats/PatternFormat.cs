using System.Text;

namespace Ingest.Tail.Formats;

/// <summary>A format written as nginx's <c>log_format</c>: text between variables, such as
/// <c>$remote_addr [$time_local] "$request" $status</c>. A variable ends where the text after it begins; between
/// quotes, a quote with a backslash doesn't end it. A variable that is last reaches to the end of the line; if text is
/// last, whatever follows it is ignored. Variables that clicks don't need may have any name.</summary>
internal sealed class PatternFormat : LogFormat
{
    /// <summary>Names of nginx's variables, and <c>url_request</c>.</summary>
    private static readonly FieldNames Variables = new(
        ("remote_addr", LogField.Client),
        ("realip_remote_addr", LogField.Client),
        ("http_x_forwarded_for", LogField.ForwardedFor),
        ("time_local", LogField.Time),
        ("time_iso8601", LogField.Time),
        ("msec", LogField.Time),
        ("request", LogField.Request),
        ("url_request", LogField.UrlRequest),
        ("request_method", LogField.Method),
        ("request_uri", LogField.Target),
        ("uri", LogField.Path),
        ("document_uri", LogField.Path),
        ("args", LogField.Query),
        ("query_string", LogField.Query),
        ("status", LogField.Status),
        ("http_referer", LogField.Referrer),
        ("http_user_agent", LogField.UserAgent)
    );

    private readonly Part[] _parts;
    private readonly byte[] _before;

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="FormatException">The pattern can't be used; the message says why.</exception>
    internal PatternFormat(string name, string pattern)
    {
        Name = name;
        int at = NextVariable(pattern, 0);
        string text = pattern[..at];
        _before = Encoding.UTF8.GetBytes(text);
        var parts = new List<Part>();
        while (at < pattern.Length)
        {
            int end = at + 1;
            while (end < pattern.Length && (char.IsAsciiLetterOrDigit(pattern[end]) || pattern[end] == '_'))
            {
                end++;
            }

            string variable = pattern[(at + 1)..end];
            at = NextVariable(pattern, end);
            bool isQuoted = text.EndsWith('"');
            text = pattern[end..at];
            if (text.Length == 0 && at < pattern.Length)
            {
                throw new FormatException($"there is no text between ${variable} and what follows it");
            }

            parts.Add(
                new Part(
                    Variables.Find(Encoding.UTF8.GetBytes(variable)),
                    Encoding.UTF8.GetBytes(text),
                    isQuoted && text.StartsWith('"'),
                    $"there is no '{text}' after ${variable}: the line isn't like {pattern}"
                )
            );
        }
        _parts = [.. parts];
        Require("an address ($remote_addr)", LogField.Client);
        Require("a time ($time_local, $time_iso8601 or $msec)", LogField.Time);
        Require("a status ($status)", LogField.Status);
        if (!Has(LogField.Request) && !Has(LogField.UrlRequest))
        {
            Require("a method ($request, or $request_method)", LogField.Method);
            if (!Has(LogField.Target))
            {
                Require("a path ($request, $request_uri, or $uri with $args)", LogField.Path);
            }
        }
    }

    internal override string Name { get; }

    internal override bool HasForwardedFor => Has(LogField.ForwardedFor);

    internal override bool Read(ReadOnlySpan<byte> line, ref LoggedRequest request)
    {
        if (!line.StartsWith(_before))
        {
            return request.Fail("the line doesn't begin as the pattern does");
        }

        ReadOnlySpan<byte> rest = line[_before.Length..];
        foreach (Part part in _parts)
        {
            int end =
                part.Text.Length == 0 ? rest.Length
                : part.IsQuoted ? EndOfQuoted(rest, part.Text)
                : rest.IndexOf(part.Text);
            if (end < 0)
            {
                return request.Fail(part.Missing);
            }

            if (part.Field != LogField.None && !request.Set(part.Field, rest[..end]))
            {
                return false;
            }

            rest = rest[(end + part.Text.Length)..];
        }
        return request.IsComplete();
    }

    /// <summary>Finds the first quote without a backslash, where the text must be.</summary>
    private static int EndOfQuoted(ReadOnlySpan<byte> rest, byte[] text)
    {
        int at = 0;
        while (true)
        {
            int found = rest[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (found < 0)
            {
                return -1;
            }

            at += found;
            if (rest[at] == '"')
            {
                return rest[at..].StartsWith(text) ? at : -1;
            }

            at += 2;
            if (at > rest.Length)
            {
                return -1;
            }
        }
    }

    /// <summary>Finds the next variable: a dollar sign and a name.</summary>
    private static int NextVariable(string pattern, int from)
    {
        for (int at = from; at + 1 < pattern.Length; at++)
        {
            if (pattern[at] == '$' && (char.IsAsciiLetter(pattern[at + 1]) || pattern[at + 1] == '_'))
            {
                return at;
            }
        }
        return pattern.Length;
    }

    private bool Has(LogField field) => _parts.Any(part => part.Field == field);

    private void Require(string what, LogField field)
    {
        if (!Has(field))
        {
            throw new FormatException($"it has no variable for {what}");
        }
    }

    /// <param name="Text">The text that ends the variable.</param>
    /// <param name="IsQuoted">Whether the variable is between quotes.</param>
    /// <param name="Missing">The problem of a line without the text.</param>
    private readonly record struct Part(LogField Field, byte[] Text, bool IsQuoted, string Missing);
}
