using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Engine.Workflows.ContentRequests.Events;

namespace Engine.Workflows.ContentRequests.Decision;

/// <summary>An example of a type's requests.</summary>
/// <param name="Time">Event time, ms.</param>
public sealed record RequestExample(string Request, string? Resource, long Time);

/// <summary>A type of invalid requests: those of one sponsor with the same validity, unit, sizes and parameters, with
/// their counts. Redis keeps one line of JSON per type, for both the sponsor's pages and the partition's next
/// owner.</summary>
public sealed class RequestType
{
    /// <summary>A type recurs when this number of its requests is within <see cref="RecurWithin"/>.</summary>
    public const int RecurRequests = 10;

    public static readonly TimeSpan RecurWithin = TimeSpan.FromDays(7);

    /// <summary>The maximum number of characters of an address to keep as an example.</summary>
    private const int MaxExampleLength = 512;
    private const long DayMs = 86_400_000;

    private readonly SortedDictionary<long, long> _days = [];
    private readonly List<long> _recent = new(RecurRequests + 1);

    private RequestType(
        Validity validity,
        string unit,
        AdSize[] sizes,
        KeyValuePair<string, string>[] asked,
        RequestExample example,
        string? definition
    )
    {
        (Validity, Unit, Sizes, Asked, Example, Definition) = (validity, unit, sizes, asked, example, definition);
        (First, Last) = (long.MaxValue, long.MinValue);
    }

    public Validity Validity { get; }
    public string Unit { get; }

    /// <summary>Sorted and distinct.</summary>
    public AdSize[] Sizes { get; }

    /// <summary>The parameters, by name.</summary>
    public KeyValuePair<string, string>[] Asked { get; }

    /// <summary>The number of requests since the first remembered one.</summary>
    public long Requests { get; private set; }

    /// <summary>Event time of the first and the last request, ms.</summary>
    public long First { get; private set; }

    /// <inheritdoc cref="First"/>
    public long Last { get; private set; }

    /// <summary>The latest request.</summary>
    public RequestExample Example { get; private set; }

    /// <summary>The definition that answered the latest request, or null.</summary>
    public string? Definition { get; private set; }

    /// <summary>The requests of each of the last eight days that had any, by day since the epoch.</summary>
    public IReadOnlyDictionary<long, long> Days => _days;

    /// <summary>The day of a time, as days since the epoch.</summary>
    public static long DayOf(long time) => time / DayMs;

    /// <summary>The number of requests in the week before a time, by whole days: the current day and the seven
    /// before.</summary>
    public long RequestsBefore(long time) =>
        _days
            .Where(day => day.Key <= DayOf(time) && day.Key >= DayOf(time - (long)RecurWithin.TotalMilliseconds))
            .Sum(day => day.Value);

    /// <summary>Whether at least ten requests are in the week before a time.</summary>
    public bool RecursAt(long time) =>
        _recent.Count(at => at > time - (long)RecurWithin.TotalMilliseconds) >= RecurRequests;

    /// <summary>Whether no request is in the week before a time.</summary>
    public bool IsOver(long time) => Last <= time - (long)RecurWithin.TotalMilliseconds;

    /// <summary>Creates the type of a request and its answer, without counting the request.</summary>
    public static RequestType Of(ContentRequest e, ContentAnswer answer) =>
        new(answer.Validity, e.Unit, SortedOnce(e.Sizes), e.Asked, ExampleOf(e), answer.Definition);

    /// <summary>The type's identifier: 128 bits of SHA-256 in hex, as producers control the input.</summary>
    public static string HashOf(Validity validity, string unit, AdSize[] sizes, KeyValuePair<string, string>[] asked)
    {
        var canonical = new ArrayBufferWriter<byte>(256);
        Append(canonical, validity.Word());
        Append(canonical, unit);
        foreach (AdSize size in SortedOnce(sizes))
        {
            Span<byte> place = canonical.GetSpan(8);
            BinaryPrimitives.WriteInt32LittleEndian(place, size.Width);
            BinaryPrimitives.WriteInt32LittleEndian(place[4..], size.Height);
            canonical.Advance(8);
        }
        foreach ((string name, string value) in asked)
        {
            Append(canonical, name);
            Append(canonical, value);
        }
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(canonical.WrittenSpan, hash);
        return Convert.ToHexStringLower(hash[..16]);
    }

    /// <summary>Counts a request of the type.</summary>
    public void Count(ContentRequest e, ContentAnswer answer)
    {
        Requests++;
        First = Math.Min(First, e.Time);
        if (e.Time >= Last)
        {
            (Last, Example, Definition) = (e.Time, ExampleOf(e), answer.Definition);
        }

        _days[DayOf(e.Time)] = _days.GetValueOrDefault(DayOf(e.Time)) + 1;
        Keep(e.Time);
    }

    /// <summary>Adds another partition's counts of the type.</summary>
    public void Add(RequestType other)
    {
        Requests += other.Requests;
        First = Math.Min(First, other.First);
        if (other.Last > Last)
        {
            (Last, Example, Definition) = (other.Last, other.Example, other.Definition);
        }

        foreach ((long day, long count) in other._days)
        {
            _days[day] = _days.GetValueOrDefault(day) + count;
        }

        foreach (long time in other._recent)
        {
            Keep(time);
        }
    }

    public string ToJson() => ContentAnswer.JsonOf(Write);

    /// <summary>Parses the output of <see cref="ToJson"/>; null if it is invalid.</summary>
    public static RequestType? Parse(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            JsonElement root = document.RootElement,
                example = root.GetProperty("example");
            if (
                Validities.Of(root.GetProperty("validity").GetString()) is not { } validity
                || AdSize.ReadList(root.GetProperty("sizes"), out _, out _) is not { } sizes
            )
            {
                return null;
            }

            var type = new RequestType(
                validity,
                root.GetProperty("unit").GetString()!,
                sizes,
                Parameters.Of(
                    root.GetProperty("parameters").EnumerateObject().ToDictionary(one => one.Name, one => one.Value)
                ),
                new RequestExample(
                    example.GetProperty("request").GetString()!,
                    example.TryGetProperty("resource", out JsonElement resource) ? resource.GetString() : null,
                    example.GetProperty("time").GetInt64()
                ),
                root.TryGetProperty("definition", out JsonElement definition) ? definition.GetString() : null
            )
            {
                Requests = root.GetProperty("requests").GetInt64(),
                First = root.GetProperty("first").GetInt64(),
                Last = root.GetProperty("last").GetInt64(),
            };
            foreach (JsonProperty day in root.GetProperty("days").EnumerateObject())
            {
                type._days[
                    DayOf(
                        DateTimeOffset
                            .ParseExact(
                                day.Name,
                                "yyyy-MM-dd",
                                CultureInfo.InvariantCulture,
                                DateTimeStyles.AssumeUniversal
                            )
                            .ToUnixTimeMilliseconds()
                    )
                ] = day.Value.GetInt64();
            }

            foreach (JsonElement time in root.GetProperty("recent").EnumerateArray())
            {
                type._recent.Add(time.GetInt64());
            }

            return type;
        }
        catch (Exception problem)
            when (problem is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Writes the published fields except <c>type</c>.</summary>
    public void WriteFields(Utf8JsonWriter json, string? definition)
    {
        json.WriteString("validity"u8, Validity.Word());
        json.WriteString("unit"u8, Unit);
        json.WriteStartArray("sizes"u8);
        foreach (AdSize size in Sizes)
        {
            size.Write(json);
        }

        json.WriteEndArray();
        json.WriteStartObject("parameters"u8);
        foreach ((string name, string value) in Asked)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        json.WriteNumber("requests"u8, Requests);
        json.WriteNumber("first"u8, First);
        json.WriteNumber("last"u8, Last);
        json.WriteStartObject("example"u8);
        json.WriteString("request"u8, Example.Request);
        if (Example.Resource != null)
        {
            json.WriteString("resource"u8, Example.Resource);
        }

        json.WriteNumber("time"u8, Example.Time);
        json.WriteEndObject();
        if (definition != null)
        {
            json.WriteString("definition"u8, definition);
        }
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        WriteFields(json, Definition);
        json.WriteStartObject("days"u8);
        foreach ((long day, long count) in _days)
        {
            json.WriteNumber(
                DateTimeOffset
                    .FromUnixTimeMilliseconds(day * DayMs)
                    .ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                count
            );
        }

        json.WriteEndObject();
        json.WriteStartArray("recent"u8);
        foreach (long time in _recent)
        {
            json.WriteNumberValue(time);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Keeps the latest ten times, which are enough to detect recurrence, and drops days that are over a week
    /// before the last one.</summary>
    private void Keep(long time)
    {
        int at = _recent.BinarySearch(time);
        _recent.Insert(at < 0 ? ~at : at, time);
        if (_recent.Count > RecurRequests)
        {
            _recent.RemoveAt(0);
        }

        long oldest = DayOf(Last - (long)RecurWithin.TotalMilliseconds);
        while (_days.Count > 1 && _days.First() is { } first && first.Key < oldest)
        {
            _days.Remove(first.Key);
        }
    }

    private static AdSize[] SortedOnce(AdSize[] sizes) =>
        sizes.Length == 1 ? [sizes[0]] : [.. sizes.Distinct().Order()];

    private static RequestExample ExampleOf(ContentRequest e) =>
        new(
            e.Request,
            e.Resource is { Length: > MaxExampleLength } ? e.Resource[..MaxExampleLength] : e.Resource,
            e.Time
        );

    /// <summary>Appends a text preceded by its length, so distinct types can't have the same bytes.</summary>
    private static void Append(ArrayBufferWriter<byte> canonical, string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        Span<byte> place = canonical.GetSpan(length + 4);
        BinaryPrimitives.WriteInt32LittleEndian(place, length);
        Encoding.UTF8.GetBytes(text, place[4..]);
        canonical.Advance(length + 4);
    }
}
