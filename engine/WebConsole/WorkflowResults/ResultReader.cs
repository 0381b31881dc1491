using System.Text;
using System.Text.Json.Nodes;
using Engine.Client;
using Engine.Contracts;
using Engine.Web;
using Engine.WebConsole.Log;
using StackExchange.Redis;

namespace Engine.WebConsole.WorkflowResults;

/// <summary>Reads the latest events of workflows, and what the workflows wrote of them. It reads the ends of topics and
/// keys that it knows the names of, and never scans. Thread-safe.</summary>
/// <param name="kafka">Knows how many partitions topics have.</param>
internal sealed class ResultReader(IDatabase redis, RedisKeys keys, TopicReader topics, IEventOut kafka)
{
    /// <summary>The number of the latest records of each partition that are looked at for a list.</summary>
    private const int LatestOfPartition = 200;

    /// <summary>The number of the latest records of a partition among which the events of one key are looked
    /// for.</summary>
    public const int LatestOfKey = 2_000;

    /// <summary>The latest events of a topic, the latest first.</summary>
    public async Task<IReadOnlyList<RecordedEvent>> LatestAsync(string topic, CancellationToken cancel) =>
        [
            .. EventsOf(
                await topics
                    .ReadLastOfAllAsync(topic, kafka.PartitionsOf(topic), LatestOfPartition, cancel)
                    .ConfigureAwait(false)
            ),
        ];

    /// <summary>The latest events of a topic that have a key, the latest first.</summary>
    public async Task<IReadOnlyList<RecordedEvent>> LatestOfAsync(string topic, string key, CancellationToken cancel)
    {
        IReadOnlyList<LogRecord> records = await topics
            .ReadLastAsync(topic, PartitionOf(topic, key), LatestOfKey, cancel)
            .ConfigureAwait(false);
        return [.. EventsOf(records.Reverse().Where(record => record.KeyText == key))];
    }

    /// <summary>The event at a place of the log, such as <c>messages-1@12</c>; null if it is no longer there.</summary>
    public async Task<RecordedEvent?> AtAsync(string topic, string? at, CancellationToken cancel)
    {
        if (LogPlace.Parse(topic, at) is not { Partition: var partition, Offset: var offset })
        {
            return null;
        }

        IReadOnlyList<LogRecord> found = await topics
            .ReadAsync(topic, partition, offset, offset + 1, cancel)
            .ConfigureAwait(false);
        return EventsOf(found.Where(record => record.Offset == offset)).FirstOrDefault();
    }

    /// <summary>A value that a workflow wrote; null if there is none.</summary>
    /// <param name="key">Its key, without the group's prefix.</param>
    public async Task<JsonObject?> FindAsync(string key)
    {
        RedisValue json = await redis.StringGetAsync(keys.Prefix + key).ConfigureAwait(false);
        return json.IsNull ? null : JsonNode.Parse(json.ToString()) as JsonObject;
    }

    /// <summary>The results of events that name something by an identifier, each thing once, in the order of the
    /// events.</summary>
    /// <param name="field">The field that names it; events without an identifier there are left out.</param>
    /// <param name="keyOf">The key of a thing's result, without the group's prefix.</param>
    /// <param name="max">The most that are looked up.</param>
    public async Task<IReadOnlyList<EventResult>> ResultsOfAsync(
        IEnumerable<RecordedEvent> events,
        string field,
        Func<string, string> keyOf,
        int max
    ) =>
        await Task.WhenAll(
                events
                    .Select(e => (Id: e.Text(field) ?? "", Event: e))
                    .Where(one => Identifier.IsOne(one.Id))
                    .DistinctBy(one => one.Id)
                    .Take(max)
                    .Select(async one => new EventResult(
                        one.Id,
                        one.Event,
                        await FindAsync(keyOf(one.Id)).ConfigureAwait(false)
                    ))
            )
            .ConfigureAwait(false);

    /// <summary>The names of a topic's partitions.</summary>
    public IEnumerable<string> PartitionsOf(string topic) =>
        Enumerable.Range(0, kafka.PartitionsOf(topic)).Select(number => RedisKeys.Partition(topic, number));

    /// <summary>The name of the partition that a key's events are in.</summary>
    public string PartitionNameOf(string topic, string key) => RedisKeys.Partition(topic, PartitionOf(topic, key));

    private int PartitionOf(string topic, string key) =>
        Murmur2.Partition(Encoding.UTF8.GetBytes(key), kafka.PartitionsOf(topic));

    private static IEnumerable<RecordedEvent> EventsOf(IEnumerable<LogRecord> records) =>
        records
            .Select(record => EventText.FieldsOf(record) is { } fields ? new RecordedEvent(record, fields) : null)
            .OfType<RecordedEvent>();
}

/// <summary>What an event of the log names, with what a workflow wrote of it.</summary>
/// <param name="Result">Null if nothing is decided, or the result has expired.</param>
public sealed record EventResult(string Id, RecordedEvent Event, JsonObject? Result);
