using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Engine.Workflows.ContentRequests.Events;

/// <summary>The classes of content requests.</summary>
public enum Validity : byte
{
    Valid,
    InvalidFormat,
    InvalidUnit,
    Spam,
}

/// <summary>The published names of <see cref="Validity"/>.</summary>
public static class Validities
{
    private static readonly string[] Words = ["valid", "invalid-format", "invalid-unit", "spam"];

    public static string Word(this Validity validity) => Words[(int)validity];

    public static Validity? Of(string? word) => Array.IndexOf(Words, word) is >= 0 and int at ? (Validity)at : null;
}

/// <summary>The published reasons of content requests.</summary>
public static class ContentReasons
{
    public const string SponsorUnknown = "sponsor.unknown",
        ResourceForeign = "resource.foreign",
        RateSponsor = "rate.sponsor",
        RateNetwork = "rate.network",
        StandingNetwork = "standing.network",
        SizeUndefined = "size.undefined",
        ParameterUndefined = "parameter.undefined",
        UnitUndefined = "unit.undefined",
        DefinitionNone = "definition.none";
}

/// <summary>The decision on a content request: <c>content:&lt;request&gt;</c>, which is also the response of the HTTP
/// endpoint.</summary>
/// <param name="Definition">The definition that the answer conforms to; null for spam and if the sponsor has
/// none.</param>
/// <param name="Item">The item to show; null if <paramref name="Definition"/> is.</param>
/// <param name="Size">One of the definition's sizes, the requested one if possible.</param>
/// <param name="Time">Event time, or log time if that was too far off, ms.</param>
/// <param name="Settings">The version of the settings that decided it.</param>
public sealed record ContentAnswer(
    string Request,
    string Sponsor,
    Validity Validity,
    string? Definition,
    string? Item,
    AdSize? Size,
    IReadOnlyList<string> Reasons,
    long Time,
    string Settings
)
{
    // Never embedded in a page, so quotes and ampersands stay readable in redis-cli.
    internal static readonly JsonWriterOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    /// <summary>The original JSON of an answer given earlier.</summary>
    private string? Given { get; init; }

    public string ToJson() => Given ?? JsonOf(Write);

    /// <summary>Parses an answer; null if the JSON isn't one.</summary>
    public static ContentAnswer? Parse(string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            if (Validities.Of(root.GetProperty("validity").GetString()) is not { } validity)
            {
                return null;
            }

            string? TextOf(string name) => root.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
            AdSize? size = root.TryGetProperty("size", out JsonElement pair)
                ? new AdSize(pair[0].GetInt32(), pair[1].GetInt32())
                : null;
            string[] reasons = [.. root.GetProperty("reasons").EnumerateArray().Select(reason => reason.GetString()!)];
            return new ContentAnswer(
                root.GetProperty("request").GetString()!,
                root.GetProperty("sponsor").GetString()!,
                validity,
                TextOf("definition"),
                TextOf("item"),
                size,
                reasons,
                root.GetProperty("time").GetInt64(),
                root.GetProperty("settings").GetString()!
            )
            {
                Given = json,
            };
        }
        catch (Exception problem)
            when (problem
                    is JsonException
                        or KeyNotFoundException
                        or InvalidOperationException
                        or FormatException
                        or IndexOutOfRangeException
            )
        {
            return null;
        }
    }

    internal static string JsonOf(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> buffer = _buffer ??= new ArrayBufferWriter<byte>(1024);
        buffer.ResetWrittenCount();
        Utf8JsonWriter json = _writer ??= new Utf8JsonWriter(buffer, Readable);
        json.Reset(buffer);
        write(json);
        json.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("request"u8, Request);
        json.WriteString("sponsor"u8, Sponsor);
        json.WriteString("validity"u8, Validity.Word());
        if (Definition != null)
        {
            json.WriteString("definition"u8, Definition);
        }

        if (Item != null)
        {
            json.WriteString("item"u8, Item);
        }

        if (Size is { } size)
        {
            json.WritePropertyName("size"u8);
            size.Write(json);
        }
        json.WriteStartArray("reasons"u8);
        foreach (string reason in Reasons)
        {
            json.WriteStringValue(reason);
        }

        json.WriteEndArray();
        json.WriteNumber("time"u8, Time);
        json.WriteString("settings"u8, Settings);
        json.WriteEndObject();
    }
}
