using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Contracts;
using StackExchange.Redis;

namespace Engine.Client;

/// <summary>Looks verdicts up in Redis, Redis Cluster or Garnet. Thread-safe. It neither opens nor closes the
/// connection.</summary>
/// <param name="redis">The connection to the engine's results.</param>
/// <param name="prefix">The engine's key prefix: empty, unless a second group of engines writes to this Redis.</param>
/// <param name="clock">Tells which verdicts have expired; the system's clock if null.</param>
public sealed class VerdictLookup(IConnectionMultiplexer redis, string prefix = "", TimeProvider? clock = null)
{
    /// <summary>How long the group's name and its number of partitions are remembered.</summary>
    private static readonly TimeSpan GroupKept = TimeSpan.FromMinutes(1);

    private readonly RedisKeys _keys = new(prefix, Group: "");
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private volatile KnownGroup? _group;

    /// <summary>Returns a click's verdict, or null if it isn't decided yet or has expired. Also null of a plain valid
    /// click if the engine doesn't write such verdicts: give its place, too.</summary>
    /// <param name="clickId">The click's <c>id</c>.</param>
    /// <exception cref="FormatException">The key holds something other than a verdict.</exception>
    /// <exception cref="RedisException">Redis is unreachable, or returns an error.</exception>
    public Task<Verdict?> GetAsync(string clickId) => GetAsync(clickId, null);

    /// <summary>Returns a click's verdict, or null if it isn't decided yet or has expired. If the engine doesn't write
    /// plain verdicts, and has decided the click, a valid one that is <see cref="Verdict.IsAssumed"/>.</summary>
    /// <param name="clickId">The click's <c>id</c>.</param>
    /// <param name="place">Where the click lies, or when it was sent; null if unknown.</param>
    /// <exception cref="FormatException">The key holds something other than a verdict.</exception>
    /// <exception cref="RedisException">Redis is unreachable, or returns an error.</exception>
    public async Task<Verdict?> GetAsync(string clickId, ClickPlace? place) =>
        await GetJsonAsync(clickId, place).ConfigureAwait(false) is { } json ? Read(clickId, json) : null;

    /// <summary>Returns a click's verdict as it is stored, or as <see cref="GetAsync(string, ClickPlace?)"/> assumes
    /// it.</summary>
    /// <param name="clickId">The click's <c>id</c>.</param>
    /// <param name="place">Where the click lies, or when it was sent; null if unknown.</param>
    /// <exception cref="RedisException">Redis is unreachable, or returns an error.</exception>
    public async Task<byte[]?> GetJsonAsync(string clickId, ClickPlace? place = null)
    {
        if (place is not { } known || await GroupAsync().ConfigureAwait(false) is not { } group)
        {
            return await StoredAsync(clickId).ConfigureAwait(false);
        }

        int partition = known.Partition
            ?? Murmur2.Partition(Encoding.UTF8.GetBytes(known.Key!), group.First.Partitions);
        // Progress first: a verdict that is written meanwhile must be seen.
        DecidedPlaces? decided = await DecidedPlaces
            .ReadAsync(redis.GetDatabase(), group.Keys, partition)
            .ConfigureAwait(false);
        byte[]? stored = await StoredAsync(clickId).ConfigureAwait(false);
        return stored != null || decided?.Covers(known, _clock.GetUtcNow().ToUnixTimeMilliseconds()) != true
            ? stored
            : Assumed(clickId, partition, known.Offset);
    }

    private async Task<byte[]?> StoredAsync(string clickId) =>
        await redis.GetDatabase().StringGetAsync(_keys.Verdict(clickId)).ConfigureAwait(false);

    /// <summary>Parses a stored verdict that the caller has fetched.</summary>
    /// <param name="clickId">The click's <c>id</c>, which the stored verdict may omit.</param>
    /// <param name="json">The value of the key <c>verdict:&lt;click&gt;</c>.</param>
    /// <exception cref="FormatException">The value isn't a verdict.</exception>
    public static Verdict Read(string clickId, ReadOnlySpan<byte> json)
    {
        try
        {
            JsonNode stored = JsonNode.Parse(json) ?? throw new FormatException($"verdict:{clickId} holds null.");
            bool isAssumed = (bool?)stored["assumed"] == true;
            return new Verdict
            {
                Click = (string?)stored["click"] ?? clickId,
                Class = Text(stored, "class"),
                Score = isAssumed ? double.NaN : (double)Must(stored, "score"),
                Band = Text(stored, "band"),
                Action = Text(stored, "action"),
                Billable = (bool)Must(stored, "billable"),
                Reasons = stored["reasons"] is JsonArray reasons ? [.. reasons.Select(reason => (string)reason!)] : [],
                Evidence = stored["evidence"] as JsonObject ?? [],
                Path = (string?)stored["path"] ?? (isAssumed ? "" : "none"),
                Time = (long?)stored["time"],
                At = (string?)stored["at"],
                Model = isAssumed ? "" : Text(stored, "model"),
                Settings = isAssumed ? "" : Text(stored, "settings"),
                IsAssumed = isAssumed,
            };
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException($"verdict:{clickId} isn't a verdict: {error.Message}", error);
        }
    }

    /// <summary>Whether the engine neither writes plain verdicts nor publishes them, so that nobody can wait for
    /// one.</summary>
    /// <exception cref="RedisException">Redis is unreachable, or returns an error.</exception>
    internal async Task<bool> HidesPlainAsync() =>
        await GroupAsync().ConfigureAwait(false) is { First: { HasChannel: false } };

    /// <summary>Finds the group that writes here; null if there is none, or if it writes all verdicts.</summary>
    private async Task<KnownGroup?> GroupAsync()
    {
        if (_group is { } known && _clock.GetElapsedTime(known.Since) < GroupKept)
        {
            return known;
        }

        IDatabase database = redis.GetDatabase();
        string? name = await database.StringGetAsync(_keys.GroupKey).ConfigureAwait(false);
        if (name == null)
        {
            return null;
        }

        var keys = new RedisKeys(prefix, name);
        DecidedPlaces? first = await DecidedPlaces.ReadAsync(database, keys, 0).ConfigureAwait(false);
        return _group = first is { Partitions: > 0 } ? new KnownGroup(keys, first, _clock.GetTimestamp()) : null;
    }

    private static byte[] Assumed(string clickId, int partition, long? offset)
    {
        var verdict = new JsonObject
        {
            ["click"] = clickId,
            ["class"] = "valid",
            ["band"] = "allow",
            ["action"] = "accept",
            ["billable"] = true,
            ["assumed"] = true,
        };
        if (offset != null)
        {
            verdict["at"] = new LogPlace(Topics.Interactions, partition, offset.Value).ToString();
        }

        return Encoding.UTF8.GetBytes(verdict.ToJsonString());
    }

    private static JsonNode Must(JsonNode stored, string field) =>
        stored[field] ?? throw new KeyNotFoundException($"{field} is missing.");

    private static string Text(JsonNode stored, string field) => (string)Must(stored, field)!;

    /// <summary>A group that leaves out plain verdicts.</summary>
    /// <param name="First">What its first partition says.</param>
    /// <param name="Since">When it was read, monotonic.</param>
    private sealed record KnownGroup(RedisKeys Keys, DecidedPlaces First, long Since);
}
