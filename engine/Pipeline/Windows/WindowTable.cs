using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Engine.Pipeline.Windows;

/// <summary>
/// Windows by key, open-addressed, bounded. Grows by splitting one segment of 4,096 places at a time (extendible hashing, Fagin et al. 1979),
/// so no click waits for a whole table to move. A full segment first forgets keys that no window can count any more; at the bound it forgets
/// its oldest eighth, and counts what it evicted. One table a partition; not for two threads. Pointers into it hold until the next
/// <see cref="Touch"/>.
/// </summary>
public sealed unsafe class WindowTable : IDisposable
{
    /// <summary>Places of a segment.</summary>
    public const int SegmentPlaces = 4096;

    private const int Full = SegmentPlaces * 3 / 4, EvictedAtOnce = SegmentPlaces / 8;

    /// <summary>A key whose latest click is older than the longest window and a hop of it counts for nothing.</summary>
    private const long Horizon = 3_600_000 + 600_000;

    private sealed class Segment
    {
        public WindowEntry* Places;
        public int Used, Depth;
    }

    private readonly int _maxSegments;
    private readonly WindowEntry[] _spare = new WindowEntry[SegmentPlaces];
    private Segment[] _directory;
    private WindowEntry*[] _places;
    private int _depth, _segments;

    /// <param name="maxKeys">The most keys to keep; rounded up to whole segments.</param>
    public WindowTable(int maxKeys)
    {
        _maxSegments = Math.Max(1, (maxKeys + Full - 1) / Full);
        Segment first = NewSegment(0);
        _directory = [first];
        _places = new WindowEntry*[1];
        _places[0] = first.Places;
    }

    /// <summary>Keys that were forgotten although a window could still count them.</summary>
    public long Evictions { get; private set; }

    /// <summary>Keys in the table.</summary>
    public long Count { get; private set; }

    /// <summary>Bytes of memory in use for keys.</summary>
    public long MemoryBytes => (long)_segments * SegmentPlaces * WindowEntry.Bytes;

    /// <summary>Asks for the key's cache line, some events before it is needed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(ulong key)
    {
        if (Sse.IsSupported) Sse.Prefetch0(_places[Index(key)] + Place(key));
    }

    /// <summary>The key's entry, or null.</summary>
    public WindowEntry* Find(ulong key)
    {
        WindowEntry* places = _places[Index(key)];
        for (int place = Place(key); places[place].Key != 0; place = (place + 1) & (SegmentPlaces - 1))
            if (places[place].Key == key) return places + place;
        return null;
    }

    /// <summary>The key's entry, made where there is none. <paramref name="now"/> is log time in ms: what forgetting goes by.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public WindowEntry* Touch(ulong key, long now)
    {
        WindowEntry* places = _places[Index(key)];
        for (int place = Place(key); ; place = (place + 1) & (SegmentPlaces - 1))
        {
            ulong found = places[place].Key;
            if (found == key) return places + place;
            if (found == 0) return Add(key, now);
        }
    }

    private WindowEntry* Add(ulong key, long now)
    {
        Segment segment = _directory[Index(key)];
        if (segment.Used >= Full)
        {
            MakeRoom(segment, now);
            segment = _directory[Index(key)];
        }
        segment.Used++;
        Count++;
        int place = Place(key);
        while (segment.Places[place].Key != 0) place = (place + 1) & (SegmentPlaces - 1);
        WindowEntry* entry = segment.Places + place;
        *entry = default;
        entry->Key = key;
        return entry;
    }

    private void MakeRoom(Segment segment, long now)
    {
        long oldest = now - Horizon;
        if (Forget(segment, oldest) >= EvictedAtOnce) return;
        if (_segments < _maxSegments)
        {
            Split(segment);
            // A split may leave all on one side; the next insertion then comes here again.
            if (segment.Used < SegmentPlaces - 1) return;
        }
        long[] times = new long[segment.Used];
        int n = 0;
        for (int i = 0; i < SegmentPlaces; i++) if (segment.Places[i].Key != 0) times[n++] = segment.Places[i].Last;
        Array.Sort(times);
        EvictOldest(segment, times[EvictedAtOnce]);
    }

    /// <summary>Forgets an eighth: what is older than the key at that rank, and of those as old as it no more than are needed.</summary>
    private void EvictOldest(Segment segment, long last)
    {
        int older = 0, kept = 0;
        for (int i = 0; i < SegmentPlaces; i++) if (segment.Places[i].Key != 0 && segment.Places[i].Last < last) older++;
        int equal = EvictedAtOnce - older;
        for (int i = 0; i < SegmentPlaces; i++)
        {
            ref WindowEntry entry = ref segment.Places[i];
            if (entry.Key == 0 || entry.Last < last || (entry.Last == last && equal-- > 0)) continue;
            _spare[kept++] = entry;
        }
        Refill(segment, _spare.AsSpan(0, kept));
        Count -= EvictedAtOnce;
        Evictions += EvictedAtOnce;
    }

    /// <summary>Forgets the segment's keys whose latest click is before a time; how many they were.</summary>
    private int Forget(Segment segment, long before)
    {
        int stale = 0;
        for (int i = 0; i < SegmentPlaces; i++) if (segment.Places[i].Key != 0 && segment.Places[i].Last < before) stale++;
        if (stale < EvictedAtOnce) return 0;
        int kept = 0;
        for (int i = 0; i < SegmentPlaces; i++)
            if (segment.Places[i].Key != 0 && segment.Places[i].Last >= before) _spare[kept++] = segment.Places[i];
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
            _places = new WindowEntry*[_directory.Length];
            for (int i = 0; i < _directory.Length; i++) _places[i] = _directory[i].Places;
            _depth++;
        }
        Segment sibling = NewSegment(++segment.Depth);
        int bit = 1 << (segment.Depth - 1);
        for (int i = 0; i < _directory.Length; i++)
        {
            if (_directory[i] != segment || (i & bit) == 0) continue;
            _directory[i] = sibling;
            _places[i] = sibling.Places;
        }
        int stays = 0, moves = SegmentPlaces;
        for (int i = 0; i < SegmentPlaces; i++)
        {
            WindowEntry entry = segment.Places[i];
            if (entry.Key == 0) continue;
            if (((int)entry.Key & bit) != 0) _spare[--moves] = entry;
            else _spare[stays++] = entry;
        }
        Refill(segment, _spare.AsSpan(0, stays));
        Refill(sibling, _spare.AsSpan(moves));
    }

    private static void Refill(Segment segment, ReadOnlySpan<WindowEntry> entries)
    {
        NativeMemory.Clear(segment.Places, SegmentPlaces * WindowEntry.Bytes);
        segment.Used = entries.Length;
        foreach (ref readonly WindowEntry entry in entries)
        {
            int place = Place(entry.Key);
            while (segment.Places[place].Key != 0) place = (place + 1) & (SegmentPlaces - 1);
            segment.Places[place] = entry;
        }
    }

    private Segment NewSegment(int depth)
    {
        _segments++;
        void* places = NativeMemory.AlignedAlloc(SegmentPlaces * WindowEntry.Bytes, WindowEntry.Bytes);
        NativeMemory.Clear(places, SegmentPlaces * WindowEntry.Bytes);
        return new Segment { Places = (WindowEntry*)places, Depth = depth };
    }

    /// <summary>Low bits choose the segment, high bits the place in it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Index(ulong key) => (int)key & (_directory.Length - 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Place(ulong key) => (int)(key >> 52);

    public void Dispose()
    {
        foreach (Segment segment in _directory.Distinct()) NativeMemory.AlignedFree(segment.Places);
        _directory = [];
        _places = new WindowEntry*[0];
    }
}
