using System.Runtime.CompilerServices;
using Engine.Pipeline.Join;
using Xunit;

namespace Pipeline.Tests.Join;

public sealed class IdMemoryTests
{
    [Theory]
    [InlineData(16, 1)]
    [InlineData(1_000, 2)]
    [InlineData(5_000, 3)]
    public void Ids_are_remembered_as_in_a_list_with_the_same_bound_and_time(int bound, int seed)
    {
        var random = new Random(seed);
        List<ulong> forgotten = [], twinForgotten = [];
        var memory = new IdMemory(bound) { Forgotten = forgotten.Add };
        Queue<(ulong Id, long Time)> twin = new();
        HashSet<ulong> known = [];
        Dictionary<ulong, long> offsets = [];
        long now = 0;
        for (int i = 0; i < 30_000; i++)
        {
            now += random.Next(3);
            while (twin.Count > 0 && twin.Peek().Time < now - 2_000) Forget();
            memory.Expire(now - 2_000);
            // Few homes in the index, so that links collide and are moved up.
            ulong id = ((ulong)random.Next(40) << 32) | (uint)random.Next(1, 300);
            Assert.Equal(known.Contains(id), !Unsafe.IsNullRef(ref memory.Find(id)));
            if (known.Contains(id))
            {
                Assert.Equal(offsets[id], memory.Find(id).Offset);
                continue;
            }
            if (twin.Count == bound) Forget();
            twin.Enqueue((id, now));
            known.Add(id);
            memory.Add(id, now, decided: true, offset: i);
            offsets[id] = i;
            Assert.Equal(twin.Count, memory.Count);
        }
        Assert.Equal(twinForgotten, forgotten);
        Assert.NotEmpty(forgotten);

        void Forget()
        {
            ulong oldest = twin.Dequeue().Id;
            known.Remove(oldest);
            twinForgotten.Add(oldest);
        }
    }

    [Fact]
    public void An_id_is_remembered_to_its_last_ms()
    {
        var memory = new IdMemory(100);
        memory.Add(5, 1_000, decided: true, offset: 1);
        memory.Expire(1_000);
        Assert.False(Unsafe.IsNullRef(ref memory.Find(5)));
        memory.Expire(1_001);
        Assert.True(Unsafe.IsNullRef(ref memory.Find(5)));
        memory.Add(5, 2_000, decided: false, offset: 2);
        Assert.Equal((2_000, 2), (memory.Find(5).LogTime, memory.Find(5).Offset));
    }

    [Fact]
    public void An_id_whose_click_waits_is_kept_beyond_time_and_bound_until_it_is_decided()
    {
        var memory = new IdMemory(16);
        memory.Add(1, 0, decided: false, offset: long.MaxValue / 2);
        for (ulong id = 2; id < 40; id++) memory.Add(id, 0, decided: true, offset: 0);
        memory.Expire(5_000);
        Assert.False(Unsafe.IsNullRef(ref memory.Find(1)));
        memory.Find(1).Decided = true;
        Assert.Equal(long.MaxValue / 2, memory.Find(1).Offset);
        memory.Expire(5_000);
        Assert.Equal(0, memory.Count);
    }
}
