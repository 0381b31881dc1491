namespace Ingest.Tail.Formats;

/// <summary>What a field of a log is to a click. Formats only find fields; <see cref="LoggedRequest.Set"/> reads
/// them.</summary>
internal enum LogField : byte
{
    /// <summary>A field that clicks don't need.</summary>
    None,

    /// <summary>The address of the connection, or the one that the server determined.</summary>
    Client,

    /// <summary>The header X-Forwarded-For.</summary>
    ForwardedFor,

    /// <summary>A time in any notation of <see cref="LogTime"/>.</summary>
    Time,

    /// <summary>A date and a time of day in UTC, in fields of their own.</summary>
    Date,
    TimeOfDay,

    /// <summary><c>GET /click?id=1 HTTP/1.1</c>.</summary>
    Request,

    /// <summary>The same with a whole URL: <c>GET https://ads.example:443/click?id=1 HTTP/1.1</c>.</summary>
    UrlRequest,
    Method,

    /// <summary>The path with its query.</summary>
    Target,

    /// <summary>The path and the query in fields of their own, which count if there is no <see cref="Target"/>.
    /// </summary>
    Path,
    Query,
    Status,
    Referrer,
    UserAgent,
}
