using System.Runtime.CompilerServices;

namespace Engine.Pipeline.Join;

/// <summary>
/// The ids that a partition has seen: a ring in order of arrival and an index over it. An id is forgotten after its time (log time), or when
/// the ring is full, oldest first; never while its click waits for a path, or a second event of that id would wait beside it. Grows by
/// doubling up to its bound, and beyond it only where all that it holds wait. One a partition; not for two threads.
/// </summary>
public sealed class IdMemory
{
    /// <summary>What is remembered of an id.</summary>
    public struct Remembered
    {
        public ulong Id;

        /// <summary>Log time of the click, ms.</summary>
        public long LogTime;

        private long _place;

        /// <param name="offset">Where the click lies in its partition.</param>
        internal Remembered(ulong id, long logTime, bool decided, long offset) => (Id, LogTime, _place) = (id, logTime, (offset << 1) | (decided ? 1L : 0));

        /// <summary>Whether the click is decided, or still waits for its path.</summary>
        public bool Decided
        {
            readonly get => (_place & 1) != 0;
            set => _place = (_place & ~1L) | (value ? 1L : 0);
        }

        /// <summary>Where the click lies in its partition: a label that doesn't say where it was made has it read again.</summary>
        public readonly long Offset => _place >> 1;
    }

    private int _bound;
    private Remembered[] _ring;
    private int[] _index; // position in the ring plus 1; 0 where free
    private int _head, _count;

    /// <param name="bound">The most ids to remember.</param>
    public IdMemory(int bound)
    {
        _bound = Math.Max(16, bound);
        _ring = new Remembered[Math.Min(1024, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)_bound))];
        _index = new int[_ring.Length * 2];
    }

    public int Count => _count;

    /// <summary>What is told of an id that is forgotten, so that what hangs on it can go too.</summary>
    public Action<ulong>? Forgotten { get; set; }

    /// <summary>The remembered id, or a null reference.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref Remembered Find(ulong id)
    {
        int mask = _index.Length - 1;
        for (int slot = (int)(id >> 32) & mask; _index[slot] != 0; slot = (slot + 1) & mask)
        {
            ref Remembered remembered = ref _ring[_index[slot] - 1];
            if (remembered.Id == id) return ref remembered;
        }
        return ref Unsafe.NullRef<Remembered>();
    }

    /// <summary>Changes the most ids to remember; where there are more already, the oldest go.</summary>
    public void SetBound(int bound)
    {
        _bound = Math.Max(16, bound);
        while (_count > _bound && _ring[_head].Decided) ForgetOldest();
    }

    /// <summary>Remembers an id that <see cref="Find"/> didn't find, and the offset of its click.</summary>
    public void Add(ulong id, long logTime, bool decided, long offset)
    {
        while (_count >= _bound && _ring[_head].Decided) ForgetOldest();
        if (_count == _ring.Length) Grow();
        int position = (_head + _count) & (_ring.Length - 1);
        _ring[position] = new Remembered(id, logTime, decided, offset);
        _count++;
        Link(id, position);
    }

    /// <summary>Forgets what was seen before a log time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Expire(long before)
    {
        while (_count > 0 && _ring[_head].LogTime < before && _ring[_head].Decided) ForgetOldest();
    }

    private void ForgetOldest()
    {
        ulong id = _ring[_head].Id;
        Unlink(id, _head);
        _head = (_head + 1) & (_ring.Length - 1);
        _count--;
        Forgotten?.Invoke(id);
    }

    private void Grow()
    {
        var ring = new Remembered[_ring.Length * 2];
        for (int i = 0; i < _count; i++) ring[i] = _ring[(_head + i) & (_ring.Length - 1)];
        (_ring, _head) = (ring, 0);
        _index = new int[_ring.Length * 2];
        for (int i = 0; i < _count; i++) Link(_ring[i].Id, i);
    }

    private void Link(ulong id, int position)
    {
        int mask = _index.Length - 1, slot = (int)(id >> 32) & mask;
        while (_index[slot] != 0) slot = (slot + 1) & mask;
        _index[slot] = position + 1;
    }

    /// <summary>Takes a link out and moves those behind it up, so that no mark of it stays (Knuth 6.4, algorithm R).</summary>
    private void Unlink(ulong id, int position)
    {
        int mask = _index.Length - 1, hole = (int)(id >> 32) & mask;
        while (_index[hole] != position + 1) hole = (hole + 1) & mask;
        for (int slot = (hole + 1) & mask; _index[slot] != 0; slot = (slot + 1) & mask)
        {
            int home = (int)(_ring[_index[slot] - 1].Id >> 32) & mask;
            if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
            _index[hole] = _index[slot];
            hole = slot;
        }
        _index[hole] = 0;
    }
}
