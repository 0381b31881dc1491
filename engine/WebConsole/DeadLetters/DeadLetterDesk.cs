using System.Text;
using System.Text.Json;
using Engine.Contracts;
using Engine.Contracts.Events;
using Engine.Web;
using Engine.WebConsole.Log;

namespace Engine.WebConsole.DeadLetters;

/// <summary>Reads dead letters, and sends mended ones again. Thread-safe.</summary>
/// <param name="prefix">The group's prefix of topics.</param>
/// <param name="events">The events that topics may hold.</param>
internal sealed class DeadLetterDesk(TopicReader topics, IEventOut kafka, string prefix, EventCatalog events)
{
    /// <summary>The number of the latest letters of each partition that are looked at.</summary>
    private const int LatestOfPartition = 500;

    /// <summary>Who sent a letter again, why, and which letter it was: headers of the new record.</summary>
    public const string ByHeader = "resent.by",
        BecauseHeader = "resent.because",
        OfHeader = "resent.of";

    private readonly string _topic = prefix + Topics.DeadLetters;

    /// <summary>The latest letters, the latest first.</summary>
    public async Task<IReadOnlyList<DeadLetter>> LatestAsync(CancellationToken cancel)
    {
        IReadOnlyList<LogRecord>[] parts = await Task.WhenAll(
                Enumerable
                    .Range(0, kafka.PartitionsOf(_topic))
                    .Select(number => topics.ReadLastAsync(_topic, number, LatestOfPartition, cancel))
            )
            .ConfigureAwait(false);
        return
        [
            .. parts
                .SelectMany(part => part)
                .OrderByDescending(record => record.Timestamp)
                .ThenByDescending(record => record.Offset)
                .Select(record => new DeadLetter(record)),
        ];
    }

    /// <summary>One letter; null if the topic no longer has it.</summary>
    public async Task<DeadLetter?> FindAsync(int partition, long offset, CancellationToken cancel) =>
        partition < kafka.PartitionsOf(_topic)
        && await topics.ReadAsync(_topic, partition, offset, offset + 1, cancel).ConfigureAwait(false) is [var record]
        && record.Offset == offset
            ? new DeadLetter(record)
            : null;

    /// <summary>Whether letters that came by a topic can be sent to it again: it holds events.</summary>
    public bool Takes(string topic) => events.Holds.ContainsKey(topic);

    /// <summary>What is wrong with a mended event; null if the engine would take it.</summary>
    /// <param name="letter">The letter whose headers it keeps.</param>
    public string? Problem(DeadLetter letter, string key, string text)
    {
        EventFindings found = EventCheck.Inspect(
            Encoding.UTF8.GetBytes(text),
            events,
            EventHeaders.Of(letter.Record.Header)
        );
        if (!found.IsGood)
        {
            return $"It still can't be used: {found.Reason.Word()}, {found.Detail}.";
        }

        if (found.Schema!.Topic != letter.Topic)
        {
            return $"Events of the type {found.Schema.Type} belong to the topic {found.Schema.Topic}, and this came by "
                + $"{letter.Topic}.";
        }

        return found.Key != null && found.Key != key
            ? $"Its key would be {found.Key}, and the key given is another: it would lie in a wrong partition."
            : null;
    }

    /// <summary>Sends a mended event to the topic that the letter came by, and completes when Kafka has it.</summary>
    public Task SendAsync(DeadLetter letter, string key, string text, string by, string because) =>
        kafka.SendAsync(
            letter.Topic,
            key,
            Encoding.UTF8.GetBytes(text),
            [
                .. letter
                    .OriginalHeaders.Where(header => header.Value != null)
                    .Select(header => (header.Name, Encoding.UTF8.GetString(header.Value!))),
                (ByHeader, by),
                (BecauseHeader, because),
                (OfHeader, letter.Record.At),
            ]
        );

    /// <summary>A value as it is offered for mending: JSON on several lines, if it is JSON.</summary>
    public static string Indented(string text)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(text);
            return JsonSerializer.Serialize(json.RootElement, Readable);
        }
        catch (JsonException)
        {
            return text;
        }
    }

    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
