using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Engine.Primitives;

/// <summary>
/// Objects by key: open addressing with key and reference side by side, so that a look-up costs one cache line before
/// the object itself, and both can be asked for ahead, which a Dictionary's can't. Keys are fingerprints, never 0. Not
/// for two threads.
/// </summary>
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

    /// <summary>The object of a key, or null.</summary>
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

    /// <summary>Puts a key's object in place of what was there.</summary>
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

    /// <summary>Forgets all but some; how many went.</summary>
    public int KeepOnly(Func<T, bool> keeps)
    {
        int count = Count;
        Rebuild(_slots.Length, keeps);
        return count - Count;
    }

    /// <summary>Asks for the line where a key is looked up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchPlace(ulong key)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref _slots[(int)key & (_slots.Length - 1)]));
        }
    }

    /// <summary>Asks for a key's object.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(ulong key) => Prefetch(Find(key));

    /// <summary>
    /// Asks for the first lines of an object. Should the collector move it at this moment, they were asked for in vain.
    /// </summary>
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
