using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Engine.Primitives;

namespace Engine.Pipeline.Windows;

/// <summary>A pair's entry in the table. It takes only 16 bytes: most pairs come once, and that one time determines
/// their windows. Counts of pairs that come again are stored beside the table (<see cref="PairTable"/>).</summary>
[StructLayout(LayoutKind.Sequential, Size = Bytes)]
public struct PairEntry : IWindowEntry
{
    public const int Bytes = 16;

    /// <summary>Bits of the counts' number; enough for all pairs of a partition that can come twice within an
    /// hour.</summary>
    internal const int CountsBits = 22;

    /// <summary>The latest time in ms that fits the remaining bits, in the year 2109. Later times, and times before
    /// 1970, are clamped.</summary>
    private const long LatestTime = (1L << (64 - CountsBits)) - 1;

    private ulong _timeAndCounts;

    public ulong Key { readonly get; set; }

    public long Last
    {
        readonly get => (long)(_timeAndCounts >> CountsBits);
        set => _timeAndCounts = (ulong)Math.Clamp(value, 0, LatestTime) << CountsBits | (uint)Counts;
    }

    /// <summary>The number of its counts; 0 while the pair came only once.</summary>
    internal int Counts
    {
        readonly get => (int)(_timeAndCounts & ((1 << CountsBits) - 1));
        set => _timeAndCounts = _timeAndCounts >> CountsBits << CountsBits | (uint)value;
    }
}

/// <summary>Windows of pairs. A pair that came once is stored as that time. Its counts are allocated when it comes
/// again, and freed once all of them are outside the windows. So a pair that comes once an hour costs 17 bytes instead
/// of 33, and the results are the same (a test compares them with plain counts).</summary>
public sealed unsafe class PairTable : WindowTable<PairEntry>
{
    private const int PieceBits = 12,
        PieceCounts = 1 << PieceBits;

    /// <summary>The maximum number of pairs; counts must fit in <see cref="PairEntry.CountsBits"/> bits.</summary>
    public const int MaxKeys = 3_500_000;

    private readonly TableMemory _memory = new(PieceCounts * PairCounts.Bytes);
    private readonly List<nint> _pieces = [];

    /// <summary>Head of the free list, 0 if empty. Each free slot begins with the number of the next.</summary>
    private int _free;

    /// <summary>Counts ever allocated; numbers begin at 1.</summary>
    private int _made;

    /// <param name="maxKeys">The maximum number of pairs, at most <see cref="MaxKeys"/>; rounded up to whole
    /// segments.</param>
    public PairTable(int maxKeys)
        : base(Math.Min(maxKeys, MaxKeys)) { }

    public override long MemoryBytes => base.MemoryBytes + (long)_pieces.Count * PieceCounts * PairCounts.Bytes;

    /// <summary>The number of counts in use.</summary>
    public int CountsInUse { get; private set; }

    /// <summary>Prefetches a pair's counts. The entry should be in the cache already. It may be stale, but must have
    /// been valid once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchCounts(PairEntry* entry)
    {
        if (Sse.IsSupported && entry != null && entry->Counts != 0)
        {
            Sse.Prefetch0(CountsOf(entry->Counts));
        }
    }

    /// <summary>Counts an event of a pair and writes the windows that end with it, ten minutes and the hour, as two
    /// floats to <paramref name="windows"/>.</summary>
    /// <param name="entry">The pair's entry, from <see cref="WindowTable{T}.Touch(ulong,long)"/>.</param>
    /// <param name="gap">The time since the pair's latest event, in ms; negative if there is none within an
    /// hour.</param>
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
        gap = at.GapFrom(last);
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
