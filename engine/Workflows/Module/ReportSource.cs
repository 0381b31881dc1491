using Engine.Contracts;
using StackExchange.Redis;

namespace Engine.Workflows.Module;

/// <summary>The data for a workflow's line in the report of <c>make run</c>.</summary>
/// <param name="Redis">The database of the results.</param>
/// <param name="Keys">The group's keys.</param>
/// <param name="Partitions">The names of the workflow's partitions that this process owns.</param>
/// <param name="Decided">The number of decided events.</param>
/// <param name="Http">The address of the engine's HTTP server, <c>host:port</c>.</param>
public sealed record ReportSource(
    IDatabase Redis,
    RedisKeys Keys,
    IReadOnlyList<string> Partitions,
    long Decided,
    string Http
)
{
    /// <summary>Sums the fields of one hash per partition.</summary>
    /// <param name="key">Maps a partition's name to the hash's key, without the group's prefix.</param>
    public Task<IReadOnlyDictionary<string, long>> SumAsync(Func<string, string> key) =>
        HashSums.SumAsync(Redis, Partitions.Select(partition => Keys.Prefix + key(partition)));
}
