using System.Text.Json.Nodes;
using Engine.Contracts;
using Engine.Pipeline.Settings;
using Engine.WebConsole.WorkflowResults;
using Engine.Workflows.Associations.Decision;
using Engine.Workflows.Associations.Settings;
using Engine.Workflows.Associations.Web;
using Engine.Workflows.Module;
using StackExchange.Redis;

namespace Engine.WebConsole.Items;

/// <summary>Reads items, their counts and their associations. Thread-safe.</summary>
internal sealed class ItemDesk(ResultReader results, SettingsTimeline timeline, IDatabase redis, RedisKeys keys)
{
    /// <summary>The number of the latest associations of an item that are looked at.</summary>
    public const int MaxLatest = 200;

    /// <summary>The number of associations of a chain that are shown.</summary>
    public const int MaxLinks = 100;

    /// <summary>The number of items that are listed.</summary>
    public const int MaxItems = 200;

    /// <summary>The items of the latest settings whose id or title contains a text, by id, with their counts.</summary>
    public async Task<IReadOnlyList<ItemRow>> ListAsync(string find)
    {
        ItemSetting[] items =
        [
            .. timeline
                .Latest.Others(ItemKind.Name)
                .Values.Select(setting => (ItemSetting)setting.Value)
                .Where(item =>
                    item.Id.Contains(find, StringComparison.OrdinalIgnoreCase)
                    || item.Title.Contains(find, StringComparison.OrdinalIgnoreCase)
                )
                .Take(MaxItems),
        ];
        return await Task.WhenAll(
                items.Select(async item => new ItemRow(item, await CountsAsync(item.Id).ConfigureAwait(false)))
            )
            .ConfigureAwait(false);
    }

    /// <summary>An item of the latest settings; null for none.</summary>
    public ItemSetting? Find(string item) =>
        timeline.Latest.Others(ItemKind.Name).GetValueOrDefault(item)?.Value as ItemSetting;

    /// <summary>The counts of an item over all partitions, by field.</summary>
    public Task<IReadOnlyDictionary<string, long>> CountsAsync(string item) =>
        HashSums.SumAsync(
            redis,
            results
                .PartitionsOf(Topics.Associations)
                .Select(partition => keys.Prefix + AssociationResultKeys.Stats(item, partition))
        );

    /// <summary>The latest associations of an item, the latest first.</summary>
    public async Task<IReadOnlyList<EventResult>> LatestAsync(string item, CancellationToken cancel) =>
        await results
            .ResultsOfAsync(
                await results.LatestOfAsync(Topics.Associations, item, cancel).ConfigureAwait(false),
                "id",
                AssociationResultKeys.Outcome,
                MaxLatest
            )
            .ConfigureAwait(false);

    /// <summary>The outcome of an association of an item; null if there is none, or none any more.</summary>
    public async Task<JsonObject?> OutcomeAsync(string item, string association) =>
        await results.FindAsync(AssociationResultKeys.Outcome(association)).ConfigureAwait(false) is { } outcome
        && outcome.Text("item") == item
            ? outcome
            : null;

    /// <summary>The associations that led to one, the first scan first.</summary>
    public Task<IReadOnlyList<ChainLink>> ChainAsync(string item, string association) =>
        ItemChain.WalkAsync(
            redis,
            keys.Prefix + AssociationResultKeys.Chain(item, results.PartitionNameOf(Topics.Associations, item)),
            association,
            MaxLinks
        );
}

/// <summary>An item with its counts, by field.</summary>
public sealed record ItemRow(ItemSetting Item, IReadOnlyDictionary<string, long> Counts)
{
    /// <summary>The sum of the counts whose fields begin with a word.</summary>
    public long Sum(string start) =>
        Counts.Where(count => count.Key.StartsWith(start, StringComparison.Ordinal)).Sum(count => count.Value);
}
