using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Engine.Pipeline.Standing;

/// <summary>
/// Sums by key: open addressing with key and reference side by side, so that a look-up costs one cache line before the sums themselves, and
/// both can be asked for ahead, which a Dictionary's can't. Keys are fingerprints, never 0. Not for two threads.
/// </summary>
internal sealed unsafe class StandingTable
{
    private struct Slot
    {
        public ulong Key;
        public StandingSums? Sums;
    }

    private Slot[] _slots = new Slot[1024];

    public int Count { get; private set; }

    /// <summary>The sums of a key, or null.</summary>
    public StandingSums? Find(ulong key)
    {
        Slot[] slots = _slots;
        for (int at = (int)key & (slots.Length - 1); ; at = (at + 1) & (slots.Length - 1))
        {
            ref readonly Slot slot = ref slots[at];
            if (slot.Key == key) return slot.Sums;
            if (slot.Key == 0) return null;
        }
    }

    /// <summary>Puts a key's sums in place of what was there.</summary>
    public void Set(ulong key, StandingSums sums)
    {
        if (Count >= _slots.Length / 2) Rebuild(_slots.Length * 2, static _ => true);
        ref Slot slot = ref Place(key);
        if (slot.Key == 0) Count++;
        (slot.Key, slot.Sums) = (key, sums);
    }

    /// <summary>Forgets sums whose time lies before another; how many they were.</summary>
    public int Forget(long before, Func<StandingSums, long> timeOf)
    {
        int count = Count;
        Rebuild(_slots.Length, sums => timeOf(sums) >= before);
        return count - Count;
    }

    /// <summary>The times of all sums, ascending.</summary>
    public long[] Times(Func<StandingSums, long> timeOf)
    {
        long[] times = [.. _slots.Where(slot => slot.Sums != null).Select(slot => timeOf(slot.Sums!))];
        Array.Sort(times);
        return times;
    }

    /// <summary>Asks for the line where a key is looked up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchPlace(ulong key)
    {
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref _slots[(int)key & (_slots.Length - 1)]));
    }

    /// <summary>Asks for a key's sums. Should the collector move them at this moment, a line was asked for in vain.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(ulong key)
    {
        if (!Sse.IsSupported || Find(key) is not { } sums) return;
        byte* at = *(byte**)Unsafe.AsPointer(ref sums);
        Sse.Prefetch0(at);
        Sse.Prefetch0(at + 64);
        Sse.Prefetch0(at + 128);
    }

    private ref Slot Place(ulong key)
    {
        Slot[] slots = _slots;
        for (int at = (int)key & (slots.Length - 1); ; at = (at + 1) & (slots.Length - 1))
        {
            ref Slot slot = ref slots[at];
            if (slot.Key == key || slot.Key == 0) return ref slot;
        }
    }

    private void Rebuild(int size, Func<StandingSums, bool> keeps)
    {
        Slot[] old = _slots;
        _slots = new Slot[size];
        Count = 0;
        foreach (ref readonly Slot slot in old.AsSpan())
        {
            if (slot.Sums == null || !keeps(slot.Sums)) continue;
            Place(slot.Key) = slot;
            Count++;
        }
    }
}
