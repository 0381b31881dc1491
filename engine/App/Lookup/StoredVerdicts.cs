using System.Text;
using Engine.Client;
using Engine.Contracts;
using StackExchange.Redis;

namespace Engine.App.Lookup;

/// <summary>Reads many verdicts with one pipelined GET each, in batches of a thousand: in a cluster, their keys are
/// spread over many slots.</summary>
internal static class StoredVerdicts
{
    private const int Batch = 1000;

    /// <summary>Gets the verdicts of clicks that have one. Ignores values that aren't verdicts.</summary>
    /// <param name="redis">The Redis that stores them.</param>
    /// <param name="prefix">The prefix of the group's keys.</param>
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
