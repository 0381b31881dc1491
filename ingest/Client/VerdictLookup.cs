using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Contracts;
using StackExchange.Redis;

namespace Engine.Client;

/// <summary>Looks verdicts up in Redis, Redis Cluster or Garnet. Thread-safe. It neither opens nor closes the
/// connection.</summary>
/// <param name="redis">The connection to the engine's results.</param>
/// <param name="prefix">The engine's key prefix: empty, unless a second group of engines writes to this Redis.</param>
public sealed class VerdictLookup(IConnectionMultiplexer redis, string prefix = "")
{
    private readonly RedisKeys _keys = new(prefix, Group: "");

    /// <summary>Returns a click's verdict, or null if it isn't decided yet or has expired.</summary>
    /// <param name="clickId">The click's <c>id</c>.</param>
    /// <exception cref="FormatException">The key holds something other than a verdict.</exception>
    /// <exception cref="RedisException">Redis is unreachable, or returns an error.</exception>
    public async Task<Verdict?> GetAsync(string clickId)
    {
        byte[]? json = await redis.GetDatabase().StringGetAsync(_keys.Verdict(clickId)).ConfigureAwait(false);
        return json is null ? null : Read(clickId, json);
    }

    /// <summary>Parses a stored verdict that the caller has fetched.</summary>
    /// <param name="clickId">The click's <c>id</c>, which the stored verdict may omit.</param>
    /// <param name="json">The value of the key <c>verdict:&lt;click&gt;</c>.</param>
    /// <exception cref="FormatException">The value isn't a verdict.</exception>
    public static Verdict Read(string clickId, ReadOnlySpan<byte> json)
    {
        try
        {
            JsonNode stored = JsonNode.Parse(json) ?? throw new FormatException($"verdict:{clickId} holds null.");
            return new Verdict
            {
                Click = (string?)stored["click"] ?? clickId,
                Class = Text(stored, "class"),
                Score = (double)Must(stored, "score"),
                Band = Text(stored, "band"),
                Action = Text(stored, "action"),
                Billable = (bool)Must(stored, "billable"),
                Reasons = stored["reasons"] is JsonArray reasons ? [.. reasons.Select(reason => (string)reason!)] : [],
                Evidence = stored["evidence"] as JsonObject ?? [],
                Path = (string?)stored["path"] ?? "none",
                Time = (long?)stored["time"],
                At = (string?)stored["at"],
                Model = Text(stored, "model"),
                Settings = Text(stored, "settings"),
            };
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException($"verdict:{clickId} isn't a verdict: {error.Message}", error);
        }
    }

    private static JsonNode Must(JsonNode stored, string field) =>
        stored[field] ?? throw new KeyNotFoundException($"{field} is missing.");

    private static string Text(JsonNode stored, string field) => (string)Must(stored, field)!;
}
