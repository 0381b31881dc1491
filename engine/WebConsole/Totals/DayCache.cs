namespace Engine.WebConsole.Totals;

/// <summary>Keeps the sums of days for a short while, as several pages in a row ask for the same, and days of thousands
/// of campaigns take a while to read. One reading serves all who ask at once. Thread-safe.</summary>
/// <param name="read">Reads the sums of a day.</param>
internal sealed class DayCache(Func<SumKind, DateOnly, Task<IReadOnlyCollection<NameSums>>> read, TimeProvider clock)
{
    /// <summary>Some megabytes; beyond it, everything is read again.</summary>
    private const int MaxNames = 200_000;

    /// <summary>Totals are committed every few seconds: what is older than this may have grown.</summary>
    private static readonly TimeSpan KeptToday = TimeSpan.FromSeconds(3);

    /// <summary>To days that are over, only late clicks are added.</summary>
    private static readonly TimeSpan KeptLater = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<(SumKind, DateOnly), (long Since, Task<IReadOnlyCollection<NameSums>> Sums)> _days = [];

    /// <summary>The sums of a day, at most so old as it is kept.</summary>
    public Task<IReadOnlyCollection<NameSums>> GetAsync(SumKind kind, DateOnly day)
    {
        bool isOver = day < DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        lock (_lock)
        {
            if (
                _days.TryGetValue((kind, day), out (long Since, Task<IReadOnlyCollection<NameSums>> Sums) known)
                && !known.Sums.IsFaulted
                && clock.GetElapsedTime(known.Since) < (isOver ? KeptLater : KeptToday)
            )
            {
                return known.Sums;
            }

            if (_days.Values.Sum(one => one.Sums.IsCompletedSuccessfully ? one.Sums.Result.Count : 0) > MaxNames)
            {
                _days.Clear();
            }

            Task<IReadOnlyCollection<NameSums>> sums = read(kind, day);
            _days[(kind, day)] = (clock.GetTimestamp(), sums);
            return sums;
        }
    }
}
