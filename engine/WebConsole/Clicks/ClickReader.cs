using System.Globalization;
using System.Text;
using Engine.Client;
using Engine.Contracts;
using Engine.Web;
using Engine.WebConsole.Log;
using StackExchange.Redis;

namespace Engine.WebConsole.Clicks;

/// <summary>Reads what Redis and the log have of single clicks. Thread-safe.</summary>
/// <param name="kafka">Knows how many partitions topics have.</param>
internal sealed class ClickReader(IDatabase redis, RedisKeys keys, TopicReader topics, IEventOut kafka)
{
    /// <summary>The number of records before and after a click among which its neighbours are looked for.</summary>
    private const int NeighbourRecords = 1_000;

    private const int MaxNeighbours = 20,
        RecentOfPartition = 40,
        MaxRecent = 50;

    /// <summary>The number of the latest labels of a partition among which a click's are looked for.</summary>
    public const int LabelRecords = 20_000;

    private readonly VerdictLookup _verdicts = new(redis.Multiplexer, keys.Prefix);

    /// <summary>The verdict as it is stored, or as it is assumed by where the click lies; null for none.</summary>
    public Task<byte[]?> StoredAsync(string click, ClickPlace? place) => _verdicts.GetJsonAsync(click, place);

    /// <summary>A click as the log has it; null if the verdict doesn't say where, or if it is no longer
    /// there.</summary>
    public async Task<RecordedClick?> RecordedAsync(Verdict verdict, CancellationToken cancel)
    {
        if (LogPlace.Parse(Topics.Interactions, verdict.At) is not { Partition: var partition, Offset: var offset })
        {
            return null;
        }

        IReadOnlyList<LogRecord> found = await topics
            .ReadAsync(Topics.Interactions, partition, offset, offset + 1, cancel)
            .ConfigureAwait(false);
        return found is [var record] && RecordedClick.Of(record) is { } click && click.Id == verdict.Click
            ? click
            : null;
    }

    /// <summary>The nearest clicks of the same visitor or network, with their verdicts, in the order of the
    /// log.</summary>
    public async Task<IReadOnlyList<JudgedClick>> NeighboursAsync(RecordedClick of, CancellationToken cancel)
    {
        LogRecord at = of.Record;
        IReadOnlyList<LogRecord> around = await topics
            .ReadAsync(at.Topic, at.Partition, at.Offset - NeighbourRecords, at.Offset + NeighbourRecords, cancel)
            .ConfigureAwait(false);
        return await JudgedAsync(
                around
                    .Where(record => record.Offset != at.Offset && record.KeyText == at.KeyText)
                    .Select(RecordedClick.Of)
                    .OfType<RecordedClick>()
                    .OrderBy(click => Math.Abs(click.Record.Offset - at.Offset))
                    .Take(MaxNeighbours)
                    .OrderBy(click => click.Record.Offset)
            )
            .ConfigureAwait(false);
    }

    /// <summary>The latest clicks of the log with their verdicts, the latest first.</summary>
    public async Task<IReadOnlyList<JudgedClick>> RecentAsync(CancellationToken cancel)
    {
        IEnumerable<LogRecord> latest = await topics
            .ReadLastOfAllAsync(Topics.Interactions, kafka.PartitionsOf(Topics.Interactions), RecentOfPartition, cancel)
            .ConfigureAwait(false);
        return await JudgedAsync(latest.Select(RecordedClick.Of).OfType<RecordedClick>().Take(MaxRecent))
            .ConfigureAwait(false);
    }

    /// <summary>A click's labels among the latest of its partition of <c>labels</c>, the earliest first.</summary>
    public async Task<IReadOnlyList<ClickLabel>> LabelsAsync(string click, CancellationToken cancel)
    {
        int partition = Murmur2.Partition(Encoding.UTF8.GetBytes(click), kafka.PartitionsOf(Topics.Labels));
        IReadOnlyList<LogRecord> records = await topics
            .ReadLastAsync(Topics.Labels, partition, LabelRecords, cancel)
            .ConfigureAwait(false);
        return
        [
            .. records
                .Where(record => record.KeyText == click)
                .Select(record => ClickLabel.Of(record, click))
                .OfType<ClickLabel>(),
        ];
    }

    /// <summary>What is known of a network; null if nothing is.</summary>
    public async Task<NetworkStanding?> NetworkAsync(string cidr)
    {
        RedisValue[] found = await redis
            .HashGetAsync(keys.Network(cidr), ["clicks", "fraud", "score"])
            .ConfigureAwait(false);
        return found[0].IsNull ? null : new NetworkStanding(Number(found[0]), Number(found[1]), Number(found[2]));
    }

    private static double Number(RedisValue value) =>
        double.TryParse(value.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? number
            : 0;

    private async Task<IReadOnlyList<JudgedClick>> JudgedAsync(IEnumerable<RecordedClick> clicks) =>
        await Task.WhenAll(
                clicks.Select(async click => new JudgedClick(
                    click,
                    await StoredAsync(click.Id, PlaceOf(click)).ConfigureAwait(false) is { } stored
                        ? Read(click.Id, stored)
                        : null
                ))
            )
            .ConfigureAwait(false);

    /// <summary>Where a click of the log lies; null if its record has no key.</summary>
    public static ClickPlace? PlaceOf(RecordedClick click) =>
        click.Network is { Length: > 0 } key ? ClickPlace.At(key, click.Record.Offset) : null;

    /// <summary>Reads a stored verdict; null if it isn't one.</summary>
    public static Verdict? Read(string click, byte[] stored)
    {
        try
        {
            return VerdictLookup.Read(click, stored);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}

/// <summary>A click of the log with its verdict; null if it has none, or none any more.</summary>
public sealed record JudgedClick(RecordedClick Click, Verdict? Verdict);

/// <summary>What is known of a network ahead of its next click.</summary>
/// <param name="Clicks">Its clicks, those long ago with less weight.</param>
/// <param name="Fraud">Those of them that were invalid.</param>
/// <param name="Score">The share of invalid ones, 0 to 1.</param>
public sealed record NetworkStanding(double Clicks, double Fraud, double Score);
