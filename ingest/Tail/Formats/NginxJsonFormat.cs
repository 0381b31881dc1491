namespace Ingest.Tail.Formats;

/// <summary>JSON as nginx writes it with <c>log_format … escape=json</c>, whose names the operator chooses. Those of
/// nginx's variables are known, and usual others, in any order and depth. Also for Apache and others that write such
/// names.</summary>
internal sealed class NginxJsonFormat : LogFormat
{
    private static readonly FieldNames Names = new(
        ("remote_addr", LogField.Client),
        ("client_ip", LogField.Client),
        ("remote_ip", LogField.Client),
        ("clientip", LogField.Client),
        ("client", LogField.Client),
        ("http_x_forwarded_for", LogField.ForwardedFor),
        ("x_forwarded_for", LogField.ForwardedFor),
        ("xff", LogField.ForwardedFor),
        ("time_local", LogField.Time),
        ("time_iso8601", LogField.Time),
        ("msec", LogField.Time),
        ("time", LogField.Time),
        ("timestamp", LogField.Time),
        ("@timestamp", LogField.Time),
        ("request", LogField.Request),
        ("request_method", LogField.Method),
        ("method", LogField.Method),
        ("request_uri", LogField.Target),
        ("uri", LogField.Path),
        ("args", LogField.Query),
        ("query_string", LogField.Query),
        ("status", LogField.Status),
        ("http_referer", LogField.Referrer),
        ("http_referrer", LogField.Referrer),
        ("referer", LogField.Referrer),
        ("referrer", LogField.Referrer),
        ("http_user_agent", LogField.UserAgent),
        ("user_agent", LogField.UserAgent),
        ("agent", LogField.UserAgent)
    );

    internal override string Name => "nginx-json";

    internal override bool HasForwardedFor => true;

    internal override bool Read(ReadOnlySpan<byte> line, ref LoggedRequest request) =>
        JsonLine.Read(line, Names, ref request);
}
