using System.Text.Json;

namespace Engine.Contracts.Events;

/// <summary>Text with a maximum length in bytes of UTF-8.</summary>
public class TextKind(int maxBytes) : FieldKind
{
    /// <summary>The maximum length, in bytes of UTF-8.</summary>
    public int MaxBytes => maxBytes;

    public override string Json => "text";
    public override string Range =>
        maxBytes == EventLimits.MaxValueBytes ? "" : $"at most {InDigits(maxBytes)} bytes of UTF-8";
    public override string Expected =>
        maxBytes == EventLimits.MaxValueBytes
            ? "a string is expected"
            : $"a string of at most {InDigits(maxBytes)} bytes is expected";
    public override string Proto => "optional string";

    public override FieldProblem Check(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            return WrongType(ref reader);
        }

        int length = JsonText.LengthOf(ref reader);
        return length < 0 ? Malformed
            : length > maxBytes ? OutOfRange
            : Value(ref reader, length);
    }

    public override void WriteSchema(Utf8JsonWriter json, bool isRequired)
    {
        WriteType(json, "string", isRequired);
        if (maxBytes < EventLimits.MaxValueBytes)
        {
            json.WriteNumber("maxLength", maxBytes);
        }
    }

    /// <summary>Checks text whose length is allowed.</summary>
    protected virtual FieldProblem Value(ref Utf8JsonReader reader, int length) => Fine;
}

/// <summary>Text that a record's key is made of, and that is out of range where none can be made.</summary>
/// <param name="maxBytes">The maximum length, in bytes of UTF-8.</param>
/// <param name="what">What it is, where a text of that length isn't enough: <c>an address of http or https</c>.</param>
/// <param name="example">A text of which a key can be made.</param>
/// <param name="keyOf">Makes the key; null if the text can't be used.</param>
public sealed class KeyTextKind(int maxBytes, string what, string example, Func<string, string?> keyOf)
    : TextKind(maxBytes)
{
    /// <summary>A text of which a key can be made.</summary>
    public string Example => example;

    public override string Range => $"{what}, {base.Range}";
    public override string Expected => $"{what} is expected, of at most {InDigits(MaxBytes)} bytes";

    /// <summary>Makes the key of a text; null if it can't be used.</summary>
    public string? KeyOf(string text) => keyOf(text);

    protected override FieldProblem Value(ref Utf8JsonReader reader, int length) =>
        keyOf(reader.GetString()!) == null ? OutOfRange : Fine;
}

/// <summary>An identifier.</summary>
public sealed class IdentifierKind() : TextKind(EventLimits.MaxIdentifierBytes)
{
    public override string Range =>
        $"1 to {EventLimits.MaxIdentifierBytes} bytes of printable ASCII without spaces and braces";
    public override string Expected =>
        $"an identifier is 1 to {EventLimits.MaxIdentifierBytes} bytes of printable ASCII without spaces and braces";

    public override void WriteSchema(Utf8JsonWriter json, bool isRequired)
    {
        WriteType(json, "string", isRequired);
        json.WriteNumber("minLength", 1);
        json.WriteNumber("maxLength", EventLimits.MaxIdentifierBytes);
        json.WriteString("pattern", "^[!-z|~]+$");
    }

    protected override FieldProblem Value(ref Utf8JsonReader reader, int length)
    {
        // An escape is at most six times as long as the byte it stands for.
        Span<byte> buffer = stackalloc byte[EventLimits.MaxIdentifierBytes * 6];
        return Contracts.Identifier.IsOne(buffer[..reader.CopyString(buffer)]) ? Fine : OutOfRange;
    }
}

/// <summary>One of a set of words.</summary>
public sealed class WordKind(params string[] words) : TextKind(EventLimits.MaxValueBytes)
{
    private readonly string _list = string.Join(", ", words);

    public IReadOnlyList<string> Words => words;
    public override string Range => _list;
    public override string Expected => $"{string.Join(", ", words[..^1])} or {words[^1]} is expected";

    public override void WriteSchema(Utf8JsonWriter json, bool isRequired)
    {
        json.WriteStartArray("enum");
        foreach (string word in words)
        {
            json.WriteStringValue(word);
        }

        if (!isRequired)
        {
            json.WriteNullValue();
        }

        json.WriteEndArray();
    }

    protected override FieldProblem Value(ref Utf8JsonReader reader, int length)
    {
        foreach (string word in words)
        {
            if (reader.ValueTextEquals(word))
            {
                return Fine;
            }
        }
        return OutOfRange;
    }
}

/// <summary>An IPv4 or IPv6 address.</summary>
public sealed class AddressKind() : TextKind(EventLimits.MaxValueBytes)
{
    /// <summary>The maximum length of an address, in bytes, plain and escaped.</summary>
    private const int MaxAddressBytes = 45,
        MaxEscapedBytes = MaxAddressBytes * 6;

    public override string Range => "an IPv4 or IPv6 address, without zone, port and prefix";
    public override string Expected => "an address is a string like 203.0.113.9 or 2001:db8::1";

    protected override FieldProblem Value(ref Utf8JsonReader reader, int length)
    {
        Span<byte> buffer = stackalloc byte[MaxEscapedBytes];
        return length <= MaxAddressBytes && IpAddress.TryParse(buffer[..reader.CopyString(buffer)], out _)
            ? Fine
            : OutOfRange;
    }
}

/// <summary>A whole number, written in digits only: <c>1e3</c> and <c>1.0</c> have the wrong type.</summary>
/// <param name="isInt32">Whether the Protobuf field has 32 bits.</param>
public sealed class IntegerKind(long min, long max, bool isInt32 = false) : FieldKind
{
    public long Min => min;
    public long Max => max;
    public override string Json => "whole number";
    public override string Range => $"{InDigits(min)} to {InDigits(max)}";
    public override string Expected =>
        $"an integer from {InDigits(min)} to {InDigits(max)}, in digits only, is expected";
    public override string Proto => isInt32 ? "optional int32" : "optional int64";

    public override FieldProblem Check(ref Utf8JsonReader reader) => Check(ref reader, min, max);

    /// <summary>Checks a number against bounds; the reader is left on its last token.</summary>
    internal static FieldProblem Check(ref Utf8JsonReader reader, long min, long max)
    {
        if (reader.TokenType != JsonTokenType.Number || reader.ValueSpan.ContainsAny((byte)'.', (byte)'e', (byte)'E'))
        {
            return WrongType(ref reader);
        }

        return reader.TryGetInt64(out long value) && value >= min && value <= max ? Fine : OutOfRange;
    }

    public override void WriteSchema(Utf8JsonWriter json, bool isRequired)
    {
        WriteType(json, "integer", isRequired);
        json.WriteNumber("minimum", min);
        json.WriteNumber("maximum", max);
    }
}

/// <summary>A number, whole or fractional.</summary>
public sealed class NumberKind(double min, double max) : FieldKind
{
    public double Min => min;
    public double Max => max;
    public override string Json => "number";
    public override string Range => $"{InDigits(min)} to {InDigits(max)}";
    public override string Expected => $"a number from {InDigits(min)} to {InDigits(max)} is expected";
    public override string Proto => "optional double";

    public override FieldProblem Check(ref Utf8JsonReader reader) => Check(ref reader, min, max, out _);

    /// <summary>Checks a number against bounds; the value is NaN if it isn't a number.</summary>
    internal static FieldProblem Check(ref Utf8JsonReader reader, double min, double max, out double value)
    {
        value = double.NaN;
        if (reader.TokenType != JsonTokenType.Number)
        {
            return WrongType(ref reader);
        }

        return reader.TryGetDouble(out value) && value >= min && value <= max ? Fine : OutOfRange;
    }

    public override void WriteSchema(Utf8JsonWriter json, bool isRequired)
    {
        WriteType(json, "number", isRequired);
        json.WriteNumber("minimum", min);
        json.WriteNumber("maximum", max);
    }
}

/// <summary>A Boolean.</summary>
public sealed class FlagKind : FieldKind
{
    public override string Json => "true or false";
    public override string Range => "";
    public override string Expected => "true or false is expected";
    public override string Proto => "optional bool";

    public override FieldProblem Check(ref Utf8JsonReader reader) =>
        reader.TokenType is JsonTokenType.True or JsonTokenType.False ? Fine : WrongType(ref reader);

    public override void WriteSchema(Utf8JsonWriter json, bool isRequired) => WriteType(json, "boolean", isRequired);
}
