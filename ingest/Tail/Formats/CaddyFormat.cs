namespace Ingest.Tail.Formats;

/// <summary>Caddy's access log in JSON. The client's address is <c>client_ip</c>, in which Caddy considers its
/// <c>trusted_proxies</c>; before Caddy 2.7, the connection's.</summary>
internal sealed class CaddyFormat : LogFormat
{
    private static readonly FieldNames Line = new(("ts", LogField.Time), ("status", LogField.Status)),
        Request = new(("client_ip", LogField.Client), ("method", LogField.Method), ("uri", LogField.Target)),
        Connection = new(("remote_ip", LogField.Client), ("remote_addr", LogField.Client)),
        Headers =
            new(
                ("X-Forwarded-For", LogField.ForwardedFor),
                ("Referer", LogField.Referrer),
                ("User-Agent", LogField.UserAgent)
            );

    internal override string Name => "caddy";

    internal override bool HasForwardedFor => true;

    internal override bool Read(ReadOnlySpan<byte> line, ref LoggedRequest request)
    {
        var members = new JsonMembers(line);
        bool inRequest = false,
            inHeaders = false;
        ReadOnlySpan<byte> connection = default;
        while (members.Next())
        {
            ReadOnlySpan<byte> name = members.Name;
            if (members.Kind == JsonMember.Object)
            {
                (inRequest, inHeaders) = members.Depth switch
                {
                    1 => (name.SequenceEqual("request"u8), false),
                    2 => (inRequest, inRequest && name.SequenceEqual("headers"u8)),
                    _ => (inRequest, inHeaders),
                };
                continue;
            }

            FieldNames? names = members.Depth switch
            {
                1 => Line,
                2 when inRequest => Request,
                3 when inHeaders => Headers,
                _ => null,
            };
            LogField field = names?.Find(name) ?? LogField.None;
            if (field == LogField.None)
            {
                if (names == Request && Connection.Find(name) != LogField.None)
                {
                    connection = members.Value;
                }
            }
            else if (!request.Set(field, members.Value))
            {
                return false;
            }
        }
        if (request.Client.IsEmpty)
        {
            request.Client = connection;
        }

        return members.IsWhole ? request.IsComplete() : request.Fail(JsonLine.NotJson);
    }
}
