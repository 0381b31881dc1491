using System.Text.Json.Nodes;
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

    private IDatabase Redis => endpoints.Redis.GetDatabase();

    public long Now => endpoints.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    public ItemSetting? Item(string id) =>
        ((AssociationSettings)endpoints.Settings.At(Now, out _)).Items.GetValueOrDefault(id);

    /// <summary>An association's outcome; null if there is none within a time.</summary>
    public Task<JsonObject?> FindAsync(string id, int waitMs, CancellationToken cancel) =>
        endpoints.FindAsync(AssociationResultKeys.Outcome(id), waitMs, cancel);

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

        IReadOnlyList<ChainLink> chain =
            key == null ? [] : await ItemChain.WalkAsync(Redis, key, id, MaxDepth).ConfigureAwait(false);
        return
        [
            .. chain.Select(link => new JsonObject { ["association"] = link.Association, ["account"] = link.Account }),
        ];
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
