using Engine.Contracts;
using StackExchange.Redis;

namespace Engine.Workflows.Module;

/// <summary>What a workflow's line in the report of <c>make run</c> is made of.</summary>
/// <param name="Redis">Where results lie.</param>
/// <param name="Keys">The group's keys.</param>
/// <param name="Partitions">The names of the workflow's partitions that this process owns.</param>
/// <param name="Decided">How many events were decided.</param>
/// <param name="Http">Where the engine serves HTTP, <c>host:port</c>.</param>
public sealed record ReportSource(
    IDatabase Redis,
    RedisKeys Keys,
    IReadOnlyList<string> Partitions,
    long Decided,
    string Http
)
{
    /// <summary>The fields of one hash per partition, added up.</summary>
    /// <param name="key">The hash's key by the partition's name, without the group's prefix.</param>
    public Task<IReadOnlyDictionary<string, long>> SumAsync(Func<string, string> key) =>
        PartitionCounts.SumAsync(Redis, Partitions.Select(partition => Keys.Prefix + key(partition)));
}
