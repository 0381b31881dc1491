using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Engine.Primitives;

/// <summary>A hash table of objects with open addressing. Key and reference lie side by side, so a look-up costs one
/// cache line before the object itself, and both can be prefetched, unlike in a Dictionary. Keys are fingerprints,
/// never 0. Not thread-safe.</summary>
public sealed unsafe class ObjectTable<T>
    where T : class
{
    private struct Slot
    {
        public ulong Key;
        public T? Value;
    }

    private Slot[] _slots = new Slot[1024];

    public int Count { get; private set; }

    public IEnumerable<T> Values => _slots.Where(slot => slot.Value != null).Select(slot => slot.Value!);

    /// <summary>Gets the object with a key, or null.</summary>
    public T? Find(ulong key)
    {
        Slot[] slots = _slots;
        for (int at = (int)key & (slots.Length - 1); ; at = (at + 1) & (slots.Length - 1))
        {
            ref readonly Slot slot = ref slots[at];
            if (slot.Key == key)
            {
                return slot.Value;
            }

            if (slot.Key == 0)
            {
                return null;
            }
        }
    }

    /// <summary>Adds or replaces the object with a key.</summary>
    public void Set(ulong key, T value)
    {
        if (Count >= _slots.Length / 2)
        {
            Rebuild(_slots.Length * 2, static _ => true);
        }

        ref Slot slot = ref Place(key);
        if (slot.Key == 0)
        {
            Count++;
        }

        (slot.Key, slot.Value) = (key, value);
    }

    /// <summary>Removes all objects but those to keep. Returns the number removed.</summary>
    public int KeepOnly(Func<T, bool> keeps)
    {
        int count = Count;
        Rebuild(_slots.Length, keeps);
        return count - Count;
    }

    /// <summary>Prefetches the slot of a key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchPlace(ulong key)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref _slots[(int)key & (_slots.Length - 1)]));
        }
    }

    /// <summary>Prefetches the object with a key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(ulong key) => Prefetch(Find(key));

    /// <summary>Prefetches the first lines of an object. If the garbage collector moves it at this moment, the prefetch
    /// is wasted but harmless.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(T? value)
    {
        if (!Sse.IsSupported || value == null)
        {
            return;
        }

        byte* at = *(byte**)Unsafe.AsPointer(ref value);
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
            if (slot.Key == key || slot.Key == 0)
            {
                return ref slot;
            }
        }
    }

    private void Rebuild(int size, Func<T, bool> keeps)
    {
        Slot[] old = _slots;
        _slots = new Slot[size];
        Count = 0;
        foreach (ref readonly Slot slot in old.AsSpan())
        {
            if (slot.Value == null || !keeps(slot.Value))
            {
                continue;
            }

            Place(slot.Key) = slot;
            Count++;
        }
    }
}
