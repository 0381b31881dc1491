using StackExchange.Redis;

namespace Engine.Workflows.Module;

/// <summary>Adds up the counts of partitions, each of which has its own hash.</summary>
public static class HashSums
{
    /// <summary>Sums the fields of all these hashes, by name.</summary>
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
