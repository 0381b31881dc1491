using System.Runtime.CompilerServices;
using Engine.Pipeline.Windows;
using Tests.Support;
using Xunit;

namespace Pipeline.Tests.Windows;

public sealed class SeriesEntryTests
{
    private const long HopMs = 600_000;

    [Fact]
    public void An_entry_is_one_cache_line() => Assert.Equal(64, Unsafe.SizeOf<SeriesEntry>());

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Sums_are_those_of_the_hops_of_an_hour_in_any_order_of_times(int seed)
    {
        var random = new Random(seed);
        SeriesEntry entry = default;
        var all = new List<(long Time, int LogOdds)>();
        long now = Events.Start;
        for (int i = 0; i < 3_000; i++)
        {
            now += random.Next(50) == 0 ? random.Next(5_000_000) : random.Next(60_000);
            long time = now - (random.Next(4) == 0 ? random.Next(5_000_000) : 0);
            int logOdds = random.Next(-6_000, 6_000);
            long head = Math.Max(all.Count == 0 ? 0 : all.Max(one => one.Time), time) / HopMs;
            entry.Add(time, logOdds);
            if (head - (time / HopMs) < 6)
            {
                all.Add((time, logOdds));
            }

            // what has left the entry's hour is forgotten, also by an earlier time
            (long Time, int LogOdds)[] known =
            [
                .. all.Where(one => head - (one.Time / HopMs) < 6)
                    .Where(one => one.Time / HopMs <= time / HopMs && (time / HopMs) - (one.Time / HopMs) < 6),
            ];
            Assert.Equal(known.Sum(one => (long)one.LogOdds), entry.Sum(time, out int paths));
            Assert.Equal(known.Length, paths);
        }
    }

    [Fact]
    public void A_full_hop_takes_no_more_and_its_mean_stays()
    {
        SeriesEntry entry = default;
        for (int i = 0; i < 70_000; i++)
        {
            entry.Add(Events.Start, 6_000);
        }

        Assert.Equal(65_535L * 6_000, entry.Sum(Events.Start, out int paths));
        Assert.Equal(65_535, paths);
    }
}
