using System.Runtime.CompilerServices;

namespace Engine.Pipeline.Replay;

/// <summary>
/// An open-addressed table from block means to ring slots. Paths of one cell (16 steps in six of the eight means) have one home place, and
/// those of a run lie side by side, so that a look-up scans memory in order. 12 bytes a place, 1.3 places a path.
/// </summary>
internal sealed class MeansTable
{
    private const int Empty = -1;
    private const int CellShift = 4;
    private const int Dimensions = 6;
    private readonly ulong[] _means;
    private readonly int[] _slots;

    public MeansTable(int capacity)
    {
        int places = (int)Math.Max(16, (capacity * 13L / 10) + 1);
        _means = new ulong[places];
        _slots = new int[places];
        _slots.AsSpan().Fill(Empty);
    }

    /// <summary>Bytes that it holds.</summary>
    public long Bytes => _means.LongLength * (sizeof(ulong) + sizeof(int));

    // the first two and the last block's x and y; what is left follows from them, as the mean is 0
    private static ReadOnlySpan<byte> CellBytes => [0, 1, 3, 4, 5, 7];

    /// <summary>Adds a slot. There must be room: fewer entries than the capacity.</summary>
    public void Add(ulong means, int slot)
    {
        int at = Home(means);
        while (_slots[at] != Empty)
        {
            at = Next(at);
        }

        (_means[at], _slots[at]) = (means, slot);
    }

    /// <summary>Removes a slot that was added with these means, and closes the gap: no place is wasted on what is gone.</summary>
    public void Remove(ulong means, int slot)
    {
        int gap = Home(means);
        while (_slots[gap] != slot)
        {
            gap = _slots[gap] != Empty ? Next(gap) : throw new InvalidOperationException($"Slot {slot} is not in the table of means.");
        }

        for (int at = Next(gap); _slots[at] != Empty; at = Next(at))
        {
            // an entry may move back to the gap unless its home lies behind the gap
            int home = Home(_means[at]);
            bool between = gap <= at ? gap < home && home <= at : gap < home || home <= at;
            if (!between)
            {
                (_means[gap], _slots[gap]) = (_means[at], _slots[at]);
                gap = at;
            }
        }

        _slots[gap] = Empty;
    }

    /// <summary>The slots whose means lie between; returns how many, as many as fit.</summary>
    /// <param name="low">The least bytes (<see cref="BlockMeans.Around"/>).</param>
    /// <param name="high">The greatest.</param>
    /// <param name="found">Takes the slots, in no order, none twice.</param>
    [SkipLocalsInit]
    public int Find(ulong low, ulong high, Span<int> found)
    {
        Span<int> homes = stackalloc int[1 << Dimensions];
        int count = Homes(low, high, homes), n = 0;
        for (int h = 0; h < count; h++)
        {
            int from = homes[h];
            if (_slots[from] == Empty || homes[..h].Contains(from))
            {
                continue;
            }

            int length = Run(from), atEnd = _slots.Length - from;
            n = Scan(from, Math.Min(length, atEnd), low, high, found, n);
            n = length > atEnd ? Scan(0, length - atEnd, low, high, found, n) : n;
        }

        return n;
    }

    /// <summary>The slots with exactly these means; returns how many, as many as fit.</summary>
    public int FindSame(ulong packed, Span<int> found)
    {
        int n = 0;
        for (int at = Home(packed); _slots[at] != Empty; at = Next(at))
        {
            if (_means[at] == packed && n < found.Length)
            {
                found[n++] = _slots[at];
            }
        }

        return n;
    }

    /// <summary>Entries side by side from a place on.</summary>
    private int Run(int from)
    {
        int length = _slots.AsSpan(from).IndexOf(Empty);
        return length >= 0 ? length : _slots.Length - from + _slots.AsSpan(0, from).IndexOf(Empty);
    }

    private int Scan(int from, int length, ulong low, ulong high, Span<int> found, int n)
    {
        ReadOnlySpan<ulong> run = _means.AsSpan(from, length);
        for (int i = BlockMeans.FindNear(run, 0, low, high); i < run.Length && n < found.Length; i = BlockMeans.FindNear(run, i + 1, low, high))
        {
            // runs of two homes may overlap
            int slot = _slots[from + i];
            if (!found[..n].Contains(slot))
            {
                found[n++] = slot;
            }
        }

        return n;
    }

    /// <summary>The homes of all cells between: 1 to 64.</summary>
    [SkipLocalsInit]
    private int Homes(ulong low, ulong high, Span<int> homes)
    {
        int count = 1;
        Span<ulong> cells = stackalloc ulong[1 << Dimensions];
        cells[0] = 0;
        foreach (byte b in CellBytes)
        {
            ulong first = (low >> (8 * b) & 0xff) >> CellShift, last = (high >> (8 * b) & 0xff) >> CellShift;
            for (int i = 0, n = count; i < n; i++)
            {
                if (last != first)
                {
                    cells[count++] = (cells[i] << 8) | last;
                }

                cells[i] = (cells[i] << 8) | first;
            }
        }

        for (int i = 0; i < count; i++)
        {
            homes[i] = Place(cells[i]);
        }

        return count;
    }

    private int Home(ulong means)
    {
        ulong cell = 0;
        foreach (byte b in CellBytes)
        {
            cell = (cell << 8) | ((means >> (8 * b) & 0xff) >> CellShift);
        }

        return Place(cell);
    }

    private int Place(ulong cell)
    {
        // Fibonacci hashing, then a fraction of the table's length
        ulong hash = cell * 0x9E3779B97F4A7C15;
        hash ^= hash >> 32;
        return (int)Math.BigMul(hash * 0x9E3779B97F4A7C15, (ulong)_slots.Length, out _);
    }

    private int Next(int at) => at + 1 < _slots.Length ? at + 1 : 0;
}
