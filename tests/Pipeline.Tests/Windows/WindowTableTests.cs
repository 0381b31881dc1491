using Engine.Pipeline.Windows;
using Tests.Support;
using Xunit;

namespace Pipeline.Tests.Windows;

public sealed unsafe class WindowTableTests
{
    [Fact]
    public void Two_hundred_thousand_keys_count_as_in_a_dictionary()
    {
        using var table = new WindowTable<WindowEntry>(400_000);
        Dictionary<ulong, int> twin = [];
        var random = new Random(7);
        ulong[] keys = [.. Enumerable.Range(0, 200_000).Select(_ => (ulong)random.NextInt64(1, long.MaxValue) * 2 + 1)];
        for (int i = 0; i < 600_000; i++)
        {
            ulong key = keys[i < keys.Length ? i : random.Next(keys.Length)];
            Touch(table, key, Events.Start);
            twin[key] = twin.GetValueOrDefault(key) + 1;
        }
        Assert.Equal((twin.Count, 0), (table.Count, table.Evictions));
        foreach ((ulong key, int count) in twin)
        {
            Assert.Equal(count, Minute(table, key, Events.Start));
        }

        Assert.True(table.Find(2) == null);
        Assert.InRange(table.MemoryBytes, 200_000L * 64, 200_000L * 64 * 4);
    }

    [Fact]
    public void Tables_of_many_pages_keep_what_they_hold_and_go_while_further_pages_are_being_made()
    {
        for (int round = 0; round < 4; round++)
        {
            // 54 MB where segments have split: several blocks of memory, each page of which is asked for before it is
            // used
            using var table = new WindowTable<WindowEntry>(1_000_000);
            for (ulong key = 1; key <= 400_000; key++)
            {
                Touch(table, key * 0x9E3779B97F4A7C15, Events.Start);
            }

            Assert.Equal((400_000, 0), (table.Count, table.Evictions));
            for (ulong key = 1; key <= 400_000; key++)
            {
                Assert.Equal(1, Minute(table, key * 0x9E3779B97F4A7C15, Events.Start));
            }
        }
    }

    [Fact]
    public void At_its_bound_the_oldest_are_forgotten_and_counted()
    {
        using var table = new WindowTable<WindowEntry>(3_000);
        var random = new Random(8);
        ulong[] keys = [.. Enumerable.Range(0, 4_000).Select(_ => (ulong)random.NextInt64(1, long.MaxValue))];
        for (int i = 0; i < keys.Length; i++)
        {
            Touch(table, keys[i], Events.Start + i);
        }

        Assert.Equal(WindowTable<WindowEntry>.SegmentPlaces / 8, table.Evictions);
        Assert.Equal(keys.Length - table.Evictions, table.Count);
        for (int i = 0; i < keys.Length; i++)
        {
            Assert.Equal(i < table.Evictions, table.Find(keys[i]) == null);
        }
    }

    [Fact]
    public void At_its_bound_the_latest_are_found_and_all_that_it_counts()
    {
        using var table = new WindowTable<WindowEntry>(7_000);
        var random = new Random(11);
        ulong[] keys = [.. Enumerable.Range(0, 60_000).Select(_ => (ulong)random.NextInt64(1, long.MaxValue) * 2 + 1)];
        for (int i = 0; i < keys.Length; i++)
        {
            Touch(table, keys[i], Events.Start + i);
            // Of two segments the fuller one holds more than half of these, and forgets none of them.
            for (int back = 1; back <= 2_500 && back <= i; back += 500)
            {
                Assert.True(table.Find(keys[i - back]) != null);
            }
        }
        Assert.Equal(keys.Length, table.Count + table.Evictions);
        Assert.Equal(table.Count, keys.Count(key => table.Find(key) != null));
    }

    [Fact]
    public void Keys_as_old_as_each_other_go_no_further_than_an_eighth()
    {
        using var table = new WindowTable<WindowEntry>(3_000);
        var random = new Random(9);
        for (int i = 0; i < 3_700; i++)
        {
            Touch(table, (ulong)random.NextInt64(1, long.MaxValue), Events.Start);
        }

        Assert.Equal(
            (WindowTable<WindowEntry>.SegmentPlaces / 8, 3_700 - WindowTable<WindowEntry>.SegmentPlaces / 8),
            (table.Evictions, table.Count)
        );
    }

    [Fact]
    public void Keys_that_no_window_counts_make_room_without_an_eviction()
    {
        using var table = new WindowTable<WindowEntry>(3_000);
        var random = new Random(10);
        ulong Key() => (ulong)random.NextInt64(1, long.MaxValue);
        for (int i = 0; i < 3_500; i++)
        {
            Touch(table, Key(), Events.Start);
        }

        long later = Events.Start + 3_600_000 + 600_000 + 1;
        for (int i = 0; i < 2_000; i++)
        {
            Touch(table, Key(), later);
        }

        Assert.Equal((0, 2_000), (table.Evictions, table.Count));
    }

    private static void Touch(WindowTable<WindowEntry> table, ulong key, long time)
    {
        WindowEntry* entry = table.Touch(key, time);
        entry->Add(time);
        entry->Last = time;
    }

    private static int Minute(WindowTable<WindowEntry> table, ulong key, long time)
    {
        table.Find(key)->Count(time, out int minute, out _, out _);
        return minute;
    }
}
