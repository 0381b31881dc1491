using System.Globalization;
using Engine.Contracts;
using Engine.Workflows.ContentRequests.Decision;
using Engine.Workflows.ContentRequests.Settings;
using StackExchange.Redis;

namespace Engine.Workflows.ContentRequests.Web;

/// <summary>The counts of a sponsor's types of invalid requests.</summary>
/// <param name="LogTime">The latest log time up to which any partition has counted, ms.</param>
public sealed record SponsorCounts(Sponsor Sponsor, Dictionary<string, RequestType> Types, long LogTime)
{
    public List<Suggestion> Recurring => Suggestion.Recurring(Types, Sponsor, LogTime);

    /// <summary>Reads the counts of all partitions.</summary>
    /// <param name="partitions">The names of the partitions of <c>content-requests</c>.</param>
    public static async Task<SponsorCounts> ReadAsync(
        IDatabase redis,
        RedisKeys keys,
        IReadOnlyList<string> partitions,
        Sponsor sponsor
    )
    {
        Task<HashEntry[]>[] counted =
        [
            .. partitions.Select(partition =>
                redis.HashGetAllAsync(keys.Prefix + ContentKeys.Suggestions(sponsor.Setting.Id, partition))
            ),
        ];
        Task<RedisValue>[] progress =
        [
            .. partitions.Select(partition => redis.StringGetAsync(keys.Progress(partition))),
        ];
        await Task.WhenAll(counted).ConfigureAwait(false);
        RedisValue[] upTo = await Task.WhenAll(progress).ConfigureAwait(false);
        Dictionary<string, RequestType> types = Suggestion.Sum(
            counted
                .SelectMany(hash => hash.Result)
                .Select(entry => KeyValuePair.Create(entry.Name.ToString(), entry.Value.ToString()))
        );
        return new SponsorCounts(sponsor, types, upTo.Select(LogTimeOf).DefaultIfEmpty().Max());
    }

    private static long LogTimeOf(RedisValue progress) =>
        progress.ToString().Split(' ') is [_, var logTime]
        && long.TryParse(logTime, NumberStyles.None, CultureInfo.InvariantCulture, out long time)
            ? time
            : 0;
}
