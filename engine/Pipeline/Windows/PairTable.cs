using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Engine.Primitives;

namespace Engine.Pipeline.Windows;

/// <summary>
/// A pair's place in the table: 16 bytes, for most pairs come once, and their windows are told by that one time. Counts
/// lie beside the table, for pairs that come again (<see cref="PairTable"/>).
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = Bytes)]
public struct PairEntry : IWindowEntry
{
    public const int Bytes = 16;

    /// <summary>Bits of the number of its counts: no more pairs of a partition can come twice within an hour.</summary>
    internal const int CountsBits = 22;

    /// <summary>
    /// What is left for the time in ms: until the year 2109. Times beyond it, or before 1970, are taken for the last,
    /// or the first, of these.
    /// </summary>
    private const long LatestTime = (1L << (64 - CountsBits)) - 1;

    private ulong _timeAndCounts;

    public ulong Key { readonly get; set; }

    public long Last
    {
        readonly get => (long)(_timeAndCounts >> CountsBits);
        set => _timeAndCounts = (ulong)Math.Clamp(value, 0, LatestTime) << CountsBits | (uint)Counts;
    }

    /// <summary>Which counts are its own; 0 while it came once.</summary>
    internal int Counts
    {
        readonly get => (int)(_timeAndCounts & ((1 << CountsBits) - 1));
        set => _timeAndCounts = _timeAndCounts >> CountsBits << CountsBits | (uint)value;
    }
}

/// <summary>
/// Windows of pairs. A pair that came once is its time; its counts are made when it comes again, and given back once
/// nothing of them is left in a window. So a pair that comes once an hour costs 17 bytes in place of 33, and what is
/// counted is the same (a test holds it against plain counts).
/// </summary>
public sealed unsafe class PairTable : WindowTable<PairEntry>
{
    private const int PieceBits = 12,
        PieceCounts = 1 << PieceBits;

    /// <summary>The most pairs that can be kept, for their counts must have numbers.</summary>
    public const int MaxKeys = 3_500_000;

    private readonly TableMemory _memory = new(PieceCounts * PairCounts.Bytes);
    private readonly List<nint> _pieces = [];

    /// <summary>
    /// The last that was given back, which holds the number of the one before in its beginning; 0 for none.
    /// </summary>
    private int _free;

    /// <summary>Counts that were ever made; numbers begin at 1.</summary>
    private int _made;

    /// <param name="maxKeys">The most pairs to keep, <see cref="MaxKeys"/> at most; rounded up to whole
    /// segments.</param>
    public PairTable(int maxKeys)
        : base(Math.Min(maxKeys, MaxKeys)) { }

    public override long MemoryBytes => base.MemoryBytes + (long)_pieces.Count * PieceCounts * PairCounts.Bytes;

    /// <summary>Counts in use.</summary>
    public int CountsInUse { get; private set; }

    /// <summary>
    /// Asks for the counts of a pair, whose entry should be there already; it may be void, but was one once.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchCounts(PairEntry* entry)
    {
        if (Sse.IsSupported && entry != null && entry->Counts != 0)
        {
            Sse.Prefetch0(CountsOf(entry->Counts));
        }
    }

    /// <summary>
    /// Counts an event of a pair in, and gives the windows that end with it: ten minutes' and the hour's in two floats
    /// from <paramref name="windows"/> on.
    /// </summary>
    /// <param name="entry">The pair's, from <see cref="WindowTable{T}.Touch(ulong,long)"/>.</param>
    /// <param name="gap">From the pair's latest event before, ms; negative where there is none.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Take(PairEntry* entry, in WindowBuckets at, ref float windows, out long gap)
    {
        long last = entry->Last;
        if (last == 0)
        {
            gap = -1;
            entry->Last = at.Time;
            windows = Unsafe.Add(ref windows, 1) = 1;
            return;
        }
        gap = Math.Abs(at.Time - last);
        if (at.Time > last)
        {
            entry->Last = at.Time;
        }

        TakeAgain(entry, last, at, ref windows);
    }

    private void TakeAgain(PairEntry* entry, long last, in WindowBuckets at, ref float windows)
    {
        int counts = entry->Counts;
        if (PairCounts.IsOver(last, at))
        {
            if (counts != 0)
            {
                GiveBack(counts);
            }

            entry->Counts = 0;
            windows = Unsafe.Add(ref windows, 1) = 1;
            return;
        }
        if (counts == 0)
        {
            entry->Counts = counts = New();
            CountsOf(counts)->Add(last);
        }
        CountsOf(counts)->Take(at, ref windows);
    }

    private PairCounts* CountsOf(int number) =>
        (PairCounts*)_pieces[(number - 1) >> PieceBits] + ((number - 1) & (PieceCounts - 1));

    private int New()
    {
        CountsInUse++;
        int number = _free;
        if (number != 0)
        {
            _free = *(int*)CountsOf(number);
        }
        else
        {
            number = ++_made;
            if ((number - 1) >> PieceBits == _pieces.Count)
            {
                _pieces.Add((nint)_memory.Take());
            }
        }
        *CountsOf(number) = default;
        return number;
    }

    private void GiveBack(int number)
    {
        CountsInUse--;
        *(int*)CountsOf(number) = _free;
        _free = number;
    }

    private protected override void Forgotten(in PairEntry entry)
    {
        if (entry.Counts != 0)
        {
            GiveBack(entry.Counts);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _memory.Dispose();
        _pieces.Clear();
    }
}
