namespace Ingest.Tail.Formats;

/// <summary>CloudFront's standard log: fields between tabs, whose order a line <c>#Fields:</c> gives. Without one, they
/// are the 33 of the legacy log.</summary>
internal sealed class CloudFrontFormat : LogFormat
{
    /// <summary>The maximum number of fields: a log has at most twice the legacy ones.</summary>
    private const int MaxFields = 128;

    private static readonly FieldNames Names = new(
        ("date", LogField.Date),
        ("time", LogField.TimeOfDay),
        ("timestamp", LogField.Time),
        ("timestamp(ms)", LogField.Time),
        ("c-ip", LogField.Client),
        ("x-forwarded-for", LogField.ForwardedFor),
        ("cs-method", LogField.Method),
        ("cs-uri-stem", LogField.Path),
        ("cs-uri-query", LogField.Query),
        ("sc-status", LogField.Status),
        ("cs(Referer)", LogField.Referrer),
        ("cs(User-Agent)", LogField.UserAgent)
    );

    private static ReadOnlySpan<byte> LegacyFields =>
        "#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer)"u8
        + " cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol"u8
        + " cs-bytes time-taken x-forwarded-for"u8;

    private readonly LogField[] _fields = new LogField[MaxFields];

    /// <summary>The number of fields up to the last one that clicks need.</summary>
    private int _needed;

    internal CloudFrontFormat() => UseLegacyFields();

    internal override string Name => "cloudfront";

    internal override FieldEscapes Escapes => FieldEscapes.Percent;

    internal override bool HasForwardedFor => true;

    internal override void Begin(ReadOnlySpan<byte> head)
    {
        UseLegacyFields();
        while (head is [(byte)'#', ..] && head.IndexOf((byte)'\n') is >= 0 and var end)
        {
            TakeDirective(head[..end]);
            head = head[(end + 1)..];
        }
    }

    internal override bool Read(ReadOnlySpan<byte> line, ref LoggedRequest request)
    {
        if (line is [(byte)'#', ..])
        {
            TakeDirective(line);
            return false;
        }

        ReadOnlySpan<byte> rest = line;
        for (int i = 0; i < _needed; i++)
        {
            int end = rest.IndexOf((byte)'\t');
            if (end < 0 && i < _needed - 1)
            {
                return request.Fail("the line has fewer fields between tabs than #Fields: says");
            }

            if (_fields[i] != LogField.None && !request.Set(_fields[i], end < 0 ? rest : rest[..end]))
            {
                return false;
            }

            rest = end < 0 ? default : rest[(end + 1)..];
        }
        return request.IsComplete();
    }

    private void UseLegacyFields() => TakeDirective(LegacyFields);

    private void TakeDirective(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> prefix = "#Fields:"u8;
        if (!line.StartsWith(prefix))
        {
            return;
        }

        Array.Clear(_fields);
        _needed = 0;
        int index = 0;
        ReadOnlySpan<byte> names = line[prefix.Length..];
        foreach (Range range in names.SplitAny(" \t\r"u8))
        {
            if (names[range].IsEmpty || index == MaxFields)
            {
                continue;
            }

            LogField field = Names.Find(names[range]);
            _fields[index++] = field;
            _needed = field == LogField.None ? _needed : index;
        }
    }
}
