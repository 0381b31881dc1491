using System.Runtime.CompilerServices;
using Engine.Pipeline.Windows;
using Tests.Support;
using Xunit;

namespace Pipeline.Tests.Windows;

public sealed class WindowEntryTests
{
    private static readonly (int Hop, int WindowBuckets)[] Shapes = [(10_000, 6), (60_000, 10), (600_000, 6)];

    [Fact]
    public void An_entry_is_one_cache_line() => Assert.Equal(64, Unsafe.SizeOf<WindowEntry>());

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_click_is_in_its_window_to_the_last_hop_and_not_in_the_next(int window)
    {
        (int hop, int hops) = Shapes[window];
        foreach (int within in (int[])[0, 1, hop - 1])
        {
            long end = Events.Start + (long)hop * hops;
            WindowEntry entry = default;
            entry.Add(Events.Start + within);
            Assert.Equal(1, Count(entry, Events.Start + within, window));
            Assert.Equal(1, Count(entry, end - 1, window));
            Assert.Equal(0, Count(entry, end, window));
            entry.Add(end - 1);
            Assert.Equal(2, Count(entry, end - 1, window));
            entry.Add(end);
            Assert.Equal(2, Count(entry, end, window));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Taking_an_event_in_one_step_is_adding_and_counting_it(int seed)
    {
        var random = new Random(seed);
        WindowEntry entry = default,
            twin = default;
        PairCounts pair = default,
            pairTwin = default;
        Span<float> windows = stackalloc float[3];
        long now = Events.Start;
        for (int i = 0; i < 20_000; i++)
        {
            now += random.Next(200) == 0 ? random.Next(4_000_000) : random.Next(40);
            long time = now - (random.Next(4) == 0 ? random.Next(4_000_000) : 0),
                last = twin.Last;
            entry.Take(new WindowBuckets(time), ref windows[0], out long gap);
            twin.Add(time);
            twin.Count(time, out int minute, out int tenMinutes, out int hour);
            Assert.Equal((minute, tenMinutes, hour), (windows[0], windows[1], windows[2]));
            // An entry of more than an hour ago is as good as forgotten.
            Assert.Equal(Math.Abs(time - last) <= 3_600_000 ? Math.Abs(time - last) : -1, gap);
            pair.Take(new WindowBuckets(time), ref windows[0]);
            pairTwin.Add(time);
            pairTwin.Count(time, out tenMinutes, out hour);
            Assert.Equal((tenMinutes, hour), (windows[0], windows[1]));
            twin.Last = Math.Max(twin.Last, time);
            Assert.Equal(twin.Last, entry.Last);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Events_in_any_order_count_as_a_list_of_them_does(int seed)
    {
        var random = new Random(seed);
        WindowEntry entry = default;
        List<long>[] twins =
        [
            [],
            [],
            [],
        ];
        long head = 0,
            now = Events.Start;
        for (int i = 0; i < 4_000; i++)
        {
            now += random.Next(4) == 0 ? random.Next(900_000) : random.Next(9_000);
            long time = now - (random.Next(3) == 0 ? random.Next(4_000_000) : random.Next(20_000));
            head = Math.Max(head, time);
            entry.Add(time);
            long at = time + random.Next(-700_000, 700_000);
            for (int w = 0; w < 3; w++)
            {
                (int hop, int hops) = Shapes[w];
                if (head / hop - time / hop < hops)
                {
                    twins[w].Add(time / hop);
                }
                // What left the ring when newer hops came is gone for times before them too.
                long first = Math.Max(at / hop, head / hop) - hops + 1;
                Assert.Equal(twins[w].Count(one => one >= first && one <= at / hop), Count(entry, at, w));
            }
        }
    }

    [Fact]
    public void A_hop_counts_to_65535_and_stays_there()
    {
        WindowEntry entry = default;
        for (int i = 0; i < 70_000; i++)
        {
            entry.Add(Events.Start);
        }

        for (int window = 0; window < 3; window++)
        {
            Assert.Equal(65_535, Count(entry, Events.Start, window));
        }
    }

    private static int Count(WindowEntry entry, long time, int window)
    {
        entry.Count(time, out int minute, out int tenMinutes, out int hour);
        return window == 0 ? minute
            : window == 1 ? tenMinutes
            : hour;
    }
}
