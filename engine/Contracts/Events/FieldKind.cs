using System.Text.Json;

namespace Engine.Contracts.Events;

/// <summary>What is wrong with a field's value; nothing if <see cref="Reason"/> is none.</summary>
/// <param name="Within">The bad field within the value, or null if the value itself is bad.</param>
public readonly record struct FieldProblem(DeadLetterReason Reason, string? Within = null);

/// <summary>The kind of value that a field of an event holds. A kind declares everything that depends on it in one
/// place: the check of a value, and its description in docs, error messages, JSON Schemas and the Protobuf
/// message.</summary>
public abstract class FieldKind
{
    /// <summary>1 to 128 bytes of printable ASCII without spaces and braces.</summary>
    public static readonly FieldKind Identifier = new IdentifierKind();

    /// <summary>Text of up to 256 KiB, bounded only by the event's size.</summary>
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

    /// <summary>1 to 64 pairs of <c>[width, height]</c> in CSS pixels.</summary>
    public static readonly FieldKind Sizes = new SizesKind();

    /// <summary>1 to 4,096 points of <c>[t_ms, x, y]</c>, with t at least 0 and never decreasing.</summary>
    public static readonly FieldKind Points = new PointsKind();

    /// <summary>A device in OpenRTB's names, each a text of at most 128 bytes, or a number.</summary>
    public static readonly DeviceKind Device = new();

    /// <summary>The name of the JSON type in docs: <c>whole number</c>.</summary>
    public abstract string Json { get; }

    /// <summary>The bounds in words; empty if the kind has none.</summary>
    public abstract string Range { get; }

    /// <summary>The expected value, as the end of a sentence: <c>a number from 0 to 1,000 is expected</c>.</summary>
    public abstract string Expected { get; }

    /// <summary>The type in events.proto, with <c>optional</c> or <c>repeated</c>.</summary>
    public abstract string Proto { get; }

    /// <summary>Checks a value. The reader stands on the value's first token, which isn't <c>null</c>, and is left on
    /// its last. Throws only <see cref="JsonException"/>, if the text is malformed.</summary>
    public abstract FieldProblem Check(ref Utf8JsonReader reader);

    /// <summary>Writes the properties of the JSON Schema, among them <c>type</c>, which may allow null.</summary>
    /// <param name="isRequired">Whether null, which means absent, is refused.</param>
    public abstract void WriteSchema(Utf8JsonWriter json, bool isRequired);

    protected static FieldProblem Fine => default;
    protected static FieldProblem OutOfRange => new(DeadLetterReason.OutOfRange);
    protected static FieldProblem Malformed => new(DeadLetterReason.Malformed);

    /// <summary>Skips a value of the wrong type.</summary>
    protected static FieldProblem WrongType(ref Utf8JsonReader reader)
    {
        reader.Skip();
        return new FieldProblem(DeadLetterReason.WrongType);
    }

    /// <summary>Picks which of two problems in a value to report: a wrong type before a bound.</summary>
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
