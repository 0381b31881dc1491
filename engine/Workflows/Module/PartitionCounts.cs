using StackExchange.Redis;

namespace Engine.Workflows.Module;

/// <summary>Adds up what partitions counted, each in a hash of its own.</summary>
internal static class PartitionCounts
{
    /// <summary>The fields of all these hashes, added up, by name.</summary>
    public static async Task<IReadOnlyDictionary<string, long>> SumAsync(IDatabase redis, IEnumerable<string> keys)
    {
        HashEntry[][] hashes = await Task.WhenAll(keys.Select(key => redis.HashGetAllAsync(key))).ConfigureAwait(false);
        var sum = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (HashEntry field in hashes.SelectMany(hash => hash))
        {
            string name = field.Name!;
            sum[name] = sum.GetValueOrDefault(name) + (long)field.Value;
        }

        return sum;
    }
}
