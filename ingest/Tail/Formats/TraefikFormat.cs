namespace Ingest.Tail.Formats;

/// <summary>Traefik's access log in JSON. Headers are there if <c>accessLog.fields.headers</c> keeps them. The client's
/// address is the connection's (<c>ClientAddr</c>): if there is X-Forwarded-For, <c>ClientHost</c> is that.</summary>
internal sealed class TraefikFormat : LogFormat
{
    private static readonly FieldNames Names = new(
        ("ClientAddr", LogField.Client),
        ("ClientHost", LogField.ForwardedFor),
        ("StartUTC", LogField.Time),
        ("RequestMethod", LogField.Method),
        ("RequestPath", LogField.Target),
        ("DownstreamStatus", LogField.Status),
        ("request_Referer", LogField.Referrer),
        ("request_User-Agent", LogField.UserAgent)
    );

    internal override string Name => "traefik";

    internal override bool HasForwardedFor => true;

    internal override bool Read(ReadOnlySpan<byte> line, ref LoggedRequest request) =>
        JsonLine.Read(line, Names, ref request);
}
