namespace Engine.Pipeline.Decode;

/// <summary>The fields that the decoders of <c>interactions</c> know; others are skipped.</summary>
internal enum Field : byte
{
    Type,
    Id,
    Time,
    Ip,
    Publisher,
    Campaign,
    Click,
    Points,
    Outcome,
    Ua,
    Visitor,
    Placement,
    Advertiser,
    CostMicros,
    Page,
    Referrer,
    Target,
    Pointer,
    X,
    Y,
    Viewport,
    ExpectsPath,
    Device,
    Path,
    Attempts,
    LatencyMs,
    Unknown,
}

/// <summary>
/// Names, and which field belongs to which type of event: one place for both decoders and their errors.
/// </summary>
internal static class Fields
{
    public static readonly string[] Names =
    [
        "type",
        "id",
        "time",
        "ip",
        "publisher",
        "campaign",
        "click",
        "points",
        "outcome",
        "ua",
        "visitor",
        "placement",
        "advertiser",
        "cost_micros",
        "page",
        "referrer",
        "target",
        "pointer",
        "x",
        "y",
        "viewport",
        "expects_path",
        "device",
        "path",
        "attempts",
        "latency_ms",
    ];

    public static readonly byte[][] Utf8Names = Array.ConvertAll(Names, System.Text.Encoding.ASCII.GetBytes);

    public static readonly string[] DeviceNames =
    [
        "make",
        "model",
        "os",
        "osv",
        "carrier",
        "connectiontype",
        "language",
    ];

    public static readonly byte[][] Utf8DeviceNames = Array.ConvertAll(
        DeviceNames,
        System.Text.Encoding.ASCII.GetBytes
    );

    public static readonly string[] DevicePaths = Array.ConvertAll(DeviceNames, name => "device." + name);

    public static uint Bit(Field field) => 1u << (int)field;

    /// <summary>The fields without which an event of a type can't be used.</summary>
    public static uint Required(EventType type) =>
        type switch
        {
            EventType.Click => Bit(Field.Type)
                | Bit(Field.Id)
                | Bit(Field.Time)
                | Bit(Field.Ip)
                | Bit(Field.Publisher)
                | Bit(Field.Campaign),
            EventType.CursorPath => Bit(Field.Type) | Bit(Field.Click) | Bit(Field.Time) | Bit(Field.Points),
            EventType.Confirmation => Bit(Field.Type) | Bit(Field.Click) | Bit(Field.Time) | Bit(Field.Outcome),
            _ => Bit(Field.Type),
        };

    /// <summary>The fields that mean something in an event of a type; others are unknown there, and skipped.</summary>
    public static uint Known(EventType type) =>
        type switch
        {
            EventType.Click => ((1u << (int)Field.Unknown) - 1)
                & ~(
                    Bit(Field.Click)
                    | Bit(Field.Points)
                    | Bit(Field.Outcome)
                    | Bit(Field.Attempts)
                    | Bit(Field.LatencyMs)
                ),
            EventType.CursorPath => Required(type) | Bit(Field.Ip),
            EventType.Confirmation => Required(type) | Bit(Field.Ip) | Bit(Field.Attempts) | Bit(Field.LatencyMs),
            _ => Bit(Field.Type),
        };
}
