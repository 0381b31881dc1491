using System.Text.Json;

namespace Engine.Contracts.Events;

/// <summary>What is wrong with the value of a field: nothing where <see cref="Reason"/> is none.</summary>
/// <param name="Within">Which of the value's own fields is wrong, or null where it is the value itself.</param>
public readonly record struct FieldProblem(DeadLetterReason Reason, string? Within = null);

/// <summary>
/// What a field of an event may hold. A kind says everything that depends on it, once: how a value is held against it,
/// how documents, refusals, JSON Schemas and the Protobuf message call it.
/// </summary>
public abstract class FieldKind
{
    /// <summary>1 to 128 bytes of printable ASCII without spaces and braces.</summary>
    public static readonly FieldKind Identifier = new IdentifierKind();

    /// <summary>A text of up to 256 KiB, which only the event's own size bounds.</summary>
    public static readonly FieldKind AnyText = new TextKind(EventLimits.MaxValueBytes);

    /// <summary>An IPv4 or IPv6 address (<see cref="IpAddress"/>).</summary>
    public static readonly FieldKind Address = new AddressKind();

    /// <summary>Milliseconds since the Unix epoch, up to the end of the year 9999.</summary>
    public static readonly FieldKind Time = new IntegerKind(0, EventLimits.MaxTime);

    public static readonly FieldKind Flag = new FlagKind();

    /// <summary>A coordinate in CSS pixels, ±10^9.</summary>
    public static readonly FieldKind Coordinate = new NumberKind(-EventLimits.MaxMagnitude, EventLimits.MaxMagnitude);

    /// <summary><c>[width, height]</c> in CSS pixels, each whole, 0 to 10^9.</summary>
    public static readonly FieldKind Viewport = new ViewportKind();

    /// <summary>1 to 64 of <c>[width, height]</c> in CSS pixels.</summary>
    public static readonly FieldKind Sizes = new SizesKind();

    /// <summary>1 to 4,096 of <c>[t_ms, x, y]</c>, t from 0 on and never decreasing.</summary>
    public static readonly FieldKind Points = new PointsKind();

    /// <summary>OpenRTB's names of a device, each a text of at most 128 bytes, or a number.</summary>
    public static readonly DeviceKind Device = new();

    /// <summary>How documents call the JSON: <c>whole number</c>.</summary>
    public abstract string Json { get; }

    /// <summary>The bounds, in words; empty where there are none of its own.</summary>
    public abstract string Range { get; }

    /// <summary>What is expected, as the end of a sentence: <c>a number from 0 to 1,000 is expected</c>.</summary>
    public abstract string Expected { get; }

    /// <summary>Its type in events.proto, with <c>optional</c> or <c>repeated</c>.</summary>
    public abstract string Proto { get; }

    /// <summary>
    /// Holds a value against the kind. The reader stands on the value's first token, which isn't <c>null</c>, and is
    /// left on its last. Throws nothing but <see cref="JsonException"/>, where the text is malformed.
    /// </summary>
    public abstract FieldProblem Check(ref Utf8JsonReader reader);

    /// <summary>Writes the properties of its JSON Schema; <c>type</c> is among them, and allows null.</summary>
    /// <param name="isRequired">Whether null, which is absence, is refused.</param>
    public abstract void WriteSchema(Utf8JsonWriter json, bool isRequired);

    protected static FieldProblem Fine => default;
    protected static FieldProblem OutOfRange => new(DeadLetterReason.OutOfRange);
    protected static FieldProblem Malformed => new(DeadLetterReason.Malformed);

    /// <summary>Steps over a value of another type.</summary>
    protected static FieldProblem WrongType(ref Utf8JsonReader reader)
    {
        reader.Skip();
        return new FieldProblem(DeadLetterReason.WrongType);
    }

    /// <summary>Of two things wrong with the parts of a value, a wrong type is told before a bound.</summary>
    protected static FieldProblem Worse(FieldProblem one, FieldProblem other) =>
        one.Reason == DeadLetterReason.None
        || (one.Reason == DeadLetterReason.OutOfRange && other.Reason == DeadLetterReason.WrongType)
            ? other
            : one;

    protected static void WriteType(Utf8JsonWriter json, string type, bool isRequired)
    {
        if (isRequired)
        {
            json.WriteString("type", type);
            return;
        }
        json.WriteStartArray("type");
        json.WriteStringValue(type);
        json.WriteStringValue("null");
        json.WriteEndArray();
    }

    protected static string InDigits(double number) =>
        number.ToString("#,0.###", System.Globalization.CultureInfo.InvariantCulture);
}
