using System.Globalization;
using System.Runtime.InteropServices;
using Engine.Contracts;
using Engine.Pipeline.Deliver;
using StackExchange.Redis;

namespace Engine.WebConsole.Totals;

/// <summary>Reads totals from Redis, without scanning keys: names from the sums of days, hours by their names. Sums are
/// those of all partitions. Thread-safe.</summary>
public sealed class TotalsReader
{
    private const int HoursPerDay = 24;

    private readonly IDatabase _redis;
    private readonly RedisKeys _keys;
    private readonly Func<int> _partitions;
    private readonly DayCache _days;

    /// <param name="partitions">The number of partitions of <c>interactions</c>.</param>
    public TotalsReader(IDatabase redis, RedisKeys keys, Func<int> partitions, TimeProvider clock)
    {
        (_redis, _keys, _partitions) = (redis, keys, partitions);
        _days = new DayCache(DayAsync, clock);
    }

    /// <summary>The log time up to which the clicks are decided, in the partition that is ahead, ms; null before the
    /// first.</summary>
    public async Task<long?> LogTimeAsync()
    {
        RedisValue[] all = await Task.WhenAll(Partitions().Select(name => _redis.StringGetAsync(_keys.Progress(name))))
            .ConfigureAwait(false);
        return all.Select(LogTimeOf).Max();
    }

    /// <summary>The sums of each campaign or publisher with clicks in some days, in no order; a few seconds old at
    /// most, those of days that are over a minute.</summary>
    public async Task<IReadOnlyCollection<NameSums>> NamesAsync(SumKind kind, DayRange range)
    {
        IReadOnlyCollection<NameSums>[] days = await Task.WhenAll(range.Days.Select(day => _days.GetAsync(kind, day)))
            .ConfigureAwait(false);
        if (days is [var only])
        {
            return only;
        }

        var names = new Dictionary<string, NameSums>(StringComparer.Ordinal);
        foreach (NameSums sums in days.SelectMany(day => day))
        {
            ref NameSums sum = ref CollectionsMarshal.GetValueRefOrAddDefault(names, sums.Id, out _);
            sum = new NameSums(
                sums.Id,
                sum.Clicks + sums.Clicks,
                sum.Cost + sums.Cost,
                sum.Invalid + sums.Invalid,
                sum.InvalidCost + sums.InvalidCost
            );
        }

        return names.Values;
    }

    /// <summary>The totals of one campaign or publisher by hour, 24 for each day.</summary>
    public Task<IReadOnlyList<(DateTime Hour, TotalSums Totals)>> HoursAsync(SumKind kind, string id, DayRange days) =>
        HoursAsync(days, (hour, partition) => _keys.Stats(kind.Word(), id, hour, partition));

    /// <summary>The totals of all clicks by hour, 24 for each day.</summary>
    public Task<IReadOnlyList<(DateTime Hour, TotalSums Totals)>> HoursAsync(DayRange days) =>
        HoursAsync(days, _keys.HourStats);

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
                                Partitions().Select(name => _redis.HashGetAllAsync(key(text, name)))
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

    private async Task<IReadOnlyCollection<NameSums>> DayAsync(SumKind kind, DateOnly day)
    {
        HashEntry[][] hashes = await Task.WhenAll(
                Partitions()
                    .Select(name => _redis.HashGetAllAsync(_keys.DaySums(kind.Plural(), DayRange.Text(day), name)))
            )
            .ConfigureAwait(false);
        var names = new Dictionary<string, long[]>(StringComparer.Ordinal);
        // Most fields are of a name that is known already: its text isn't made again.
        Dictionary<string, long[]>.AlternateLookup<ReadOnlySpan<char>> byText = names.GetAlternateLookup<
            ReadOnlySpan<char>
        >();
        foreach (HashEntry field in hashes.SelectMany(hash => hash))
        {
            ReadOnlySpan<char> name = field.Name.ToString();
            int space = name.IndexOf(' ');
            ReadOnlySpan<char> id = space < 0 ? name : name[..space];
            if (!byText.TryGetValue(id, out long[]? sums))
            {
                byText[id] = sums = new long[DayField.Suffixes.Count];
            }

            int at = space < 0 ? 0 : IndexOf(name[space..]);
            if (at >= 0)
            {
                sums[at] += (long)field.Value;
            }
        }

        return [.. names.Select(name => SumsOf(name.Key, name.Value))];
    }

    private IEnumerable<string> Partitions() =>
        Enumerable.Range(0, _partitions()).Select(number => RedisKeys.Partition(Topics.Interactions, number));

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
