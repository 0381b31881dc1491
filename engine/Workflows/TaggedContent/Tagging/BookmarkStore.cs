using Engine.Contracts;
using Engine.Workflows.TaggedContent.Decision;
using StackExchange.Redis;

namespace Engine.Workflows.TaggedContent.Tagging;

/// <summary>Reads the bookmarks of all partitions from Redis: what their owners remember.</summary>
public static class BookmarkStore
{
    /// <summary>How far the owners of partitions are: changes when a bookmark does.</summary>
    public static async Task<string> ProgressAsync(IDatabase redis, RedisKeys keys, IEnumerable<string> partitions)
    {
        RedisValue[] all = await Task.WhenAll(
                partitions.Select(partition => redis.StringGetAsync(keys.Progress(partition)))
            )
            .ConfigureAwait(false);
        return string.Join('|', all);
    }

    /// <summary>All bookmarks, by person.</summary>
    public static async Task<IReadOnlyList<HeldBookmark>> ReadAsync(
        IDatabase redis,
        RedisKeys keys,
        IEnumerable<string> partitions
    )
    {
        HashEntry[][] all = await Task.WhenAll(
                partitions.Select(partition => redis.HashGetAllAsync(keys.State(partition)))
            )
            .ConfigureAwait(false);
        return [.. all.SelectMany(hash => hash).Select(entry => HeldBookmark.Read(entry.Name!, entry.Value!))];
    }
}
