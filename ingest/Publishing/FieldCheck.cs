using System.Text;
using System.Text.Json;
using Engine.Contracts;

namespace Ingest.Publishing;

/// <summary>
/// Holds one field's value against its kind. The reader stands on the value's first token, and is left on its last.
/// </summary>
internal static class FieldCheck
{
    private const int MaxPoints = 4096;

    /// <summary>The last millisecond of the year 9999, beyond which .NET and most others have no dates.</summary>
    internal const long LastTime = 253_402_300_799_999;

    /// <summary>The reason why the value isn't what it should be, or null.</summary>
    internal static string? Wrong(FieldKind kind, ref Utf8JsonReader reader) =>
        kind switch
        {
            FieldKind.Identifier => Text(ref reader) ?? (IsIdentifier(ref reader) ? null : Reasons.OutOfRange),
            FieldKind.Address => Text(ref reader) ?? (IsAddress(ref reader) ? null : Reasons.OutOfRange),
            FieldKind.Text => Text(ref reader),
            FieldKind.Pointer => Text(ref reader)
                ?? (IsOneOf(ref reader, "mouse", "touch", "pen", "keyboard") ? null : Reasons.OutOfRange),
            FieldKind.Outcome => Text(ref reader)
                ?? (IsOneOf(ref reader, "confirmed", "missed", "expired") ? null : Reasons.OutOfRange),
            FieldKind.Time => Integer(ref reader, LastTime),
            FieldKind.Count => Integer(ref reader, long.MaxValue),
            FieldKind.Number => Number(ref reader, out _),
            FieldKind.Flag => reader.TokenType is JsonTokenType.True or JsonTokenType.False ? null : Skip(ref reader),
            FieldKind.Viewport => reader.TokenType == JsonTokenType.StartArray ? Pair(ref reader) : Skip(ref reader),
            FieldKind.Sizes => Sizes(ref reader),
            FieldKind.Parameters => Parameters(ref reader),
            FieldKind.Points => Points(ref reader),
            FieldKind.Device => Device(ref reader),
            _ => Any(ref reader),
        };

    private static string? Text(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            return Skip(ref reader);
        }

        if (reader.ValueIsEscaped)
        {
            reader.GetString(); // throws on half a surrogate pair
        }

        return null;
    }

    private static bool IsIdentifier(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return Identifier.IsOne(reader.ValueSpan);
        }

        // An escaped byte takes six.
        return reader.ValueSpan.Length <= EventLimits.MaxIdentifierBytes * 6 && Identifier.IsOne(reader.GetString()!);
    }

    private static bool IsAddress(ref Utf8JsonReader reader) =>
        reader.ValueIsEscaped
            ? IpAddress.TryParse(reader.GetString()!, out _)
            : IpAddress.TryParse(reader.ValueSpan, out _);

    private static bool IsOneOf(ref Utf8JsonReader reader, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (reader.ValueTextEquals(name))
            {
                return true;
            }
        }
        return false;
    }

    private static string? Integer(ref Utf8JsonReader reader, long max)
    {
        if (reader.TokenType != JsonTokenType.Number)
        {
            return Skip(ref reader);
        }

        if (reader.TryGetInt64(out long value))
        {
            return value >= 0 && value <= max ? null : Reasons.OutOfRange;
        }

        return reader.ValueSpan.ContainsAny((byte)'.', (byte)'e', (byte)'E') ? Reasons.WrongType : Reasons.OutOfRange;
    }

    private static string? Number(ref Utf8JsonReader reader, out double value)
    {
        value = 0;
        if (reader.TokenType != JsonTokenType.Number)
        {
            return Skip(ref reader);
        }

        return reader.TryGetDouble(out value) && double.IsFinite(value) ? null : Reasons.OutOfRange;
    }

    /// <summary>Reads <c>[width, height]</c> to its end.</summary>
    private static string? Pair(ref Utf8JsonReader reader)
    {
        string? wrong = null;
        int count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            wrong ??= Integer(ref reader, int.MaxValue);
            if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
            {
                reader.Skip();
            }

            count++;
        }
        return wrong ?? (count == 2 ? null : Reasons.WrongType);
    }

    private static string? Sizes(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return Skip(ref reader);
        }

        string? wrong = null;
        int count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            string? pair = reader.TokenType == JsonTokenType.StartArray ? Pair(ref reader) : Skip(ref reader);
            wrong ??= pair;
            count++;
        }
        return wrong ?? (count is > 0 and <= EventLimits.MaxSizes ? null : Reasons.OutOfRange);
    }

    /// <summary>Names with a text, a number or a flag each; null is as good as not there.</summary>
    private static string? Parameters(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return Skip(ref reader);
        }

        string? wrong = null;
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            if (name.Length == 0 || Length(ref reader) > EventLimits.MaxParameterNameBytes)
            {
                wrong ??= Reasons.OutOfRange;
            }

            reader.Read();
            if (reader.TokenType == JsonTokenType.Null)
            {
                names.Remove(name);
            }
            else if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
            {
                string nested = Skip(ref reader)!;
                wrong ??= nested;
            }
            else if (Length(ref reader) > EventLimits.MaxParameterValueBytes)
            {
                wrong ??= Reasons.OutOfRange;
            }
            else
            {
                names.Add(name);
            }
        }
        return wrong ?? (names.Count <= EventLimits.MaxParameters ? null : Reasons.OutOfRange);
    }

    private static string? Points(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return Skip(ref reader);
        }

        string? wrong = null;
        int count = 0;
        double last = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            string? point =
                reader.TokenType == JsonTokenType.StartArray ? Point(ref reader, ref last) : Skip(ref reader);
            wrong ??= point;
            count++;
        }
        return wrong ?? (count is > 0 and <= MaxPoints ? null : Reasons.OutOfRange);
    }

    /// <summary>
    /// Reads <c>[t_ms, x, y]</c> to its end; t may not lie before the point before, the first not before 0.
    /// </summary>
    private static string? Point(ref Utf8JsonReader reader, ref double last)
    {
        string? wrong = null;
        int count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            string? number = Number(ref reader, out double value);
            wrong ??= number;
            if (count == 0 && number is null)
            {
                if (value < last)
                {
                    wrong ??= Reasons.OutOfRange;
                }

                last = value;
            }
            count++;
        }
        return wrong ?? (count == 3 ? null : Reasons.WrongType);
    }

    private static string? Device(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return Skip(ref reader);
        }

        string? wrong = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool known = false;
            foreach (byte[] name in EventType.DeviceFields)
            {
                known |= reader.ValueTextEquals(name);
            }

            reader.Read();
            if (!known || reader.TokenType is JsonTokenType.Null or JsonTokenType.Number)
            {
                reader.Skip();
            }
            else if (Text(ref reader) is { } notText)
            {
                wrong ??= notText;
            }
            else if (Length(ref reader) > EventLimits.MaxIdentifierBytes)
            {
                wrong ??= Reasons.OutOfRange;
            }
        }
        return wrong;
    }

    private static int Length(ref Utf8JsonReader reader) =>
        reader.ValueIsEscaped ? Encoding.UTF8.GetByteCount(reader.GetString()!) : reader.ValueSpan.Length;

    private static string? Any(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return Skip(ref reader);
        }

        reader.Skip();
        return null;
    }

    private static string Skip(ref Utf8JsonReader reader)
    {
        reader.Skip();
        return Reasons.WrongType;
    }
}
