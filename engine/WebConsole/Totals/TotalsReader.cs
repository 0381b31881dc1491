using System.Globalization;
using Engine.Contracts;
using Engine.Pipeline.Deliver;
using StackExchange.Redis;

namespace Engine.WebConsole.Totals;

/// <summary>Reads totals from Redis, without scanning keys: names from the sums of days, hours by their names. Sums are
/// those of all partitions. Thread-safe.</summary>
/// <param name="partitions">The number of partitions of <c>interactions</c>.</param>
public sealed class TotalsReader(IDatabase redis, RedisKeys keys, Func<int> partitions)
{
    private const int HoursPerDay = 24;

    /// <summary>The log time up to which the clicks are decided, in the partition that is ahead, ms; null before the
    /// first.</summary>
    public async Task<long?> LogTimeAsync()
    {
        RedisValue[] all = await Task.WhenAll(Partitions().Select(name => redis.StringGetAsync(keys.Progress(name))))
            .ConfigureAwait(false);
        return all.Select(LogTimeOf).Max();
    }

    /// <summary>The sums of each campaign or publisher with clicks in some days, in no order.</summary>
    public async Task<IReadOnlyCollection<NameSums>> NamesAsync(SumKind kind, DayRange days)
    {
        HashEntry[][] hashes = await Task.WhenAll(
                days.Days.SelectMany(day =>
                    Partitions()
                        .Select(name => redis.HashGetAllAsync(keys.DaySums(kind.Plural(), DayRange.Text(day), name)))
                )
            )
            .ConfigureAwait(false);
        var names = new Dictionary<string, long[]>(StringComparer.Ordinal);
        foreach (HashEntry field in hashes.SelectMany(hash => hash))
        {
            string name = field.Name.ToString();
            int space = name.IndexOf(' ');
            string id = space < 0 ? name : name[..space];
            if (!names.TryGetValue(id, out long[]? sums))
            {
                names.Add(id, sums = new long[DayField.Suffixes.Count]);
            }

            int at = space < 0 ? 0 : IndexOf(name.AsSpan(space));
            if (at >= 0)
            {
                sums[at] += (long)field.Value;
            }
        }

        return [.. names.Select(name => SumsOf(name.Key, name.Value))];
    }

    /// <summary>The totals of one campaign or publisher by hour, 24 for each day.</summary>
    public Task<IReadOnlyList<(DateTime Hour, TotalSums Totals)>> HoursAsync(SumKind kind, string id, DayRange days) =>
        HoursAsync(days, (hour, partition) => keys.Stats(kind.Word(), id, hour, partition));

    /// <summary>The totals of all clicks by hour, 24 for each day.</summary>
    public Task<IReadOnlyList<(DateTime Hour, TotalSums Totals)>> HoursAsync(DayRange days) =>
        HoursAsync(days, keys.HourStats);

    private async Task<IReadOnlyList<(DateTime, TotalSums)>> HoursAsync(DayRange days, Func<string, string, string> key)
    {
        DateTime first = days.From.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
        return await Task.WhenAll(
                Enumerable
                    .Range(0, days.Count * HoursPerDay)
                    .Select(async number =>
                    {
                        DateTime hour = first.AddHours(number);
                        string text = hour.ToString("yyyy-MM-dd'T'HH", CultureInfo.InvariantCulture);
                        HashEntry[][] hashes = await Task.WhenAll(
                                Partitions().Select(name => redis.HashGetAllAsync(key(text, name)))
                            )
                            .ConfigureAwait(false);
                        var sums = new TotalSums();
                        foreach (HashEntry field in hashes.SelectMany(hash => hash))
                        {
                            sums.Add(field.Name.ToString(), (long)field.Value);
                        }

                        return (hour, sums);
                    })
            )
            .ConfigureAwait(false);
    }

    private IEnumerable<string> Partitions() =>
        Enumerable.Range(0, partitions()).Select(number => RedisKeys.Partition(Topics.Interactions, number));

    private static int IndexOf(ReadOnlySpan<char> suffix)
    {
        for (int i = 0; i < DayField.Suffixes.Count; i++)
        {
            if (suffix.SequenceEqual(DayField.Suffixes[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private static NameSums SumsOf(string id, long[] sums) => new(id, sums[0], sums[1], sums[2], sums[3]);

    /// <summary>Reads the log time of a value of <c>progress</c>.</summary>
    private static long? LogTimeOf(RedisValue progress) =>
        progress.ToString().Split(' ') is [_, var time]
        && long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out long ms)
            ? ms
            : null;
}
