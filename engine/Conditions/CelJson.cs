using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Engine.Conditions;

/// <summary>Reads and writes values as JSON. Tagged: <c>{"int":"7"}</c> (as text, for 64 bits), <c>{"double":"1.5"}</c>
/// (also <c>inf</c>, <c>-inf</c>, <c>nan</c>), <c>{"string":…}</c>, <c>{"bool":…}</c>, <c>{"null":true}</c>,
/// <c>{"list":[…]}</c>, <c>{"map":[[key,value],…]}</c>, <c>{"timestamp":[seconds,nanos]}</c>,
/// <c>{"duration":[seconds,nanos]}</c>. Reads plain JSON too: a number without fraction or exponent is an int, and an
/// object that isn't a tagged value is a map.</summary>
public static class CelJson
{
    /// <summary>Leaves text unescaped, as people read the answers. One level of a value takes up to three levels of
    /// JSON.</summary>
    private static readonly JsonWriterOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 4 * CelLimits.MaxLevels,
    };

    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = CelLimits.MaxLevels };

    /// <summary>Reads a tagged value.</summary>
    /// <exception cref="FormatException">The text isn't a tagged value.</exception>
    public static CelValue ReadTagged(string json) =>
        Read(json, element =>
            FromTagged(element)
            ?? throw new FormatException($"expected a tagged value such as {{\"int\":\"7\"}}, got {Excerpt(element)}")
        );

    /// <summary>Reads an object that maps names to values, plain or tagged.</summary>
    /// <exception cref="FormatException">The text isn't such an object.</exception>
    public static IReadOnlyDictionary<string, CelValue> ReadBindings(string json) => Read(json, Bindings);

    /// <summary>Writes a tagged value.</summary>
    public static string WriteTagged(CelValue value) => Write(writer => WriteTagged(writer, value));

    internal static IReadOnlyDictionary<string, CelValue> Bindings(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException($"expected an object of names and values, got {Excerpt(json)}");
        }
        Dictionary<string, CelValue> bindings = new(StringComparer.Ordinal);
        foreach (JsonProperty property in json.EnumerateObject())
        {
            bindings[property.Name] = FromPlain(property.Value);
        }
        return bindings;
    }

    internal static string Write(Action<Utf8JsonWriter> write)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, Plain))
        {
            write(writer);
        }
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    /// <summary>Reads JSON. Reports any problem as a <see cref="FormatException"/>, whichever reader finds
    /// it.</summary>
    internal static T Read<T>(string json, Func<JsonElement, T> read)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, Deep);
            return read(document.RootElement);
        }
        catch (Exception wrong)
            when (wrong is JsonException or InvalidOperationException or ArgumentException or OverflowException)
        {
            throw new FormatException(wrong.Message, wrong);
        }
    }

    internal static void WriteTagged(Utf8JsonWriter writer, CelValue value)
    {
        writer.WriteStartObject();
        switch (value.Kind)
        {
            case CelKind.Null:
                writer.WriteBoolean("null", true);
                break;
            case CelKind.Bool:
                writer.WriteBoolean("bool", value.AsBool);
                break;
            case CelKind.Int:
                writer.WriteString("int", value.AsInt.ToString(CultureInfo.InvariantCulture));
                break;
            case CelKind.Double:
                writer.WriteString("double", DoubleText(value.AsDouble));
                break;
            case CelKind.String:
                writer.WriteString("string", value.AsString);
                break;
            case CelKind.Timestamp:
                WritePair(writer, "timestamp", value.AsTimestamp.Seconds, value.AsTimestamp.Nanos);
                break;
            case CelKind.Duration:
                (long seconds, long nanos) = Math.DivRem(value.AsDurationNanos, CelValue.NanosPerSecond);
                WritePair(writer, "duration", seconds, nanos);
                break;
            case CelKind.List:
                writer.WriteStartArray("list");
                foreach (CelValue element in value.AsList)
                {
                    WriteTagged(writer, element);
                }
                writer.WriteEndArray();
                break;
            case CelKind.Map:
                WriteEntries(writer, value.AsMap);
                break;
            default:
                writer.WriteBoolean("error", true);
                break;
        }
        writer.WriteEndObject();
    }

    private static void WriteEntries(Utf8JsonWriter writer, CelMap map)
    {
        writer.WriteStartArray("map");
        foreach (CelValue key in map.Keys)
        {
            map.TryGet(key, out CelValue held);
            writer.WriteStartArray();
            WriteTagged(writer, key);
            WriteTagged(writer, held);
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
    }

    private static void WritePair(Utf8JsonWriter writer, string name, long seconds, long nanos)
    {
        writer.WriteStartArray(name);
        writer.WriteNumberValue(seconds);
        writer.WriteNumberValue(nanos);
        writer.WriteEndArray();
    }

    private static string DoubleText(double number) =>
        number switch
        {
            double.PositiveInfinity => "inf",
            double.NegativeInfinity => "-inf",
            double.NaN => "nan",
            _ => number
                .ToString("R", CultureInfo.InvariantCulture)
                .Replace("E+", "e", StringComparison.Ordinal)
                .Replace('E', 'e'),
        };

    /// <summary>Reads a tagged value, or returns null if this isn't one. An object whose only member has a tag's name
    /// counts as tagged only if the member's value fits the tag.</summary>
    private static CelValue? FromTagged(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || json.GetPropertyCount() != 1)
        {
            return null;
        }
        JsonProperty only = json.EnumerateObject().First();
        JsonElement held = only.Value;
        return (only.Name, held.ValueKind) switch
        {
            ("null", JsonValueKind.True) => CelValue.Null,
            ("bool", JsonValueKind.True or JsonValueKind.False) => CelValue.Of(held.GetBoolean()),
            ("int", JsonValueKind.String) => CelValue.Of(
                long.Parse(held.GetString()!, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)
            ),
            ("double", JsonValueKind.String) => CelValue.Of(ReadDouble(held.GetString()!)),
            ("string", JsonValueKind.String) => CelValue.Of(held.GetString()),
            ("timestamp", JsonValueKind.Array) when held.GetArrayLength() == 2 => CelValue.Timestamp(
                held[0].GetInt64(),
                held[1].GetInt32()
            ),
            ("duration", JsonValueKind.Array) when held.GetArrayLength() == 2 => CelValue.Duration(
                held[0].GetInt64(),
                held[1].GetInt32()
            ),
            ("list", JsonValueKind.Array) => CelValue.Of([.. held.EnumerateArray().Select(FromPlain)]),
            ("map", JsonValueKind.Array) => Entries(held),
            _ => null,
        };
    }

    private static double ReadDouble(string text) =>
        text switch
        {
            "inf" => double.PositiveInfinity,
            "-inf" => double.NegativeInfinity,
            "nan" => double.NaN,
            _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
        };

    private static CelValue Entries(JsonElement pairs)
    {
        CelValue[] keys = new CelValue[pairs.GetArrayLength()];
        CelValue[] values = new CelValue[keys.Length];
        int at = 0;
        foreach (JsonElement pair in pairs.EnumerateArray())
        {
            if (pair.ValueKind != JsonValueKind.Array || pair.GetArrayLength() != 2)
            {
                throw new FormatException($"expected a map entry [key, value], got {Excerpt(pair)}");
            }
            keys[at] = FromPlain(pair[0]);
            values[at++] = FromPlain(pair[1]);
        }
        return CelMap.TryOf(keys, values, out CelMap? map, out string? error)
            ? CelValue.Of(map!)
            : throw new FormatException(error);
    }

    private static CelValue FromPlain(JsonElement json) =>
        json.ValueKind switch
        {
            JsonValueKind.Null => CelValue.Null,
            JsonValueKind.True => CelValue.True,
            JsonValueKind.False => CelValue.False,
            JsonValueKind.String => CelValue.Of(json.GetString()),
            JsonValueKind.Number => json.GetRawText().AsSpan().ContainsAny(".eE") || !json.TryGetInt64(out long number)
                ? CelValue.Of(json.GetDouble())
                : CelValue.Of(number),
            JsonValueKind.Array => CelValue.Of([.. json.EnumerateArray().Select(FromPlain)]),
            _ => FromTagged(json) ?? CelValue.Of(new Dictionary<string, CelValue>(Bindings(json))),
        };

    private static string Excerpt(JsonElement json)
    {
        string text = json.GetRawText();
        return text.Length <= 40 ? text : text[..40] + "…";
    }
}
