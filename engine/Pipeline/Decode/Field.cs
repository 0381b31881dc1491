using Engine.Contracts.Events;

namespace Engine.Pipeline.Decode;

/// <summary>The fields of <c>interactions</c> that the decoders know; they skip others.</summary>
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

/// <summary>The fields' names and which event types they belong to: one place for both decoders and their
/// errors.</summary>
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

    public static readonly string[] DeviceNames = [.. FieldKind.Device.Fields.Select(field => field.Name)];

    public static readonly byte[][] Utf8DeviceNames = Array.ConvertAll(
        DeviceNames,
        System.Text.Encoding.ASCII.GetBytes
    );

    public static readonly string[] DevicePaths = Array.ConvertAll(DeviceNames, name => "device." + name);

    public static uint Bit(Field field) => 1u << (int)field;

    // Bit masks of the schemas' fields; the JIT treats static readonly values as constants once the code is optimized.
    private static readonly uint RequiredOfClick = Required(InteractionSchemas.Click),
        RequiredOfPath = Required(InteractionSchemas.CursorPath),
        RequiredOfConfirmation = Required(InteractionSchemas.Confirmation),
        KnownOfClick = Known(InteractionSchemas.Click),
        KnownOfPath = Known(InteractionSchemas.CursorPath),
        KnownOfConfirmation = Known(InteractionSchemas.Confirmation);

    /// <summary>The fields that an event of a type must have.</summary>
    public static uint Required(EventType type) =>
        type switch
        {
            EventType.Click => RequiredOfClick,
            EventType.CursorPath => RequiredOfPath,
            EventType.Confirmation => RequiredOfConfirmation,
            _ => Bit(Field.Type),
        };

    /// <summary>The fields that have a meaning in an event of a type; others are skipped as unknown.</summary>
    public static uint Known(EventType type) =>
        type switch
        {
            EventType.Click => KnownOfClick,
            EventType.CursorPath => KnownOfPath,
            EventType.Confirmation => KnownOfConfirmation,
            _ => Bit(Field.Type),
        };

    private static uint Required(EventSchema schema) => Bits(schema.Fields.Where(field => field.IsRequired));

    private static uint Known(EventSchema schema) => Bits(schema.Fields);

    private static uint Bits(IEnumerable<EventField> fields) =>
        fields.Aggregate(Bit(Field.Type), (bits, field) => bits | Bit((Field)Array.IndexOf(Names, field.Name)));
}
