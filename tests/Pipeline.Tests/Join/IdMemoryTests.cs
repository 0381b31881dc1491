using System.Runtime.CompilerServices;
using Engine.Pipeline.Join;
using Xunit;

namespace Pipeline.Tests.Join;

public sealed class IdMemoryTests
{
    /// <summary>Spreads numbers over ids as a hash does.</summary>
    private const ulong Spread = 0x9E3779B97F4A7C15;

    [Theory]
    [InlineData(16, 1, 0)]
    [InlineData(1_000, 2, 0)]
    [InlineData(5_000, 3, 0)]
    [InlineData(16, 4, 4)]
    [InlineData(1_000, 5, 1)]
    [InlineData(1_024, 6, 4)]
    [InlineData(5_000, 7, 4)]
    public void Ids_are_remembered_as_in_a_list_with_the_same_bound_and_time(int bound, int seed, int renewedOf4)
    {
        var random = new Random(seed);
        List<ulong> forgotten = [],
            twinForgotten = [];
        var memory = new DeduplicationWindow(bound) { Forgotten = forgotten.Add };
        LinkedList<(ulong Id, long Time)> twin = [];
        Dictionary<ulong, LinkedListNode<(ulong Id, long Time)>> known = [];
        Dictionary<ulong, long> offsets = [];
        long now = 0;
        for (int i = 0; i < 30_000; i++)
        {
            now += random.Next(3);
            while (twin.Count > 0 && twin.First!.Value.Time < now - 2_000)
            {
                Forget();
            }

            memory.Expire(now - 2_000);
            // Few homes in the index, so that links collide and are moved up.
            ulong id = ((ulong)random.Next(40) << 32) | (uint)random.Next(1, 300);
            ref DeduplicationWindow.Remembered found = ref memory.Find(id);
            Assert.Equal(known.ContainsKey(id), !Unsafe.IsNullRef(ref found));
            if (known.TryGetValue(id, out LinkedListNode<(ulong Id, long Time)>? node))
            {
                Assert.Equal(offsets[id], memory.OffsetOf(found));
                Assert.Equal(node.Value.Time, memory.LogTimeOf(found));
                if (random.Next(4) < renewedOf4)
                {
                    memory.Renew(ref found, now);
                    twin.Remove(node);
                    known[id] = twin.AddLast((id, now));
                    Assert.Equal(offsets[id], memory.OffsetOf(memory.Find(id)));
                }

                continue;
            }
            if (twin.Count == bound)
            {
                Forget();
            }

            known[id] = twin.AddLast((id, now));
            memory.Add(id, now, decided: true, offset: i);
            offsets[id] = i;
            Assert.Equal(twin.Count, memory.Count);
        }
        Assert.Equal(twinForgotten, forgotten);
        Assert.NotEmpty(forgotten);

        void Forget()
        {
            ulong oldest = twin.First!.Value.Id;
            twin.RemoveFirst();
            known.Remove(oldest);
            twinForgotten.Add(oldest);
        }
    }

    [Theory]
    [InlineData(1_000_000)]
    [InlineData(300_000)]
    [InlineData(131_072)]
    public void Every_id_within_the_bound_is_found_however_ring_and_index_grew(int bound)
    {
        using var memory = new DeduplicationWindow(bound);
        int sent = bound + bound / 2;
        for (int i = 1; i <= sent; i++)
        {
            memory.Add((ulong)i * Spread, i, decided: true, offset: i);
        }

        Assert.Equal(bound, memory.Count);
        for (int i = 1; i <= sent; i++)
        {
            ref DeduplicationWindow.Remembered found = ref memory.Find((ulong)i * Spread);
            Assert.Equal(i > sent - bound, !Unsafe.IsNullRef(ref found));
            if (i > sent - bound)
            {
                Assert.Equal(i, memory.OffsetOf(found));
            }
        }
    }

    /// <summary>One id sent over and over leaves holes, which must cost neither memory nor other ids.</summary>
    [Fact]
    public void An_id_that_is_sent_over_and_over_pushes_no_other_out()
    {
        using var memory = new DeduplicationWindow(100_000);
        for (int i = 1; i <= 100_000; i++)
        {
            memory.Add((ulong)i * Spread, i, decided: true, offset: i);
        }

        long bytes = memory.MemoryBytes;
        for (int i = 1; i <= 500_000; i++)
        {
            memory.Renew(ref memory.Find(Spread), 100_000 + i);
        }

        Assert.Equal(100_000, memory.Count);
        Assert.All(Enumerable.Range(1, 100_000), i =>
            Assert.False(Unsafe.IsNullRef(ref memory.Find((ulong)i * Spread)))
        );
        Assert.Equal(bytes, memory.MemoryBytes);
    }

    [Fact]
    public void Ids_that_wait_are_kept_beyond_the_bound()
    {
        using var memory = new DeduplicationWindow(140_000);
        for (int i = 1; i <= 300_000; i++)
        {
            memory.Add((ulong)i * Spread, i, decided: false, offset: i);
        }

        Assert.Equal(300_000, memory.Count);
        for (int i = 1; i <= 300_000; i++)
        {
            Assert.Equal(i, memory.OffsetOf(memory.Find((ulong)i * Spread)));
        }
    }

    [Fact]
    public void An_id_takes_16_bytes() => Assert.Equal(16, Unsafe.SizeOf<DeduplicationWindow.Remembered>());

    [Fact]
    public void A_jump_of_log_time_by_weeks_forgets_what_was_before_it()
    {
        foreach (long jump in new[] { 1L << 30, 1L << 31, (1L << 31) + 500, 1L << 32, 5L << 31 })
        {
            var memory = new DeduplicationWindow(16);
            memory.Add(1, 1_000, decided: true, offset: 1);
            memory.Expire(1_000 + jump - 3_600_000);
            Assert.Equal(0, memory.Count);
        }
    }

    [Fact]
    public void Log_times_and_offsets_beyond_their_low_bits_come_back_whole()
    {
        var memory = new DeduplicationWindow(16);
        long time = (3L << 31) - 100,
            offset = (7L << 32) - 2;
        for (ulong id = 1; id <= 4; id++)
        {
            memory.Add(id, time + 50 * (long)id, decided: id % 2 == 0, offset + (long)id);
        }

        for (ulong id = 1; id <= 4; id++)
        {
            Assert.Equal(
                (time + 50 * (long)id, offset + (long)id, id % 2 == 0),
                (memory.LogTimeOf(memory.Find(id)), memory.OffsetOf(memory.Find(id)), memory.Find(id).Decided)
            );
        }
    }

    [Fact]
    public void An_id_is_remembered_to_its_last_ms()
    {
        var memory = new DeduplicationWindow(100);
        memory.Add(5, 1_000, decided: true, offset: 1);
        memory.Expire(1_000);
        Assert.False(Unsafe.IsNullRef(ref memory.Find(5)));
        memory.Expire(1_001);
        Assert.True(Unsafe.IsNullRef(ref memory.Find(5)));
        memory.Add(5, 2_000, decided: false, offset: 2);
        Assert.Equal((2_000, 2), (memory.LogTimeOf(memory.Find(5)), memory.OffsetOf(memory.Find(5))));
    }

    [Fact]
    public void An_id_whose_click_waits_is_kept_beyond_time_and_bound_until_it_is_decided()
    {
        var memory = new DeduplicationWindow(16);
        memory.Add(1, 0, decided: false, offset: long.MaxValue / 2);
        for (ulong id = 2; id < 40; id++)
        {
            memory.Add(id, 0, decided: true, offset: long.MaxValue / 2 + (long)id);
        }

        memory.Expire(5_000);
        Assert.False(Unsafe.IsNullRef(ref memory.Find(1)));
        memory.Find(1).Decided = true;
        Assert.Equal(long.MaxValue / 2, memory.OffsetOf(memory.Find(1)));
        memory.Expire(5_000);
        Assert.Equal(0, memory.Count);
    }
}
