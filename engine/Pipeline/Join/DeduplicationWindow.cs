using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Engine.Primitives;

namespace Engine.Pipeline.Join;

/// <summary>The ids that a partition has seen: a ring in the order in which they were last seen, and an index over it.
/// An id is forgotten after its time (log time), or at the bound, least recently seen first. It is never forgotten
/// while its click waits for a path, or a second event of that id would wait beside it. An id that is seen again moves
/// to the ring's end and leaves a hole. The window grows by doubling up to its bound, and by one more doubling for
/// holes. From 2 MB on, its ring grows eightfold, as it is filled in order and commits memory only as it fills. It
/// exceeds its bound only if all its ids wait. Off-heap: GC copying would dominate at a million ids. One per partition;
/// not thread-safe. References are valid until the next <see cref="Add"/> or <see cref="Renew"/>.</summary>
public sealed unsafe class DeduplicationWindow : IDisposable
{
    /// <summary>A remembered id, 16 bytes. It keeps only the low bits of its click's log time and offset, as everything
    /// remembered is within a day and 4 billion records of the latest (<see cref="LogTimeOf"/>,
    /// <see cref="OffsetOf"/>).</summary>
    public struct Remembered
    {
        private const uint DecidedBit = 1u << 31,
            HoleBit = 1u << 30;

        public ulong Id;

        private uint _timeAndBits;
        internal readonly uint OffsetBits;

        internal Remembered(ulong id, long logTime, bool decided, long offset)
            : this(id, logTime, decided, (uint)offset) { }

        private Remembered(ulong id, long logTime, bool decided, uint offsetBits) =>
            (Id, _timeAndBits, OffsetBits) = (id, (uint)logTime & TimeMask | (decided ? DecidedBit : 0), offsetBits);

        internal readonly uint TimeBits => _timeAndBits & TimeMask;

        /// <summary>Whether its id was seen again and has moved on.</summary>
        internal readonly bool IsHole => (_timeAndBits & HoleBit) != 0;

        internal void MakeHole() => _timeAndBits |= HoleBit;

        internal readonly Remembered SeenAt(long logTime) => new(Id, logTime, Decided, OffsetBits);

        /// <summary>Whether the click is decided; false while it waits for its path.</summary>
        public bool Decided
        {
            readonly get => (_timeAndBits & DecidedBit) != 0;
            set => _timeAndBits = value ? _timeAndBits | DecidedBit : _timeAndBits & ~DecidedBit;
        }
    }

    /// <summary>30 bits of ms are 12 days; ids are remembered for at most one day.</summary>
    private const uint TimeMask = (1u << 30) - 1;

    /// <summary>A full ring with this share of holes is compacted, otherwise it grows. The work is 32 moves for each id
    /// that was seen again.</summary>
    private const int CompactShare = 32;

    private const int AwayBits = 3;

    /// <summary>At this distance from home or more, the id determines the distance.</summary>
    private const uint FarAway = (1u << AwayBits) - 1;

    /// <summary>How many ids before it is forgotten an id's index line is prefetched.</summary>
    private const int PrefetchAhead = 8;

    /// <summary>The number of ids on a page of the ring, 16 bytes each.</summary>
    private const int IdsPerPage = HugePages.Bytes / 16;

    private int _bound;
    private Remembered* _ring;

    /// <summary>The sizes of the ring and of the index, which has at least twice as many slots as ids.</summary>
    private int _size,
        _links;

    /// <summary>Links, 0 if free. The low bits hold the ring slot plus 1; the <see cref="AwayBits"/> bits above them
    /// the link's distance from its home; the bits above those are the id's own. So other ids are recognized, and links
    /// moved up, without reading the ring, which isn't prefetched.</summary>
    private uint* _index;

    /// <summary>The next index, if it was allocated ahead, and its size.</summary>
    private uint* _following;
    private int _followingLinks;
    private uint _placeMask,
        _idMask;
    private int _awayShift;

    /// <summary>The first slot in use, never a hole; the number of ids; the number of slots in use, holes
    /// included.</summary>
    private int _head,
        _count,
        _span;

    /// <summary>The log time and offset of the latest click.</summary>
    private long _logTime,
        _offset;

    /// <param name="bound">The maximum number of ids.</param>
    public DeduplicationWindow(int bound)
    {
        _bound = Math.Max(16, bound);
        int size = Math.Min(1024, (int)BitOperations.RoundUpToPowerOf2((uint)_bound));
        AllocateRing(size);
        AllocateIndex(size * 2);
    }

    ~DeduplicationWindow() => Free();

    public int Count => _count;

    /// <summary>The bytes of memory for ids once the ring is full; less is committed before.</summary>
    public long MemoryBytes => (long)_size * sizeof(Remembered) + (long)_links * sizeof(uint);

    /// <summary>Called with each id that is forgotten, so that dependent state can be removed too.</summary>
    public Action<ulong>? Forgotten { get; set; }

    /// <summary>Prefetches the index line of an id.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(ulong id)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(_index + (int)(Home(id) & Mask));
        }
    }

    /// <summary>Finds an id, or returns a null reference.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref Remembered Find(ulong id)
    {
        uint mask = Mask;
        for (uint slot = Home(id) & mask; _index[slot] != 0; slot = (slot + 1) & mask)
        {
            if (((_index[slot] ^ (uint)id) & _idMask) != 0)
            {
                continue;
            }

            Remembered* remembered = _ring + ((_index[slot] & _placeMask) - 1);
            if (remembered->Id == id)
            {
                return ref *remembered;
            }
        }
        return ref Unsafe.NullRef<Remembered>();
    }

    /// <summary>The log time at which a click was last seen, ms.</summary>
    public long LogTimeOf(in Remembered click) => _logTime - (((uint)_logTime - click.TimeBits) & TimeMask);

    /// <summary>The offset at which a click was first seen, for reading it again if a label lacks its
    /// dimensions.</summary>
    public long OffsetOf(in Remembered click) => _offset - ((uint)_offset - click.OffsetBits);

    /// <summary>Changes the maximum number of ids. If there are more already, forgets the oldest.</summary>
    public void SetBound(int bound)
    {
        _bound = Math.Max(16, bound);
        while (_count > _bound && _ring[_head].Decided)
        {
            ForgetOldest();
        }
    }

    /// <summary>Adds an id that <see cref="Find"/> didn't find, with the offset of its click. Log time and offsets must
    /// not decrease.</summary>
    public void Add(ulong id, long logTime, bool decided, long offset)
    {
        while (_count >= _bound && _ring[_head].Decided)
        {
            ForgetOldest();
        }

        (_logTime, _offset) = (logTime, offset);
        Append(new Remembered(id, logTime, decided, offset));
    }

    /// <summary>Remembers an id anew that was seen again. Log time must not decrease.</summary>
    /// <param name="seen">From <see cref="Find"/>.</param>
    public void Renew(ref Remembered seen, long logTime)
    {
        Remembered renewed = seen.SeenAt(logTime);
        Unlink(seen.Id, (int)((Remembered*)Unsafe.AsPointer(ref seen) - _ring));
        seen.MakeHole();
        _count--;
        SkipHoles();
        _logTime = logTime;
        Append(renewed);
    }

    /// <summary>Forgets ids seen before a log time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Expire(long before)
    {
        while (_count > 0 && (before > _logTime || LogTimeOf(_ring[_head]) < before) && _ring[_head].Decided)
        {
            ForgetOldest();
        }
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private uint Mask => (uint)_links - 1;

    /// <summary>The slot where an id's search begins, from other bits than those stored in the index.</summary>
    private static uint Home(ulong id) => (uint)(id >> 32);

    private void ForgetOldest()
    {
        ulong id = _ring[_head].Id;
        Prefetch(_ring[(_head + PrefetchAhead) & (_size - 1)].Id);
        Unlink(id, _head);
        _ring[_head].MakeHole();
        _count--;
        SkipHoles();
        Forgotten?.Invoke(id);
    }

    private void SkipHoles()
    {
        while (_span > 0 && _ring[_head].IsHole)
        {
            _head = (_head + 1) & (_size - 1);
            _span--;
        }
    }

    private void Append(in Remembered remembered)
    {
        if (_span == _size)
        {
            if ((_span - _count) * CompactShare >= _size)
            {
                CompactRing();
            }
            else
            {
                GrowRing();
            }
        }

        if (_count * 2 == _links)
        {
            GrowIndex();
        }

        int place = (_head + _span) & (_size - 1);
        if ((place & (IdsPerPage - 1)) == IdsPerPage * 7 / 8)
        {
            PrefaultAhead(place);
        }

        _ring[place] = remembered;
        _count++;
        _span++;
        Link(remembered.Id, place);
    }

    private void AllocateRing(int size)
    {
        _size = size;
        _ring = (Remembered*)HugePages.Allocate((nuint)size * (nuint)sizeof(Remembered));
        _placeMask = (uint)size * 2 - 1;
        _awayShift = BitOperations.PopCount(_placeMask);
        _idMask = ~(_placeMask | FarAway << _awayShift);
    }

    private void AllocateIndex(int links)
    {
        _links = links;
        if (_followingLinks == links)
        {
            _index = _following;
        }
        else
        {
            HugePages.Free(_following);
            _index = (uint*)HugePages.Allocate((nuint)links * sizeof(uint));
        }
        _following = null;
        _followingLinks = 0;
        NativeMemory.Clear(_index, (nuint)links * sizeof(uint));
    }

    /// <summary>Prefaults the ring's next page and, if the index is about to grow, its successor.</summary>
    private void PrefaultAhead(int place)
    {
        int next = place - place % IdsPerPage + IdsPerPage;
        if (next < _size && _span < next)
        {
            PagePrefaulter.Prefault(_ring + next, HugePages.Bytes);
        }

        if (_followingLinks != 0 || _count < _links / 2 - IdsPerPage || _links / 2 >= _bound)
        {
            return;
        }

        _followingLinks = _links * 2;
        _following = (uint*)HugePages.Allocate((nuint)_followingLinks * sizeof(uint));
        PagePrefaulter.Prefault(_following, (nuint)_followingLinks * sizeof(uint));
    }

    private void GrowRing()
    {
        Remembered* ring = _ring;
        int size = _size;
        bool fillsPage = size * sizeof(Remembered) >= HugePages.Bytes;
        AllocateRing(
            !fillsPage
                ? size * 2
                : Math.Max(size * 2, Math.Min(size * 8, (int)BitOperations.RoundUpToPowerOf2((uint)_bound)))
        );
        int kept = 0;
        for (int i = 0; i < _span; i++)
        {
            ref Remembered remembered = ref ring[(_head + i) & (size - 1)];
            if (!remembered.IsHole)
            {
                _ring[kept++] = remembered;
            }
        }

        (_head, _span) = (0, kept);
        HugePages.Free(ring);
        // Links contain ring slots; with more of those, fewer bits are left for ids.
        GrowIndex();
    }

    private void CompactRing()
    {
        int kept = 0;
        for (int i = 0; i < _span; i++)
        {
            ref Remembered remembered = ref _ring[(_head + i) & (_size - 1)];
            if (!remembered.IsHole)
            {
                _ring[(_head + kept++) & (_size - 1)] = remembered;
            }
        }

        _span = kept;
        NativeMemory.Clear(_index, (nuint)_links * sizeof(uint));
        LinkAll();
    }

    private void GrowIndex()
    {
        HugePages.Free(_index);
        AllocateIndex(Math.Max(_links, (int)BitOperations.RoundUpToPowerOf2((uint)_count * 2 + 1)));
        LinkAll();
    }

    private void LinkAll()
    {
        for (int i = 0; i < _span; i++)
        {
            int place = (_head + i) & (_size - 1);
            if (!_ring[place].IsHole)
            {
                Link(_ring[place].Id, place);
            }
        }
    }

    private void Free()
    {
        HugePages.Free(_ring);
        HugePages.Free(_index);
        HugePages.Free(_following);
        _ring = null;
        _following = null;
        _index = null;
    }

    private void Link(ulong id, int place)
    {
        uint mask = Mask,
            home = Home(id) & mask,
            slot = home;
        while (_index[slot] != 0)
        {
            slot = (slot + 1) & mask;
        }

        _index[slot] = (uint)id & _idMask | Away((slot - home) & mask) | (uint)(place + 1);
    }

    /// <summary>Removes a link and moves up those after it, so that it leaves no tombstone (Knuth 6.4, algorithm
    /// R).</summary>
    private void Unlink(ulong id, int place)
    {
        uint mask = Mask,
            hole = Home(id) & mask;
        while ((_index[hole] & _placeMask) != place + 1)
        {
            hole = (hole + 1) & mask;
        }

        for (uint slot = (hole + 1) & mask; _index[slot] != 0; slot = (slot + 1) & mask)
        {
            uint link = _index[slot],
                away = link >> _awayShift & FarAway,
                up = (slot - hole) & mask;
            if (away == FarAway)
            {
                away = (slot - Home(_ring[(link & _placeMask) - 1].Id)) & mask;
            }

            if (away < up)
            {
                continue;
            }

            _index[hole] = link & ~(FarAway << _awayShift) | Away(away - up);
            hole = slot;
        }
        _index[hole] = 0;
    }

    private uint Away(uint places) => Math.Min(places, FarAway) << _awayShift;
}
