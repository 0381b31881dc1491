using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Engine.Contracts;

namespace Pipeline.Tests.Decode;

/// <summary>
/// The contract's rules for JSON in the plainest way, on Utf8JsonReader and JsonDocument: the twin that the engine's
/// decoder is held against. The whole text is checked first; then each field by its rule, in the order in which errors
/// are told.
/// </summary>
internal static class PlainJsonDecoder
{
    private static readonly string[] Order =
    [
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

    private static readonly Dictionary<string, (string[] Required, string[] Known)> Types = new()
    {
        ["click"] = (
            ["id", "time", "ip", "publisher", "campaign"],
            [
                "id",
                "time",
                "ip",
                "publisher",
                "campaign",
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
            ]
        ),
        ["cursor-path"] = (["click", "time", "ip", "points"], ["click", "time", "points", "ip"]),
        ["confirmation"] = (
            ["click", "time", "ip", "outcome"],
            ["click", "time", "outcome", "ip", "attempts", "latency_ms"]
        ),
        ["tick"] = ([], []),
    };

    public static string Decode(ReadOnlySpan<byte> value)
    {
        if (value.Length > EventLimits.MaxValueBytes)
        {
            return Decoded.Error(DeadLetterReason.TooLarge, null);
        }

        if (!Utf8.IsValid(value) || !TryMembers(value, out Dictionary<string, byte[]> members))
        {
            return Decoded.Error(DeadLetterReason.Malformed, null);
        }

        if (!members.TryGetValue("type", out byte[]? typeText))
        {
            return Decoded.Error(DeadLetterReason.MissingField, "type");
        }

        JsonElement type = Parse(typeText);
        if (type.ValueKind == JsonValueKind.Null)
        {
            return Decoded.Error(DeadLetterReason.MissingField, "type");
        }

        if (type.ValueKind != JsonValueKind.String)
        {
            return Decoded.Error(DeadLetterReason.WrongType, "type");
        }

        if (PlainFields.TextOf(type) is not { } name)
        {
            return Decoded.Error(DeadLetterReason.Malformed, "type");
        }

        if (!Types.TryGetValue(name, out (string[] Required, string[] Known) rules))
        {
            return Decoded.Error(DeadLetterReason.UnknownType, "type");
        }

        var fields = new PlainFields();
        foreach (string field in Order.Where(rules.Known.Contains))
        {
            bool required = rules.Required.Contains(field);
            if (!members.TryGetValue(field, out byte[]? text))
            {
                if (required)
                {
                    return Decoded.Error(DeadLetterReason.MissingField, field);
                }

                continue;
            }
            JsonElement member = Parse(text);
            if (member.ValueKind == JsonValueKind.Null)
            {
                if (required)
                {
                    return Decoded.Error(DeadLetterReason.MissingField, field);
                }

                continue;
            }

            (DeadLetterReason Reason, string Detail)? error = fields.Read(field, member);
            if (error is { } wrong)
            {
                return Decoded.Error(wrong.Reason, wrong.Detail);
            }
        }
        return Decoded.Line(name, fields.Result(members));
    }

    private static JsonElement Parse(byte[] text) => JsonDocument.Parse(text).RootElement;

    /// <summary>
    /// The members of the object by name, each the last of its name; false where the text isn't one JSON object.
    /// </summary>
    private static bool TryMembers(ReadOnlySpan<byte> value, out Dictionary<string, byte[]> members)
    {
        members = [];
        try
        {
            var reader = new Utf8JsonReader(value, new JsonReaderOptions { MaxDepth = EventLimits.MaxDepth });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string? name = NameOf(ref reader);
                reader.Read();
                int start = (int)reader.TokenStartIndex;
                reader.Skip();
                if (name != null)
                {
                    members[name] = value[start..(int)reader.BytesConsumed].ToArray();
                }
            }
            return !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string? NameOf(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null; // half a surrogate pair: no name that we know
        }
    }
}

/// <summary>The rules of single fields, and the values that they gave.</summary>
internal sealed class PlainFields
{
    private static readonly string[] DeviceNames =
    [
        "make",
        "model",
        "os",
        "osv",
        "carrier",
        "connectiontype",
        "language",
    ];

    private readonly Dictionary<string, string> _values = [];

    public static string? TextOf(JsonElement text)
    {
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    public (DeadLetterReason, string)? Read(string field, JsonElement member)
    {
        DeadLetterReason reason = field switch
        {
            "id" or "click" or "visitor" or "publisher" or "placement" or "campaign" or "advertiser" => Text(
                field,
                member,
                IsIdentifier
            ),
            "ua" or "page" or "referrer" or "target" => Text(field, member, _ => true),
            "pointer" => Text(field, member, text => text is "mouse" or "touch" or "pen" or "keyboard"),
            "outcome" => Text(field, member, text => text is "confirmed" or "missed" or "expired"),
            "ip" => Text(field, member, text => IpAddress.TryParse(text, out _)),
            "time" => Integer(field, member, EventLimits.MaxTime),
            "cost_micros" => Integer(field, member, EventLimits.MaxCostMicros),
            "attempts" or "latency_ms" => Integer(field, member, int.MaxValue),
            "x" or "y" => Number(field, member),
            "expects_path" => Flag(field, member),
            "viewport" => Viewport(member),
            "points" or "path" => Points(field, member),
            _ => DeadLetterReason.None,
        };
        if (field == "device")
        {
            return Device(member);
        }

        return reason == DeadLetterReason.None ? null : (reason, field);
    }

    public IEnumerable<(string, string)> Result(Dictionary<string, byte[]> members)
    {
        foreach ((string name, string value) in _values)
        {
            if (name is "x" or "y")
            {
                continue;
            }

            if (name is "cost_micros" or "attempts" or "latency_ms" && value == "0")
            {
                continue;
            }

            yield return name == "ip" ? (name, $"{value} {Address(value)}") : (name, value);
        }
        if (_values.TryGetValue("x", out string? x) && _values.TryGetValue("y", out string? y))
        {
            yield return ("position", $"{x} {y}");
        }
    }

    private static IpAddress Address(string text) =>
        IpAddress.TryParse(text, out IpAddress address) ? address : default;

    private static bool IsIdentifier(string text) => Identifier.IsOne(text);

    private DeadLetterReason Text(string field, JsonElement member, Func<string, bool> isFine)
    {
        if (member.ValueKind != JsonValueKind.String)
        {
            return DeadLetterReason.WrongType;
        }

        if (TextOf(member) is not { } text)
        {
            return DeadLetterReason.Malformed;
        }

        if (!isFine(text))
        {
            return DeadLetterReason.OutOfRange;
        }

        _values[field] = text;
        return DeadLetterReason.None;
    }

    private DeadLetterReason Integer(string field, JsonElement member, long most)
    {
        if (member.ValueKind != JsonValueKind.Number || !IsDigits(member))
        {
            return DeadLetterReason.WrongType;
        }

        if (!member.TryGetInt64(out long value) || value < 0 || value > most)
        {
            return DeadLetterReason.OutOfRange;
        }

        _values[field] = Decoded.Number(value);
        return DeadLetterReason.None;
    }

    private DeadLetterReason Number(string field, JsonElement member)
    {
        if (member.ValueKind != JsonValueKind.Number)
        {
            return DeadLetterReason.WrongType;
        }

        double value = member.GetDouble();
        if (!(Math.Abs(value) <= EventLimits.MaxMagnitude))
        {
            return DeadLetterReason.OutOfRange;
        }

        _values[field] = Decoded.Number(value == 0 ? 0 : value);
        return DeadLetterReason.None;
    }

    private DeadLetterReason Flag(string field, JsonElement member)
    {
        if (member.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            return DeadLetterReason.WrongType;
        }

        _values[field] = member.ValueKind == JsonValueKind.True ? "true" : "";
        return DeadLetterReason.None;
    }

    private DeadLetterReason Viewport(JsonElement member)
    {
        if (Numbers(member, 2) is not [double width, double height] || !member.EnumerateArray().All(IsDigits))
        {
            return DeadLetterReason.WrongType;
        }

        if (!(width >= 0 && width <= EventLimits.MaxMagnitude && height >= 0 && height <= EventLimits.MaxMagnitude))
        {
            return DeadLetterReason.OutOfRange;
        }

        _values["viewport"] = $"{Decoded.Number(width == 0 ? 0 : width)} {Decoded.Number(height == 0 ? 0 : height)}";
        return DeadLetterReason.None;
    }

    private DeadLetterReason Points(string field, JsonElement member)
    {
        if (member.ValueKind != JsonValueKind.Array)
        {
            return DeadLetterReason.WrongType;
        }

        double[]?[] points = [.. member.EnumerateArray().Select(point => Numbers(point, 3))];
        if (points.Contains(null))
        {
            return DeadLetterReason.WrongType;
        }

        if (
            points.Length is 0 or > EventLimits.MaxPathPoints
            || points.Any(point =>
                point!.Any(number => !(Math.Abs(number) <= EventLimits.MaxMagnitude)) || point![0] < 0
            )
        )
        {
            return DeadLetterReason.OutOfRange;
        }

        for (int i = 1; i < points.Length; i++)
        {
            if (points[i]![0] < points[i - 1]![0])
            {
                return DeadLetterReason.OutOfRange;
            }
        }

        _values[field] = Decoded.Points(points.Select(point => (point![0], point[1], point[2])));
        return DeadLetterReason.None;
    }

    private (DeadLetterReason, string)? Device(JsonElement member)
    {
        if (member.ValueKind != JsonValueKind.Object)
        {
            return (DeadLetterReason.WrongType, "device");
        }

        Dictionary<string, JsonElement> members = [];
        foreach (JsonProperty property in member.EnumerateObject())
        {
            if (NameOf(property) is { } name)
            {
                members[name] = property.Value;
            }
        }

        foreach (string name in DeviceNames.Where(members.ContainsKey))
        {
            JsonElement value = members[name];
            if (value.ValueKind == JsonValueKind.Null)
            {
                continue;
            }

            if (value.ValueKind is not (JsonValueKind.String or JsonValueKind.Number))
            {
                return (DeadLetterReason.WrongType, "device." + name);
            }

            string? text = value.ValueKind == JsonValueKind.Number ? value.GetRawText() : TextOf(value);
            if (text == null)
            {
                return (DeadLetterReason.Malformed, "device." + name);
            }

            if (Encoding.UTF8.GetByteCount(text) > EventLimits.MaxDeviceBytes)
            {
                return (DeadLetterReason.OutOfRange, "device." + name);
            }

            _values["device." + name] = text;
        }
        return null;
    }

    private static bool IsDigits(JsonElement number) => !number.GetRawText().AsSpan().ContainsAny(".eE");

    private static string? NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static double[]? Numbers(JsonElement member, int count)
    {
        if (member.ValueKind != JsonValueKind.Array || member.GetArrayLength() != count)
        {
            return null;
        }

        JsonElement[] numbers = [.. member.EnumerateArray()];
        return Array.TrueForAll(numbers, number => number.ValueKind == JsonValueKind.Number)
            ? Array.ConvertAll(numbers, number => number.GetDouble())
            : null;
    }
}
