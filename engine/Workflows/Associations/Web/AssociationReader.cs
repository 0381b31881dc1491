using System.Globalization;
using System.Text.Json.Nodes;
using Engine.Web;
using Engine.Workflows.Associations.Decision;
using Engine.Workflows.Associations.Settings;
using Engine.Workflows.Module;
using StackExchange.Redis;

namespace Engine.Workflows.Associations.Web;

/// <summary>Reads associations and chains from Redis. Thread-safe.</summary>
internal sealed class AssociationReader(WorkflowEndpoints endpoints)
{
    /// <summary>Chains are walked at most so far.</summary>
    private const int MaxDepth = 100_000;

    private const int MaxWaitMs = 30_000,
        LookEveryMs = 10;

    private IDatabase Redis => endpoints.Redis.GetDatabase();

    public long Now => endpoints.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    public ItemSetting? Item(string id) =>
        ((AssociationSettings)endpoints.Settings.At(Now, out _)).Items.GetValueOrDefault(id);

    /// <summary>The milliseconds that a request wants to wait for a result; 0 if it doesn't.</summary>
    /// <exception cref="RefusedException">It isn't a number in range (400).</exception>
    public static int WaitOf(HttpRequest request)
    {
        string text = request.Query["wait"].ToString();
        return text.Length == 0 ? 0
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int ms) && ms <= MaxWaitMs ? ms
            : throw new RefusedException(
                StatusCodes.Status400BadRequest,
                $"'wait' is '{text}'; expected milliseconds, at most {MaxWaitMs}",
                "wait"
            );
    }

    /// <summary>An association's outcome; null if there is none within a time.</summary>
    public async Task<JsonObject?> FindAsync(string id, int waitMs, CancellationToken cancel)
    {
        long since = endpoints.Clock.GetTimestamp();
        while (true)
        {
            RedisValue json = await Redis
                .StringGetAsync(endpoints.Keys.Prefix + AssociationResultKeys.Outcome(id))
                .ConfigureAwait(false);
            if (!json.IsNull)
            {
                return JsonNode.Parse(json.ToString())!.AsObject();
            }

            if (endpoints.Clock.GetElapsedTime(since).TotalMilliseconds >= waitMs)
            {
                return null;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(LookEveryMs), endpoints.Clock, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>The associations from the root to one, each with its account.</summary>
    public async Task<JsonArray> ChainAsync(string item, string id)
    {
        string? key = null;
        foreach (string partition in endpoints.Partitions)
        {
            string candidate = endpoints.Keys.Prefix + AssociationResultKeys.Chain(item, partition);
            if (await Redis.HashExistsAsync(candidate, id).ConfigureAwait(false))
            {
                key = candidate;
                break;
            }
        }

        List<JsonObject> chain = [];
        for (string? at = id; key != null && at != null && chain.Count < MaxDepth;)
        {
            RedisValue value = await Redis.HashGetAsync(key, at).ConfigureAwait(false);
            if (value.IsNull)
            {
                break;
            }

            string[] words = value.ToString().Split(' ', 2);
            chain.Add(new JsonObject { ["association"] = at, ["account"] = words[1] });
            at = words[0] == "-" ? null : words[0];
        }

        chain.Reverse();
        return [.. chain];
    }

    /// <summary>The associations of an item, as <c>(id, parent, account)</c>.</summary>
    public async Task<IReadOnlyList<(string Id, string? Parent, string Account)>> OfItemAsync(string item)
    {
        List<(string, string?, string)> all = [];
        foreach (string partition in endpoints.Partitions)
        {
            await foreach (
                HashEntry entry in Redis
                    .HashScanAsync(endpoints.Keys.Prefix + AssociationResultKeys.Chain(item, partition), pageSize: 1000)
                    .ConfigureAwait(false)
            )
            {
                string[] words = entry.Value.ToString().Split(' ', 2);
                all.Add((entry.Name.ToString(), words[0] == "-" ? null : words[0], words[1]));
            }
        }

        return all;
    }
}
