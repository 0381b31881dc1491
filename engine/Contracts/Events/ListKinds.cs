using System.Text.Json;

namespace Engine.Contracts.Events;

/// <summary><c>[width, height]</c>.</summary>
public sealed class ViewportKind : FieldKind
{
    /// <summary>The maximum extent, in CSS pixels.</summary>
    public const long MaxExtent = (long)EventLimits.MaxMagnitude;

    public override string Json => "`[width, height]`";
    public override string Range => $"whole, 0 to {InDigits(MaxExtent)} each";
    public override string Expected => $"[width, height] is expected, each an integer from 0 to {InDigits(MaxExtent)}";
    public override string Proto => "repeated double";

    public override FieldProblem Check(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.StartArray ? Pair(ref reader, MaxExtent) : WrongType(ref reader);

    /// <summary>Reads <c>[width, height]</c> to its end.</summary>
    internal static FieldProblem Pair(ref Utf8JsonReader reader, long max)
    {
        FieldProblem wrong = Fine;
        int count = 0;
        for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; count++)
        {
            wrong = Worse(wrong, IntegerKind.Check(ref reader, 0, max));
        }

        return count == 2 ? wrong : new FieldProblem(DeadLetterReason.WrongType);
    }

    public override void WriteSchema(Utf8JsonWriter json, bool isRequired) => WritePair(json, MaxExtent, isRequired);

    internal static void WritePair(Utf8JsonWriter json, long max, bool isRequired)
    {
        WriteType(json, "array", isRequired);
        json.WriteNumber("minItems", 2);
        json.WriteNumber("maxItems", 2);
        json.WriteStartObject("items");
        new IntegerKind(0, max).WriteSchema(json, isRequired: true);
        json.WriteEndObject();
    }
}

/// <summary>A list of <c>[width, height]</c>.</summary>
public sealed class SizesKind : FieldKind
{
    /// <summary>The maximum width and height, in CSS pixels.</summary>
    public const long MaxExtent = int.MaxValue;

    public override string Json => "list of `[width, height]`";
    public override string Range =>
        $"1 to {EventLimits.MaxSizes} sizes; width and height whole, 0 to {InDigits(MaxExtent)} each";
    public override string Expected =>
        $"1 to {EventLimits.MaxSizes} pairs of [width, height], in whole pixels, are expected";
    public override string Proto => "repeated Size";

    public override FieldProblem Check(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return WrongType(ref reader);
        }

        FieldProblem wrong = Fine;
        int count = 0;
        for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; count++)
        {
            wrong = Worse(
                wrong,
                reader.TokenType == JsonTokenType.StartArray
                    ? ViewportKind.Pair(ref reader, MaxExtent)
                    : WrongType(ref reader)
            );
        }

        return Worse(wrong, count is 0 or > EventLimits.MaxSizes ? OutOfRange : Fine);
    }

    public override void WriteSchema(Utf8JsonWriter json, bool isRequired)
    {
        WriteType(json, "array", isRequired);
        json.WriteNumber("minItems", 1);
        json.WriteNumber("maxItems", EventLimits.MaxSizes);
        json.WriteStartObject("items");
        ViewportKind.WritePair(json, MaxExtent, isRequired: true);
        json.WriteEndObject();
    }
}

/// <summary>A list of <c>[t_ms, x, y]</c>.</summary>
public sealed class PointsKind : FieldKind
{
    public override string Json => "list of `[t, x, y]`";
    public override string Range =>
        $"1 to {InDigits(EventLimits.MaxPathPoints)} points; t from 0, never decreasing; each at most "
        + InDigits(EventLimits.MaxMagnitude);
    public override string Expected =>
        $"1 to {InDigits(EventLimits.MaxPathPoints)} points of [t_ms, x, y] are expected, t from 0 and never "
        + $"decreasing, each number at most {InDigits(EventLimits.MaxMagnitude)}";
    public override string Proto => "repeated Point";

    public override FieldProblem Check(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return WrongType(ref reader);
        }

        FieldProblem wrong = Fine;
        int count = 0;
        double previous = 0;
        for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; count++)
        {
            wrong = Worse(
                wrong,
                reader.TokenType == JsonTokenType.StartArray ? Point(ref reader, ref previous) : WrongType(ref reader)
            );
        }

        return Worse(wrong, count is 0 or > EventLimits.MaxPathPoints ? OutOfRange : Fine);
    }

    /// <summary>Reads <c>[t_ms, x, y]</c> to its end; t may not be less than the previous point's.</summary>
    private static FieldProblem Point(ref Utf8JsonReader reader, ref double previous)
    {
        FieldProblem wrong = Fine;
        int count = 0;
        for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; count++)
        {
            FieldProblem number = NumberKind.Check(
                ref reader,
                count == 0 ? previous : -EventLimits.MaxMagnitude,
                EventLimits.MaxMagnitude,
                out double value
            );
            wrong = Worse(wrong, number);
            if (count == 0 && number.Reason == DeadLetterReason.None)
            {
                previous = value;
            }
        }
        return count == 3 ? wrong : new FieldProblem(DeadLetterReason.WrongType);
    }

    public override void WriteSchema(Utf8JsonWriter json, bool isRequired)
    {
        WriteType(json, "array", isRequired);
        json.WriteNumber("minItems", 1);
        json.WriteNumber("maxItems", EventLimits.MaxPathPoints);
        json.WriteStartObject("items");
        json.WriteString("type", "array");
        json.WriteNumber("minItems", 3);
        json.WriteNumber("maxItems", 3);
        json.WriteStartObject("items");
        Coordinate.WriteSchema(json, isRequired: true);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
