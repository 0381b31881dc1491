using System.Globalization;
using Engine.Contracts;
using StackExchange.Redis;

namespace Engine.Client;

/// <summary>How far every click of a partition is decided, as its engine says (<see cref="DecidedFields"/>).</summary>
internal sealed class DecidedPlaces
{
    private const int PlaceParts = 3;

    private readonly Dictionary<string, string> _fields;

    private DecidedPlaces(IEnumerable<HashEntry> fields) =>
        _fields = fields.ToDictionary(field => field.Name.ToString(), field => field.Value.ToString());

    /// <summary>The partitions of <c>interactions</c>.</summary>
    internal int Partitions => (int)Number(DecidedFields.Partitions);

    /// <summary>Whether every verdict is published on the channel <c>verdicts</c>.</summary>
    internal bool HasChannel => Number(DecidedFields.Channel) == 1;

    /// <summary>Reads those of a partition; null if all its verdicts are written.</summary>
    internal static async Task<DecidedPlaces?> ReadAsync(IDatabase redis, RedisKeys keys, int partition)
    {
        HashEntry[] fields = await redis
            .HashGetAllAsync(keys.Decided(RedisKeys.Partition(Topics.Interactions, partition)))
            .ConfigureAwait(false);
        return fields.Length == 0 ? null : new DecidedPlaces(fields);
    }

    /// <summary>Whether a click without a verdict is decided, and its verdict can't have expired.</summary>
    /// <param name="nowMs">The time, in milliseconds since the Unix epoch.</param>
    internal bool Covers(ClickPlace place, long nowMs)
    {
        if (KeptFrom(nowMs) is not (long offset, long logTime))
        {
            return false;
        }

        return place.Offset is { } at
            ? at >= offset && at < Number(DecidedFields.Before)
            : place.Sent > logTime
                && Number(DecidedFields.LogTime) > place.Sent + Number(DecidedFields.JoinMs) + DecidedFields.OnItsWayMs;
    }

    /// <summary>The first offset from which on all verdicts are still kept, with its log time; null if there is
    /// none.</summary>
    private (long Offset, long LogTime)? KeptFrom(long nowMs)
    {
        (long Offset, long LogTime, long Until)[] places =
        [
            .. _fields
                .Where(field => field.Key.StartsWith(DecidedFields.Place, StringComparison.Ordinal))
                .Select(field => field.Value.Split(' '))
                .Where(parts => parts.Length == PlaceParts)
                .Select(parts => (Parse(parts[0]), Parse(parts[1]), Parse(parts[2]))),
        ];
        long expired = places
            .Where(place => place.Until <= nowMs)
            .Select(place => place.Offset)
            .DefaultIfEmpty(-1)
            .Max();
        return places
            .Where(place => place.Until > nowMs && place.Offset >= expired)
            .OrderBy(place => place.Offset)
            .Select(place => ((long, long)?)(place.Offset, place.LogTime))
            .FirstOrDefault();
    }

    private long Number(string field) => _fields.TryGetValue(field, out string? text) ? Parse(text) : 0;

    private static long Parse(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;
}
