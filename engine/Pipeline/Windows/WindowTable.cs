using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Pipeline.Windows;

/// <summary>
/// Windows by key, bounded. A byte of each key stands in a row of tags, sixteen compared at once (Swiss table, Abseil 2018), so that a
/// look-up costs one line of tags and one of the entry, whether the key is there or not. Grows by splitting one segment of 4,096 places at a
/// time (extendible hashing, Fagin et al. 1979), so no click waits for a whole table to move. A full segment first forgets keys that no
/// window can count any more; at the bound it forgets its oldest eighth, and counts what it evicted. One table a partition; not for two
/// threads. Pointers into it hold until the next <see cref="Touch"/>.
/// </summary>
public unsafe class WindowTable<T> : IDisposable where T : unmanaged, IWindowEntry
{
    /// <summary>Places of a segment.</summary>
    public const int SegmentPlaces = 4096;

    private const int GroupPlaces = 16, Groups = SegmentPlaces / GroupPlaces;
    private const int Full = SegmentPlaces * 7 / 8, EvictedAtOnce = SegmentPlaces / 8;

    /// <summary>A key whose latest click is older than the longest window and a hop of it counts for nothing.</summary>
    private const long Horizon = 3_600_000 + 600_000;

    private sealed class Segment
    {
        public Room Room;
        public int Used, Depth;
    }

    /// <summary>The memory of a segment: tags (0 where free), and the entries in the same places.</summary>
    private struct Room
    {
        public byte* Tags;
        public T* Entries;
    }

    private readonly int _maxSegments;
    private readonly T[] _spare = new T[SegmentPlaces];
    private readonly long[] _times = new long[SegmentPlaces];
    private Segment[] _directory;
    private Room[] _rooms;
    private int _depth, _segments;

    /// <summary>Entries need no clearing: a tag says which are in use.</summary>
    private readonly TableMemory _memory = new(SegmentPlaces * (1 + sizeof(T)));

    /// <param name="maxKeys">The most keys to keep; rounded up to whole segments.</param>
    public WindowTable(int maxKeys)
    {
        _maxSegments = Math.Max(1, (maxKeys + Full - 1) / Full);
        Segment first = NewSegment(0);
        _directory = [first];
        _rooms = [first.Room];
    }

    /// <summary>Keys that were forgotten although a window could still count them.</summary>
    public long Evictions { get; private set; }

    /// <summary>Keys in the table.</summary>
    public long Count { get; private set; }

    /// <summary>Bytes of memory in use for keys.</summary>
    public virtual long MemoryBytes => (long)_segments * SegmentPlaces * (sizeof(T) + 1);

    /// <summary>Asks for the line of the key's tags.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchTags(ulong key)
    {
        if (Sse.IsSupported) Sse.Prefetch0(_rooms[Index(key)].Tags + Group(key) * GroupPlaces);
    }

    /// <summary>
    /// Asks for the key's entry, as its tags tell the place; they should be there already. Where it may lie, for <see cref="Touch(ulong,long,T*)"/>
    /// while <see cref="Moves"/> stays as it is; null where it isn't in the table, or further on.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T* Prefetch(ulong key)
    {
        ref readonly Room room = ref _rooms[Index(key)];
        int group = Group(key) * GroupPlaces;
        Vector128<byte> tags = Vector128.Load(room.Tags + group);
        uint hits = Vector128.Equals(tags, Vector128.Create(Tag(key))).ExtractMostSignificantBits();
        bool found = hits != 0;
        if (!found) hits = Vector128.Equals(tags, Vector128<byte>.Zero).ExtractMostSignificantBits();
        T* entry = room.Entries + group + (BitOperations.TrailingZeroCount(hits) & (GroupPlaces - 1));
        if (Sse.IsSupported) Sse.Prefetch0(entry);
        return found ? entry : null;
    }

    /// <summary>How often entries were moved: places known before are void then.</summary>
    public int Moves { get; private set; }

    /// <summary>The key's entry, by the place that <see cref="Prefetch"/> told where nothing moved since, else as without it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T* Touch(ulong key, long now, T* place) => place != null && place->Key == key ? place : Touch(key, now);

    /// <summary>The key's entry, or null.</summary>
    public T* Find(ulong key) => Find(_rooms[Index(key)], key);

    /// <summary>The key's entry, made where there is none. <paramref name="now"/> is log time in ms: what forgetting goes by.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T* Touch(ulong key, long now)
    {
        T* found = Find(_rooms[Index(key)], key);
        return found != null ? found : Add(key, now);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T* Find(in Room room, ulong key)
    {
        Vector128<byte> tag = Vector128.Create(Tag(key));
        for (int group = Group(key); ; group = (group + 1) & (Groups - 1))
        {
            Vector128<byte> tags = Vector128.Load(room.Tags + group * GroupPlaces);
            for (uint hits = Vector128.Equals(tags, tag).ExtractMostSignificantBits(); hits != 0; hits &= hits - 1)
            {
                T* entry = room.Entries + group * GroupPlaces + BitOperations.TrailingZeroCount(hits);
                if (entry->Key == key) return entry;
            }
            // Nothing is ever taken out of a group but by refilling the segment: a free place ends the search.
            if (Vector128.EqualsAny(tags, Vector128<byte>.Zero)) return null;
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

    /// <summary>The first free place of a key, marked with its tag.</summary>
    private static T* Free(in Room room, ulong key)
    {
        for (int group = Group(key); ; group = (group + 1) & (Groups - 1))
        {
            uint free = Vector128.Equals(Vector128.Load(room.Tags + group * GroupPlaces), Vector128<byte>.Zero).ExtractMostSignificantBits();
            if (free == 0) continue;
            int place = group * GroupPlaces + BitOperations.TrailingZeroCount(free);
            room.Tags[place] = Tag(key);
            return room.Entries + place;
        }
    }

    private void MakeRoom(Segment segment, long now)
    {
        if (Forget(segment, now - Horizon) >= EvictedAtOnce) return;
        if (_segments < _maxSegments)
        {
            Split(segment);
            // A split may leave all on one side; the next insertion then comes here again.
            if (segment.Used < SegmentPlaces - 1) return;
        }
        int n = 0;
        for (int i = 0; i < SegmentPlaces; i++) if (segment.Room.Tags[i] != 0) _times[n++] = segment.Room.Entries[i].Last;
        EvictOldest(segment, Ranked.At(_times.AsSpan(0, n), EvictedAtOnce));
    }

    /// <summary>Forgets an eighth: what is older than the key at that rank, and of those as old as it no more than are needed.</summary>
    private void EvictOldest(Segment segment, long last)
    {
        int older = 0, kept = 0;
        for (int i = 0; i < SegmentPlaces; i++) if (segment.Room.Tags[i] != 0 && segment.Room.Entries[i].Last < last) older++;
        int equal = EvictedAtOnce - older;
        for (int i = 0; i < SegmentPlaces; i++)
        {
            if (segment.Room.Tags[i] == 0) continue;
            ref T entry = ref segment.Room.Entries[i];
            if (entry.Last < last || (entry.Last == last && equal-- > 0)) Forgotten(entry);
            else _spare[kept++] = entry;
        }
        Refill(segment, _spare.AsSpan(0, kept));
        Count -= EvictedAtOnce;
        Evictions += EvictedAtOnce;
    }

    /// <summary>Forgets the segment's keys whose latest click is before a time; how many they were.</summary>
    private int Forget(Segment segment, long before)
    {
        int stale = 0;
        for (int i = 0; i < SegmentPlaces; i++) if (segment.Room.Tags[i] != 0 && segment.Room.Entries[i].Last < before) stale++;
        if (stale < EvictedAtOnce) return 0;
        int kept = 0;
        for (int i = 0; i < SegmentPlaces; i++)
        {
            if (segment.Room.Tags[i] == 0) continue;
            ref T entry = ref segment.Room.Entries[i];
            if (entry.Last < before) Forgotten(entry);
            else _spare[kept++] = entry;
        }
        Refill(segment, _spare.AsSpan(0, kept));
        Count -= stale;
        return stale;
    }

    private void Split(Segment segment)
    {
        if (segment.Depth == _depth)
        {
            if (_depth == 24) return;
            _directory = [.. _directory, .. _directory];
            _rooms = [.. _rooms, .. _rooms];
            _depth++;
        }
        Segment sibling = NewSegment(++segment.Depth);
        int bit = 1 << (segment.Depth - 1);
        for (int i = 0; i < _directory.Length; i++)
            if (_directory[i] == segment && (i & bit) != 0) (_directory[i], _rooms[i]) = (sibling, sibling.Room);
        int stays = 0, moves = SegmentPlaces;
        for (int i = 0; i < SegmentPlaces; i++)
        {
            if (segment.Room.Tags[i] == 0) continue;
            T entry = segment.Room.Entries[i];
            if (((int)entry.Key & bit) != 0) _spare[--moves] = entry;
            else _spare[stays++] = entry;
        }
        Refill(segment, _spare.AsSpan(0, stays));
        Refill(sibling, _spare.AsSpan(moves));
    }

    private void Refill(Segment segment, ReadOnlySpan<T> entries)
    {
        Moves++;
        NativeMemory.Clear(segment.Room.Tags, SegmentPlaces);
        segment.Used = entries.Length;
        foreach (ref readonly T entry in entries) *Free(segment.Room, entry.Key) = entry;
    }

    private Segment NewSegment(int depth)
    {
        _segments++;
        byte* at = _memory.Take();
        NativeMemory.Clear(at, SegmentPlaces);
        return new Segment { Room = new Room { Tags = at, Entries = (T*)(at + SegmentPlaces) }, Depth = depth };
    }

    /// <summary>Low bits choose the segment, the highest the group in it, those below the tag.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Index(ulong key) => (int)key & (_rooms.Length - 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Group(ulong key) => (int)(key >> 56);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte Tag(ulong key) => (byte)(key >> 48 | 0x80);

    /// <summary>Told of an entry that is forgotten, so that what hangs on it can go too.</summary>
    private protected virtual void Forgotten(in T entry)
    {
    }

    public virtual void Dispose()
    {
        _memory.Dispose();
        _directory = [];
        _rooms = [];
        GC.SuppressFinalize(this);
    }
}
