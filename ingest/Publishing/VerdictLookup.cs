using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Contracts;
using StackExchange.Redis;

namespace Ingest.Publishing;

/// <summary>
/// A click's verdict with what can be told filled in; its fields are those of the contract's "The verdict".
/// </summary>
/// <param name="Click">The click it is of.</param>
/// <param name="Class"><c>valid</c>, <c>suspect</c>, <c>givt</c> or <c>sivt</c>.</param>
/// <param name="Score">The calibrated probability that the click is invalid, 0 to 1.</param>
/// <param name="Band"><c>allow</c>, <c>review</c>, <c>challenge</c> or <c>block</c>.</param>
/// <param name="Action"><c>accept</c>, <c>flag</c>, <c>confirm</c> or <c>deny</c>.</param>
/// <param name="Billable">Whether the advertiser should pay.</param>
/// <param name="Reasons">Strongest first; empty where there are none.</param>
/// <param name="Evidence">The numbers behind each reason, by its code.</param>
/// <param name="Path"><c>present</c>, <c>missing</c> or <c>none</c>.</param>
/// <param name="Time">Event time in ms, or null where the verdict leaves it out.</param>
/// <param name="At">Where the click lies in the log, or null where the verdict leaves it out.</param>
public sealed record Verdict(
    string Click,
    string Class,
    double Score,
    string Band,
    string Action,
    bool Billable,
    IReadOnlyList<string> Reasons,
    JsonObject Evidence,
    string Path,
    long? Time,
    string? At,
    string Model,
    string Settings
);

/// <summary>Looks verdicts up in Redis. Safe for many threads; give it the connection that you have.</summary>
public sealed class VerdictLookup(IConnectionMultiplexer redis, string prefix = "")
{
    /// <summary>The verdict of a click, or null where there is none: not decided yet, or expired.</summary>
    /// <exception cref="FormatException">What is stored under the key is no verdict.</exception>
    public async Task<Verdict?> GetAsync(string clickId)
    {
        byte[]? json = await redis
            .GetDatabase()
            .StringGetAsync(RedisKeys.Verdict(prefix, clickId))
            .ConfigureAwait(false);
        return json is null ? null : Read(clickId, json);
    }

    /// <summary>Reads a stored verdict, and fills in what it leaves out.</summary>
    public static Verdict Read(string clickId, ReadOnlySpan<byte> json)
    {
        try
        {
            JsonNode stored = JsonNode.Parse(json) ?? throw new FormatException($"verdict:{clickId} holds null.");
            return new Verdict(
                (string?)stored["click"] ?? clickId,
                Text(stored, "class"),
                (double)Must(stored, "score"),
                Text(stored, "band"),
                Text(stored, "action"),
                (bool)Must(stored, "billable"),
                stored["reasons"] is JsonArray reasons ? [.. reasons.Select(reason => (string)reason!)] : [],
                stored["evidence"] as JsonObject ?? [],
                (string?)stored["path"] ?? "none",
                (long?)stored["time"],
                (string?)stored["at"],
                Text(stored, "model"),
                Text(stored, "settings")
            );
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException($"verdict:{clickId} is no verdict: {error.Message}", error);
        }
    }

    private static JsonNode Must(JsonNode stored, string field) =>
        stored[field] ?? throw new KeyNotFoundException($"{field} is missing.");

    private static string Text(JsonNode stored, string field) => (string)Must(stored, field)!;
}
