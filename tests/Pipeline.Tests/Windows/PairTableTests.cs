using System.Runtime.CompilerServices;
using Engine.Pipeline.Windows;
using Tests.Support;
using Xunit;

namespace Pipeline.Tests.Windows;

public sealed unsafe class PairTableTests
{
    private const int Pairs = 5_000;

    [Fact]
    public void A_pair_is_a_quarter_of_a_cache_line_and_its_counts_another() =>
        Assert.Equal((16, 16), (Unsafe.SizeOf<PairEntry>(), Unsafe.SizeOf<PairCounts>()));

    /// <summary>
    /// Pairs that come once, that come again at once, within the hour, after it and before their last time.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void It_counts_as_plain_counts_of_each_pair_do(int seed)
    {
        using var table = new PairTable(100_000);
        var random = new Random(seed);
        ulong[] keys = [.. Enumerable.Range(0, Pairs).Select(_ => (ulong)random.NextInt64(1, long.MaxValue))];
        var twins = new PairCounts[Pairs];
        var lasts = new long[Pairs];
        Span<float> windows = stackalloc float[2];
        long now = Events.Start;
        for (int i = 0; i < 200_000; i++)
        {
            // A tenth of the pairs gets most of the events; now and then everything pauses for up to two hours.
            int pair = random.Next(random.Next(10) == 0 ? Pairs : Pairs / 10);
            now += random.Next(20_000) == 0 ? random.Next(7_200_000) : random.Next(200);
            long time = now - (random.Next(5) == 0 ? random.Next(4_500_000) : 0);
            // A pair that no window counts any more may have been forgotten.
            if (now - lasts[pair] > 4_200_000 && table.Find(keys[pair]) == null)
            {
                (twins[pair], lasts[pair]) = (default, 0);
            }

            table.Take(table.Touch(keys[pair], now), new WindowBuckets(time), ref windows[0], out long gap);

            twins[pair].Add(time);
            twins[pair].Count(time, out int tenMinutes, out int hour);
            Assert.Equal(
                (tenMinutes, hour, Math.Abs(time - lasts[pair]) <= 3_600_000 ? Math.Abs(time - lasts[pair]) : -1),
                (windows[0], windows[1], gap)
            );
            lasts[pair] = Math.Max(lasts[pair], time);
            Assert.Equal(lasts[pair], table.Find(keys[pair])->Last);
        }
        Assert.Equal(0, table.Evictions);
    }

    [Fact]
    public void Counts_are_given_back_where_a_pair_comes_alone_again_and_where_it_is_forgotten()
    {
        using var table = new PairTable(3_000);
        var random = new Random(5);
        ulong[] keys = [.. Enumerable.Range(0, 3_000).Select(_ => (ulong)random.NextInt64(1, long.MaxValue))];
        foreach (ulong key in keys)
        {
            Take(table, key, Events.Start);
        }

        Assert.Equal(0, table.CountsInUse);
        foreach (ulong key in keys)
        {
            Take(table, key, Events.Start + 1000);
        }

        Assert.Equal(3_000, table.CountsInUse);
        foreach (ulong key in keys[..1_000])
        {
            Take(table, key, Events.Start + 4_300_000);
        }

        Assert.Equal(2_000, table.CountsInUse);
        long memory = table.MemoryBytes;
        // Others push out what no window counts any more, then the oldest.
        ulong[] others = [.. Enumerable.Range(0, 6_000).Select(_ => (ulong)random.NextInt64(1, long.MaxValue))];
        for (int i = 0; i < others.Length; i++)
        {
            Take(table, others[i], Events.Start + 4_300_000 + i);
            Take(table, others[i], Events.Start + 4_300_000 + i);
        }
        Assert.True(table.Evictions > 0);
        Assert.Equal(keys[1_000..].Concat(others).Count(key => table.Find(key) != null), table.CountsInUse);
        Assert.True(table.MemoryBytes <= memory + 4096 * PairCounts.Bytes, $"{table.MemoryBytes} bytes");
    }

    private static void Take(PairTable table, ulong key, long time)
    {
        Span<float> windows = stackalloc float[2];
        table.Take(table.Touch(key, time), new WindowBuckets(time), ref windows[0], out _);
    }
}
