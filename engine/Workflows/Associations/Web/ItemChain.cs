using StackExchange.Redis;

namespace Engine.Workflows.Associations.Web;

/// <summary>Walks the chain of an item from an association to the first scan.</summary>
public static class ItemChain
{
    /// <summary>The associations up to one, the first scan first; only the nearest if the chain is longer.</summary>
    /// <param name="key">The chain's key, with the group's prefix.</param>
    /// <param name="maxLinks">The number of associations after which the walk ends.</param>
    public static async Task<IReadOnlyList<ChainLink>> WalkAsync(IDatabase redis, string key, string id, int maxLinks)
    {
        List<ChainLink> chain = [];
        for (string? at = id; at != null && chain.Count < maxLinks;)
        {
            RedisValue value = await redis.HashGetAsync(key, at).ConfigureAwait(false);
            if (value.IsNull)
            {
                break;
            }

            string[] words = value.ToString().Split(' ', 2);
            chain.Add(new ChainLink(at, words[1]));
            at = words[0] == "-" ? null : words[0];
        }

        chain.Reverse();
        return chain;
    }
}

/// <summary>An association of a chain.</summary>
/// <param name="Account">Who has scanned.</param>
public sealed record ChainLink(string Association, string Account);
