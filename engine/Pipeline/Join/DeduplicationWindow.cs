using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Engine.Primitives;

namespace Engine.Pipeline.Join;

/// <summary>
/// The ids that a partition has seen: a ring in order of arrival and an index over it. An id is forgotten after its
/// time (log time), or when the ring is full, oldest first; never while its click waits for a path, or a second event
/// of that id would wait beside it. Grows by doubling up to its bound, its ring from 2 MB on eightfold, since it is
/// filled in order and takes memory only as it fills; and beyond its bound only where all that it holds wait. Lies
/// outside of the collector's heap: at a million ids its copies there would cost more than all else. One a partition;
/// not for two threads. References hold until the next <see cref="Add"/>.
/// </summary>
public sealed unsafe class DeduplicationWindow : IDisposable
{
    /// <summary>
    /// What is remembered of an id: 16 bytes. Of its click's log time and offset the low bits are kept, for all that is
    /// remembered lies within a day and 4 billion records of the latest (<see cref="LogTimeOf"/>,
    /// <see cref="OffsetOf"/>).
    /// </summary>
    public struct Remembered
    {
        private const uint DecidedBit = 1u << 31;

        public ulong Id;

        private uint _timeAndDecided;
        internal readonly uint OffsetBits;

        internal Remembered(ulong id, long logTime, bool decided, long offset) =>
            (Id, _timeAndDecided, OffsetBits) = (
                id,
                (uint)logTime & TimeMask | (decided ? DecidedBit : 0),
                (uint)offset
            );

        internal readonly uint TimeBits => _timeAndDecided & TimeMask;

        /// <summary>Whether the click is decided, or still waits for its path.</summary>
        public bool Decided
        {
            readonly get => (_timeAndDecided & DecidedBit) != 0;
            set => _timeAndDecided = value ? _timeAndDecided | DecidedBit : _timeAndDecided & ~DecidedBit;
        }
    }

    /// <summary>31 bits of ms are 24 days; ids are remembered for one at most.</summary>
    private const uint TimeMask = (1u << 31) - 1;

    private const int AwayBits = 3;

    /// <summary>So far or farther from home: then the id tells.</summary>
    private const uint FarAway = (1u << AwayBits) - 1;

    /// <summary>How many ids before it is forgotten an id's line in the index is asked for.</summary>
    private const int AskedAhead = 8;

    /// <summary>Ids of 16 bytes on a page of the ring.</summary>
    private const int IdsPerPage = HugePages.Bytes / 16;

    private int _bound;
    private Remembered* _ring;

    /// <summary>Places of the ring, and of the index, which are twice the ids at least.</summary>
    private int _size,
        _links;

    /// <summary>
    /// Links, 0 where free: in the low bits the place in the ring plus 1; above them, in <see cref="AwayBits"/> bits,
    /// how far the link lies behind its home; above these the id's own bits. So another id is told apart, and links are
    /// moved up, without a look at the ring, which is memory that nobody asked for.
    /// </summary>
    private uint* _index;

    /// <summary>The index that comes next, where it was asked for already, and its links.</summary>
    private uint* _following;
    private int _followingLinks;
    private uint _placeMask,
        _idMask;
    private int _awayShift;
    private int _head,
        _count;

    /// <summary>Of the latest click.</summary>
    private long _logTime,
        _offset;

    /// <param name="bound">The most ids to remember.</param>
    public DeduplicationWindow(int bound)
    {
        _bound = Math.Max(16, bound);
        int size = Math.Min(1024, (int)BitOperations.RoundUpToPowerOf2((uint)_bound));
        AllocateRing(size);
        AllocateIndex(size * 2);
    }

    ~DeduplicationWindow() => Free();

    public int Count => _count;

    /// <summary>Bytes of memory for ids once the ring is full; it has less before.</summary>
    public long MemoryBytes => (long)_size * sizeof(Remembered) + (long)_links * sizeof(uint);

    /// <summary>What is told of an id that is forgotten, so that what hangs on it can go too.</summary>
    public Action<ulong>? Forgotten { get; set; }

    /// <summary>Asks for the line where an id is looked up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(ulong id)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(_index + (int)(Home(id) & Mask));
        }
    }

    /// <summary>The remembered id, or a null reference.</summary>
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

    /// <summary>Log time of a remembered click, ms.</summary>
    public long LogTimeOf(in Remembered click) => _logTime - (((uint)_logTime - click.TimeBits) & TimeMask);

    /// <summary>
    /// Where a remembered click lies in its partition: a label that doesn't say where it was made has it read again.
    /// </summary>
    public long OffsetOf(in Remembered click) => _offset - ((uint)_offset - click.OffsetBits);

    /// <summary>Changes the most ids to remember; where there are more already, the oldest go.</summary>
    public void SetBound(int bound)
    {
        _bound = Math.Max(16, bound);
        while (_count > _bound && _ring[_head].Decided)
        {
            ForgetOldest();
        }
    }

    /// <summary>
    /// Remembers an id that <see cref="Find"/> didn't find, and the offset of its click. Log time and offsets never go
    /// back.
    /// </summary>
    public void Add(ulong id, long logTime, bool decided, long offset)
    {
        while (_count >= _bound && _ring[_head].Decided)
        {
            ForgetOldest();
        }

        if (_count == _size)
        {
            GrowRing();
        }

        if (_count * 2 == _links)
        {
            GrowIndex();
        }

        int place = (_head + _count) & (_size - 1);
        if ((place & (IdsPerPage - 1)) == IdsPerPage * 7 / 8)
        {
            AskAhead(place);
        }

        (_logTime, _offset) = (logTime, offset);
        _ring[place] = new Remembered(id, logTime, decided, offset);
        _count++;
        Link(id, place);
    }

    /// <summary>Forgets what was seen before a log time.</summary>
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

    /// <summary>Where an id's search begins; other bits of it than those that stand in the index.</summary>
    private static uint Home(ulong id) => (uint)(id >> 32);

    private void ForgetOldest()
    {
        ulong id = _ring[_head].Id;
        Prefetch(_ring[(_head + AskedAhead) & (_size - 1)].Id);
        Unlink(id, _head);
        _head = (_head + 1) & (_size - 1);
        _count--;
        Forgotten?.Invoke(id);
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

    /// <summary>
    /// Asks for the ring's next page, and where the index is about to grow for the one that takes its place.
    /// </summary>
    private void AskAhead(int place)
    {
        int next = place - place % IdsPerPage + IdsPerPage;
        if (next < _size && _count < next)
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
        for (int i = 0; i < _count; i++)
        {
            _ring[i] = ring[(_head + i) & (size - 1)];
        }

        _head = 0;
        HugePages.Free(ring);
        // Links hold places, and fewer bits of ids where there are more of these.
        GrowIndex();
    }

    private void GrowIndex()
    {
        HugePages.Free(_index);
        AllocateIndex(Math.Max(_links, _count * 4));
        for (int i = 0; i < _count; i++)
        {
            int place = (_head + i) & (_size - 1);
            Link(_ring[place].Id, place);
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

    /// <summary>
    /// Takes a link out and moves those behind it up, so that no mark of it stays (Knuth 6.4, algorithm R).
    /// </summary>
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
