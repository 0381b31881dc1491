using System.Globalization;
using System.Net;
using Engine.Contracts;
using Engine.Web;
using Engine.WebConsole.Log;
using StackExchange.Redis;

namespace Engine.WebConsole.Health;

/// <summary>A partition of a topic that the group decides.</summary>
/// <param name="Name"><c>interactions-2</c></param>
/// <param name="IsHere">Whether this engine owns it.</param>
/// <param name="Owner">The ownership in force; null if it never had one.</param>
/// <param name="Next">The next offset to decide; null before the first.</param>
/// <param name="LogTime">The log time up to there, ms; null before the first.</param>
/// <param name="End">The offset of the log's end.</param>
/// <param name="Mark">Its owner's last mark; null for none.</param>
public sealed record PartitionHealth(
    string Name,
    bool IsHere,
    string? Owner,
    long? Next,
    long? LogTime,
    long First,
    long End,
    MarkState? Mark
)
{
    /// <summary>The number of records that aren't decided yet.</summary>
    public long Lag => Math.Max(0, End - Math.Max(Next ?? 0, First));
}

/// <summary>A Redis server.</summary>
public sealed record RedisNode(string Address, bool IsConnected, bool IsReplica, string Version);

/// <summary>Everything that the health page shows.</summary>
public sealed record HealthReport(
    EngineState Engine,
    IReadOnlyList<PartitionHealth> Partitions,
    IReadOnlyList<RedisNode> Redis
)
{
    /// <summary>What is wrong, in sentences; empty if nothing is.</summary>
    public IEnumerable<string> Problems
    {
        get
        {
            if (Engine.Failure is { } failure)
            {
                yield return $"A lane has failed: {failure}";
            }

            if (Engine.RedisTrouble is { } trouble)
            {
                yield return $"Redis doesn't take results: {trouble}";
            }

            if (!Engine.SettingsAreFresh)
            {
                yield return "The topic settings can't be read to its end, so nothing is decided.";
            }

            if (Engine.Missing is { } missing)
            {
                yield return $"The settings name what this engine lacks: {missing}";
            }

            foreach (RedisNode node in Redis.Where(node => !node.IsConnected))
            {
                yield return $"Redis at {node.Address} isn't connected.";
            }
        }
    }
}

/// <summary>Reads the state of the group: from this engine, from Redis and from Kafka. Thread-safe.</summary>
internal sealed class HealthReader(
    IEngineHealth engine,
    IConnectionMultiplexer redis,
    RedisKeys keys,
    TopicReader topics,
    IEventOut kafka,
    IReadOnlyList<string> decided
)
{
    public async Task<HealthReport> ReadAsync(CancellationToken cancel)
    {
        EngineState state = engine.Read();
        IReadOnlyList<PartitionHealth>[] partitions = await Task.WhenAll(
                decided.Select(topic => PartitionsAsync(topic, state, cancel))
            )
            .ConfigureAwait(false);
        return new HealthReport(
            state,
            [.. partitions.SelectMany(of => of)],
            [
                .. redis
                    .GetServers()
                    .Select(server => new RedisNode(
                        AddressOf(server.EndPoint),
                        server.IsConnected,
                        server.IsReplica,
                        server.Version.ToString()
                    ))
                    .OrderBy(node => node.Address, StringComparer.Ordinal),
            ]
        );
    }

    private async Task<IReadOnlyList<PartitionHealth>> PartitionsAsync(
        string topic,
        EngineState state,
        CancellationToken cancel
    )
    {
        IReadOnlyList<TopicReader.Range> ranges = await topics
            .RangesAsync(topic, kafka.PartitionsOf(topic), cancel)
            .ConfigureAwait(false);
        IDatabase database = redis.GetDatabase();
        return await Task.WhenAll(
                ranges.Select(
                    async (range, number) =>
                    {
                        string name = RedisKeys.Partition(topic, number);
                        string owner = (
                                await database.StringGetAsync(keys.Owner(name)).ConfigureAwait(false)
                            ).ToString(),
                            progress = (
                                await database.StringGetAsync(keys.Progress(name)).ConfigureAwait(false)
                            ).ToString();
                        string[] parts = progress.Split(' ');
                        return new PartitionHealth(
                            name,
                            state.Owned.Contains(name),
                            owner.Length > 0 ? owner : null,
                            Number(parts[0]),
                            parts.Length > 1 ? Number(parts[1]) : null,
                            range.First,
                            range.End,
                            state.LastMark.GetValueOrDefault(name)
                        );
                    }
                )
            )
            .ConfigureAwait(false);
    }

    private static long? Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    private static string AddressOf(EndPoint end) =>
        end is DnsEndPoint named
            ? string.Create(CultureInfo.InvariantCulture, $"{named.Host}:{named.Port}")
            : end.ToString() ?? "";
}
