using System.Text;
using Engine.Client;
using Engine.Contracts;
using StackExchange.Redis;

namespace Engine.App.Lookup;

/// <summary>
/// Looks many verdicts up: a command each, for keys of a cluster lie in many slots, a thousand behind one another.
/// </summary>
internal static class StoredVerdicts
{
    private const int Batch = 1000;

    /// <summary>The verdicts of clicks that have one, by click. A value that is no verdict counts as none.</summary>
    /// <param name="redis">Where they lie.</param>
    /// <param name="prefix">What stands before the keys of the group.</param>
    public static async Task<Dictionary<string, Verdict>> ReadAsync(
        IDatabase redis,
        string prefix,
        IEnumerable<string> clicks,
        CancellationToken cancel
    )
    {
        var found = new Dictionary<string, Verdict>(StringComparer.Ordinal);
        foreach (string[] some in clicks.Chunk(Batch))
        {
            cancel.ThrowIfCancellationRequested();
            RedisValue[] values = await Task.WhenAll(
                    some.Select(click => redis.StringGetAsync(RedisKeys.Verdict(prefix, click)))
                )
                .ConfigureAwait(false);
            for (int i = 0; i < some.Length; i++)
            {
                if (Of(some[i], values[i]) is { } verdict)
                {
                    found[some[i]] = verdict;
                }
            }
        }
        return found;
    }

    private static Verdict? Of(string click, RedisValue value)
    {
        if (value.IsNull)
        {
            return null;
        }

        try
        {
            return VerdictLookup.Read(click, Encoding.UTF8.GetBytes(value.ToString()));
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
