using System.Buffers;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using Engine.Contracts;

namespace Ingest.Replay;

/// <summary>Turns recorded cursor paths into clicks: a record <c>{"id","source","group","label","family","points"}</c>
/// becomes a click with that path. The source determines the publisher and campaign; source and group determine the
/// visitor and address. Records have no times, so each group gets a series of clicks with pauses, and groups run in
/// parallel. The same file always gives the same clicks. The label and family are left out, as nothing may read
/// them.</summary>
internal sealed class PathRecords
{
    /// <summary>The time from which a file's clicks are spread: 2025-11-22T00:00:00Z.</summary>
    internal const long EpochMs = 1_763_769_600_000;

    /// <summary>The maximum time from the epoch to a group's first click, in ms.</summary>
    private const int StartsWithinMs = 600_000;

    /// <summary>The pause between two clicks of a group, in ms: 20 minutes, plus at most twice as much. An invented
    /// pause must not influence the verdict: with a few seconds, the rate limits condemned every person in the
    /// recordings; with a few minutes, the click forest did.</summary>
    private const int PauseMs = 1_200_000;

    private readonly Dictionary<string, long> _clocks = [];
    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <summary>Whether an object is such a record: it has points and no event type.</summary>
    internal static bool IsOne(JsonElement record) =>
        record.ValueKind == JsonValueKind.Object
        && !record.TryGetProperty("type", out _)
        && record.TryGetProperty("points", out JsonElement points)
        && points.ValueKind == JsonValueKind.Array
        && record.TryGetProperty("id", out JsonElement id)
        && id.ValueKind == JsonValueKind.String;

    /// <summary>Gets the address of a group: a separate /56 in the upper half of 2001:db8::/32, the range for
    /// documentation (RFC 3849), so that it is on no list.</summary>
    internal static string AddressOf(string source, string group)
    {
        ulong hash = XxHash64.HashToUInt64(Encoding.UTF8.GetBytes($"{source}\n{group}"));
        UInt128 network = (UInt128)0x20010db8 << 96 | UInt128.One << 95 | (UInt128)(hash & 0x7FFFFF) << 72;
        return new IpAddress(network | 1, false).ToString();
    }

    /// <summary>Creates the click, in JSON.</summary>
    internal byte[] ToClick(JsonElement record)
    {
        string id = record.GetProperty("id").GetString()!;
        string source = Text(record, "source", "paths");
        string group = Text(record, "group", id);
        JsonElement points = record.GetProperty("points");
        JsonElement last = points.GetArrayLength() > 0 ? points[points.GetArrayLength() - 1] : default;
        bool hasLast =
            last.ValueKind == JsonValueKind.Array
            && last.GetArrayLength() == 3
            && last.EnumerateArray().All(number => number.ValueKind == JsonValueKind.Number);

        _buffer.Clear();
        using (var json = new Utf8JsonWriter(_buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", "click");
            json.WriteString("id", IdentifierOf(id));
            json.WriteNumber("time", NextTime($"{source}\n{group}", id, hasLast ? last[0].GetDouble() : 0));
            json.WriteString("ip", AddressOf(source, group));
            json.WriteString("visitor", IdentifierOf($"{source}-{group}"));
            json.WriteString("publisher", IdentifierOf(source));
            json.WriteString("campaign", IdentifierOf($"paths-{source}"));
            json.WriteString("pointer", "mouse");
            if (hasLast)
            {
                Number(json, "x", last[1]);
                Number(json, "y", last[2]);
            }
            json.WriteBoolean("expects_path", true);
            json.WritePropertyName("path");
            json.WriteRawValue(points.GetRawText(), skipInputValidation: true);
            json.WriteEndObject();
        }
        return _buffer.WrittenSpan.ToArray();
    }

    private static void Number(Utf8JsonWriter json, string name, JsonElement value)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(value.GetRawText(), skipInputValidation: true);
    }

    private long NextTime(string clock, string id, double durationMs)
    {
        ulong hash = XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(id));
        long time = _clocks.TryGetValue(clock, out long before)
            ? before + PauseMs + (long)(hash % (2 * PauseMs))
            : EpochMs + (long)(XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(clock)) % StartsWithinMs);
        time += (long)Math.Clamp(durationMs, 0, StartsWithinMs);
        _clocks[clock] = time;
        return time;
    }

    private static string Text(JsonElement record, string name, string fallback) =>
        record.TryGetProperty(name, out JsonElement value)
        && value.ValueKind is JsonValueKind.String or JsonValueKind.Number
            ? value.ToString()
            : fallback;

    /// <summary>Replaces characters that identifiers can't have by underscores.</summary>
    private static string IdentifierOf(string text)
    {
        string id = string.Create(Math.Min(text.Length, EventLimits.MaxIdentifierBytes), text, static (into, from) =>
        {
            for (int i = 0; i < into.Length; i++)
            {
                into[i] = Identifier.Holds(from[i]) ? from[i] : '_';
            }
        });
        return id.Length > 0 ? id : "_";
    }
}
