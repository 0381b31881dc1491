using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Engine.Primitives;

namespace Engine.Pipeline.Windows;

/// <summary>A bounded hash table of windows by key. It stores one byte of each key in an array of tags and compares
/// sixteen of them at once (Swiss table, Abseil 2018), so a look-up costs one cache line of tags and one of the entry,
/// whether or not the key is there. It grows by splitting one segment of 4,096 slots at a time (extendible hashing,
/// Fagin et al. 1979), so no click waits for the whole table to move. A full segment first forgets keys that no window
/// can count any more. At the bound it evicts its oldest eighth, and counts the evictions. There is one table per
/// partition; it isn't thread-safe. Pointers into it are valid until the next
/// <see cref="Touch(ulong, long)"/>.</summary>
public unsafe class WindowTable<T> : IDisposable
    where T : unmanaged, IWindowEntry
{
    /// <summary>The number of slots in a segment.</summary>
    public const int SegmentPlaces = 4096;

    private const int GroupPlaces = 16,
        Groups = SegmentPlaces / GroupPlaces;
    private const int Full = SegmentPlaces * 7 / 8,
        EvictedAtOnce = SegmentPlaces / 8;

    /// <summary>A key counts for nothing once its latest click is older than the longest window plus one hop.</summary>
    private const long Horizon = 3_600_000 + 600_000;

    private sealed class Segment
    {
        public byte* Room;
        public int Used,
            Depth;
    }

    private readonly int _maxSegments;
    private readonly T[] _spare = new T[SegmentPlaces];
    private readonly long[] _times = new long[SegmentPlaces];
    private Segment[] _directory;

    /// <summary>The memory of each directory entry's segment: tags (0 if free), followed by the entries in the same
    /// order.</summary>
    private byte*[] _rooms;
    private int _depth,
        _segments;

    /// <summary>Entries aren't cleared: the tags say which are in use.</summary>
    private readonly TableMemory _memory = new(SegmentPlaces * (1 + sizeof(T)));

    /// <param name="maxKeys">The maximum number of keys; rounded up to whole segments.</param>
    public WindowTable(int maxKeys)
    {
        _maxSegments = Math.Max(1, (maxKeys + Full - 1) / Full);
        Segment first = NewSegment(0);
        _directory = [first];
        _rooms = [first.Room];
    }

    /// <summary>The number of keys evicted although a window could still count them.</summary>
    public long Evictions { get; private set; }

    /// <summary>The number of keys in the table.</summary>
    public long Count { get; private set; }

    /// <summary>The bytes of memory in use for keys.</summary>
    public virtual long MemoryBytes => (long)_segments * SegmentPlaces * (sizeof(T) + 1);

    /// <summary>Prefetches the cache line of the key's tags.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchTags(ulong key)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(_rooms[Index(key)] + Group(key) * GroupPlaces);
        }
    }

    /// <summary>Prefetches the key's entry by its tags, which should be in the cache already. Returns the probable
    /// entry, for <see cref="Touch(ulong,long,T*)"/> as long as <see cref="Moves"/> doesn't change; null if the key
    /// isn't in the table or is further on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T* Prefetch(ulong key)
    {
        byte* room = _rooms[Index(key)];
        int group = Group(key) * GroupPlaces;
        Vector128<byte> tags = Vector128.Load(room + group),
            tag = Vector128.Create(Tag(key));
        uint hits = Vector128.Equals(tags, tag).ExtractMostSignificantBits(),
            free = Vector128.Equals(tags, Vector128<byte>.Zero).ExtractMostSignificantBits();
        if ((hits | free) == 0)
        {
            group = (group + GroupPlaces) & (SegmentPlaces - 1);
            tags = Vector128.Load(room + group);
            (hits, free) = (
                Vector128.Equals(tags, tag).ExtractMostSignificantBits(),
                Vector128.Equals(tags, Vector128<byte>.Zero).ExtractMostSignificantBits()
            );
        }
        bool found = hits != 0;
        T* entry = Entries(room) + group + (BitOperations.TrailingZeroCount(found ? hits : free) & (GroupPlaces - 1));
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(entry);
        }

        return found ? entry : null;
    }

    /// <summary>How often entries were moved. Each move invalidates earlier pointers.</summary>
    public int Moves { get; private set; }

    /// <summary>Gets or adds the key's entry. Uses the pointer from <see cref="Prefetch"/> if it is right; otherwise
    /// searches.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T* Touch(ulong key, long now, T* place) => place != null && place->Key == key ? place : Touch(key, now);

    /// <summary>Finds the key's entry, or returns null.</summary>
    public T* Find(ulong key) => Find(_rooms[Index(key)], key);

    /// <summary>Gets or adds the key's entry. <paramref name="now"/> is log time in ms; it decides which keys are
    /// stale.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T* Touch(ulong key, long now)
    {
        T* found = Find(_rooms[Index(key)], key);
        return found != null ? found : Add(key, now);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T* Find(byte* room, ulong key)
    {
        Vector128<byte> tag = Vector128.Create(Tag(key));
        for (int group = Group(key); ; group = (group + 1) & (Groups - 1))
        {
            Vector128<byte> tags = Vector128.Load(room + group * GroupPlaces);
            for (uint hits = Vector128.Equals(tags, tag).ExtractMostSignificantBits(); hits != 0; hits &= hits - 1)
            {
                T* entry = Entries(room) + group * GroupPlaces + BitOperations.TrailingZeroCount(hits);
                if (entry->Key == key)
                {
                    return entry;
                }
            }
            // Only refilling a segment frees slots of a group, so a free slot ends the search.
            if (Vector128.EqualsAny(tags, Vector128<byte>.Zero))
            {
                return null;
            }
        }
    }

    private T* Add(ulong key, long now)
    {
        Segment segment = _directory[Index(key)];
        if (segment.Used >= Full)
        {
            MakeRoom(segment, now);
            segment = _directory[Index(key)];
        }
        segment.Used++;
        Count++;
        T* entry = Free(segment.Room, key);
        *entry = default;
        entry->Key = key;
        return entry;
    }

    /// <summary>Finds the first free slot for a key and marks it with the key's tag.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T* Free(byte* room, ulong key)
    {
        for (int group = Group(key); ; group = (group + 1) & (Groups - 1))
        {
            uint free = Vector128
                .Equals(Vector128.Load(room + group * GroupPlaces), Vector128<byte>.Zero)
                .ExtractMostSignificantBits();
            if (free == 0)
            {
                continue;
            }

            int place = group * GroupPlaces + BitOperations.TrailingZeroCount(free);
            room[place] = Tag(key);
            return Entries(room) + place;
        }
    }

    private void MakeRoom(Segment segment, long now)
    {
        int stale = _times.AsSpan(0, CopyTimes(segment)).CountBelow(now - Horizon);
        if (stale >= EvictedAtOnce)
        {
            Forget(segment, now - Horizon, 0);
            return;
        }
        if (_segments < _maxSegments)
        {
            Split(segment);
            // A split may leave all keys on one side; the next insertion then makes room again.
            if (segment.Used < SegmentPlaces - 1)
            {
                return;
            }
        }
        Span<long> times = _times.AsSpan(0, CopyTimes(segment));
        long last = QuickSelect.At(times, EvictedAtOnce);
        // Older times are in front now. Of the keys with exactly this time, evict only as many as needed.
        Forget(segment, last, EvictedAtOnce - times[..EvictedAtOnce].CountBelow(last));
        Evictions += EvictedAtOnce;
    }

    /// <summary>Copies the times of a segment's keys to <see cref="_times"/> and returns how many there are.</summary>
    private int CopyTimes(Segment segment)
    {
        T* entries = Entries(segment.Room);
        int n = 0;
        for (int i = 0; i < SegmentPlaces; i++)
        {
            _times[n] = entries[i].Last;
            n += segment.Room[i] != 0 ? 1 : 0;
        }
        return n;
    }

    /// <summary>Forgets the segment's keys whose latest click is before <paramref name="before"/>, and
    /// <paramref name="atIt"/> of those exactly at it. Reinserts keys that had overflowed to a later group, so that a
    /// free slot still ends a search. Branch-free, as the outcome is unpredictable: writes every entry, and advances
    /// the counters only if it matches.</summary>
    private void Forget(Segment segment, long before, int atIt)
    {
        Moves++;
        T* entries = Entries(segment.Room);
        int gone = 0,
            moved = 0;
        for (int i = 0; i < SegmentPlaces; i++)
        {
            ref readonly T entry = ref entries[i];
            byte tag = segment.Room[i];
            int used = tag != 0 ? 1 : 0,
                goes = entry.Last < before ? used : 0;
            if (entry.Last == before && atIt > 0 && used != 0)
            {
                (goes, atIt) = (1, atIt - 1);
            }

            int moves = Group(entry.Key) != i / GroupPlaces ? used & ~goes : 0;
            _spare[moved] = _spare[SegmentPlaces - 1 - gone] = entry;
            gone += goes;
            moved += moves;
            segment.Room[i] = (goes | moves) != 0 ? (byte)0 : tag;
        }
        segment.Used -= gone;
        Count -= gone;
        foreach (ref readonly T entry in _spare.AsSpan(SegmentPlaces - gone))
        {
            Forgotten(entry);
        }

        foreach (ref readonly T entry in _spare.AsSpan(0, moved))
        {
            *Free(segment.Room, entry.Key) = entry;
        }
    }

    private void Split(Segment segment)
    {
        if (segment.Depth == _depth)
        {
            if (_depth == 24)
            {
                return;
            }

            _directory = [.. _directory, .. _directory];
            byte*[] rooms = new byte*[_directory.Length];
            for (int i = 0; i < rooms.Length; i++)
            {
                rooms[i] = _directory[i].Room;
            }

            _rooms = rooms;
            _depth++;
        }
        Segment sibling = NewSegment(++segment.Depth);
        int bit = 1 << (segment.Depth - 1);
        for (int i = 0; i < _directory.Length; i++)
        {
            if (_directory[i] != segment || (i & bit) == 0)
            {
                continue;
            }

            _directory[i] = sibling;
            _rooms[i] = sibling.Room;
        }
        int stays = 0,
            moves = SegmentPlaces;
        for (int i = 0; i < SegmentPlaces; i++)
        {
            if (segment.Room[i] == 0)
            {
                continue;
            }

            T entry = Entries(segment.Room)[i];
            if (((int)entry.Key & bit) != 0)
            {
                _spare[--moves] = entry;
            }
            else
            {
                _spare[stays++] = entry;
            }
        }
        Refill(segment, _spare.AsSpan(0, stays));
        Refill(sibling, _spare.AsSpan(moves));
    }

    private void Refill(Segment segment, ReadOnlySpan<T> entries)
    {
        Moves++;
        NativeMemory.Clear(segment.Room, SegmentPlaces);
        segment.Used = entries.Length;
        foreach (ref readonly T entry in entries)
        {
            *Free(segment.Room, entry.Key) = entry;
        }
    }

    private Segment NewSegment(int depth)
    {
        _segments++;
        byte* at = _memory.Take();
        NativeMemory.Clear(at, SegmentPlaces);
        return new Segment { Room = at, Depth = depth };
    }

    /// <summary>The low bits choose the segment, the highest bits the group within it, and the bits below those the
    /// tag.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Index(ulong key) => (int)key & (_rooms.Length - 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Group(ulong key) => (int)(key >> 56);

    /// <summary>The tag is never 0, which marks a free slot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte Tag(ulong key) => Math.Max((byte)(key >> 48), (byte)1);

    private static T* Entries(byte* room) => (T*)(room + SegmentPlaces);

    /// <summary>Called for each entry that is forgotten, so that a subclass can free what belongs to it.</summary>
    private protected virtual void Forgotten(in T entry) { }

    public virtual void Dispose()
    {
        _memory.Dispose();
        _directory = [];
        _rooms = [];
        GC.SuppressFinalize(this);
    }
}
