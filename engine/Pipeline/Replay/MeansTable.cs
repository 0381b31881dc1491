using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Pipeline.Windows;

namespace Engine.Pipeline.Replay;

/// <summary>
/// A table from block means to ring slots. Paths of one cell (8 steps in six of the eight means) have one home, a chain of lines of eight places whose means
/// are a cache line each. Only a chain's first line has room: where it is full, what it holds moves into a line of its own behind it. So a look-up reads
/// what its homes hold and nothing else, however long paths have come and gone. 16 bytes a path.
/// </summary>
/// <remarks>
/// All homes are asked for at once, and a chain's next line while others are looked at: what a look-up waits for is memory, some fifty homes and twice
/// as many lines of it. (Open addressing was slower the longer it ran: crowded cells push their neighbours aside.)
/// </remarks>
internal sealed class MeansTable
{
    private const int Places = 8;
    private const int CellShift = 3;

    /// <summary>Cells that a look-up asks for at most: three in each of six dimensions (<see cref="BlockMeans.Widest"/>).</summary>
    public const int MostHomes = 3 * 3 * 3 * 3 * 3 * 3;

    /// <summary>Paths a home, and bytes a path, when the table is full.</summary>
    private const int PathsPerHome = 16, BytesPerPath = 16;

    private const int Small = 1000;

    private const int LineBytes = (Places * (sizeof(ulong) + sizeof(int))) + sizeof(int);

    private readonly int _homes;

    /// <summary>By place, the means, or 0 where it is empty: no byte of means is 0.</summary>
    private readonly ulong[] _means;

    /// <summary>Places before the first line, so that each is a cache line.</summary>
    private readonly int _start;

    private readonly int[] _slots;

    /// <summary>By line, the next of its chain or of those that are free; 0 where there is none, as line 0 is a home.</summary>
    private readonly int[] _next;
    private int _free;

    public MeansTable(int capacity)
    {
        _homes = Math.Max(1, capacity / PathsPerHome);
        // a small one has as many as any paths could need
        int lines = Math.Max((int)((long)capacity * BytesPerPath / LineBytes), (Math.Min(capacity, Small) / Places) + Math.Min(_homes, Small / PathsPerHome) + 1);
        _means = HugePages.Array<ulong>((lines + 1) * Places);
        _start = HugePages.ToLine(_means);
        _slots = HugePages.Array<int>(lines * Places);
        _next = HugePages.Array<int>(lines);
        for (int line = lines - 1; line >= _homes; line--)
        {
            (_next[line], _free) = (_free, line);
        }
    }

    /// <summary>Bytes that it holds.</summary>
    public long Bytes => _next.LongLength * LineBytes;

    // the first two and the last block's x and y; what is left follows from them, as the mean is 0
    private static ReadOnlySpan<byte> CellBytes => [0, 1, 3, 4, 5, 7];

    /// <summary>Adds a slot; false if there is no line left for it, which paths in very few or very many cells bring about a little before the capacity.</summary>
    public bool Add(ulong means, int slot)
    {
        int home = Home(means), place = FirstEmpty(home);
        if (place == Places)
        {
            if (_free == 0)
            {
                return false;
            }

            int line = _free;
            _free = _next[line];
            Move(home, line);
            (_next[line], _next[home]) = (_next[home], line);
            place = 0;
        }

        (_means[At(home) + place], _slots[(home * Places) + place]) = (means, slot);
        return true;
    }

    /// <summary>Removes a slot that was added with these means.</summary>
    public void Remove(ulong means, int slot)
    {
        int home = Home(means), line = home, at;
        while ((at = PlaceOf(line, means, slot)) < 0)
        {
            line = _next[line] != 0 ? _next[line] : throw new InvalidOperationException($"Slot {slot} is not in the table of means.");
        }

        // the first line's last takes the place
        int last = (home * Places) + FirstEmpty(home) - 1;
        (_means[_start + at], _slots[at]) = (_means[_start + last], _slots[last]);
        _means[_start + last] = 0;
        int behind = _next[home];
        if (last == home * Places && behind != 0)
        {
            Move(behind, home);
            _next[home] = _next[behind];
            (_next[behind], _free) = (_free, behind);
        }
    }

    /// <summary>The slots whose means lie between; returns how many, as many as fit.</summary>
    /// <param name="low">The least bytes (<see cref="BlockMeans.Around"/>).</param>
    /// <param name="high">The greatest.</param>
    /// <param name="homes">What <see cref="Homes"/> found for them.</param>
    /// <param name="found">Takes the slots, in no order, none twice.</param>
    [SkipLocalsInit]
    public int Find(ulong low, ulong high, ReadOnlySpan<int> homes, Span<int> found)
    {
        Span<int> lines = stackalloc int[2 * MostHomes];
        homes.CopyTo(lines);
        int count = homes.Length, n = 0;
        for (int i = 0; i < count; i++)
        {
            int line = lines[i];
            while (true)
            {
                for (uint near = BlockMeans.NearOfEight(in _means[At(line)], low, high); near != 0 && n < found.Length; near &= near - 1)
                {
                    // two cells may have one home
                    int slot = _slots[(line * Places) + BitOperations.TrailingZeroCount(near)];
                    if (!found[..n].Contains(slot))
                    {
                        found[n++] = slot;
                    }
                }

                line = _next[line];
                if (line == 0)
                {
                    break;
                }

                // asked for now, and looked at after all that were asked for before
                if (count < lines.Length)
                {
                    HugePages.Fetch(in _means[At(line)]);
                    lines[count++] = line;
                    break;
                }
            }
        }

        return n;
    }

    /// <summary>The slots with exactly these means; returns how many, as many as fit.</summary>
    public int FindSame(ulong packed, Span<int> found)
    {
        int n = 0, line = Home(packed);
        do
        {
            for (uint same = BlockMeans.NearOfEight(in _means[At(line)], packed, packed); same != 0 && n < found.Length; same &= same - 1)
            {
                found[n++] = _slots[(line * Places) + BitOperations.TrailingZeroCount(same)];
            }

            line = _next[line];
        }
        while (line != 0);
        return n;
    }

    /// <summary>Where a line's means begin.</summary>
    private int At(int line) => _start + (line * Places);

    /// <summary>Places of a line that are taken: they come first.</summary>
    private int FirstEmpty(int line)
    {
        int i = _means.AsSpan(At(line), Places).IndexOf(0UL);
        return i < 0 ? Places : i;
    }

    private int PlaceOf(int line, ulong means, int slot)
    {
        for (uint same = BlockMeans.NearOfEight(in _means[At(line)], means, means); same != 0; same &= same - 1)
        {
            int at = (line * Places) + BitOperations.TrailingZeroCount(same);
            if (_slots[at] == slot)
            {
                return at;
            }
        }

        return -1;
    }

    private void Move(int from, int to)
    {
        Span<ulong> means = _means.AsSpan(At(from), Places);
        means.CopyTo(_means.AsSpan(At(to)));
        means.Clear();
        _slots.AsSpan(from * Places, Places).CopyTo(_slots.AsSpan(to * Places));
    }

    /// <summary>
    /// The homes of all cells between, 1 to 729; they and the lines behind them are asked for. Needs no lock: a line that was moved meanwhile is only asked for in vain.
    /// </summary>
    [SkipLocalsInit]
    public int Homes(ulong low, ulong high, Span<int> homes)
    {
        int count = 1;
        Span<ulong> cells = stackalloc ulong[MostHomes];
        cells[0] = 0;
        foreach (byte b in CellBytes)
        {
            ulong first = (low >> (8 * b) & 0xff) >> CellShift, last = (high >> (8 * b) & 0xff) >> CellShift;
            int n = count;
            for (ulong cell = last; cell > first; cell--)
            {
                for (int i = 0; i < n; i++)
                {
                    cells[count++] = (cells[i] << 8) | cell;
                }
            }

            for (int i = 0; i < n; i++)
            {
                cells[i] = (cells[i] << 8) | first;
            }
        }

        for (int i = 0; i < count; i++)
        {
            homes[i] = HomeOf(cells[i]);
            HugePages.Fetch(in _means[At(homes[i])]);
        }

        for (int i = 0; i < count; i++)
        {
            int next = _next[homes[i]];
            if (next != 0)
            {
                HugePages.Fetch(in _means[At(next)]);
            }
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

        return HomeOf(cell);
    }

    private int HomeOf(ulong cell)
    {
        // Fibonacci hashing, then a fraction of the table's length
        ulong hash = cell * 0x9E3779B97F4A7C15;
        hash ^= hash >> 32;
        return (int)Math.BigMul(hash * 0x9E3779B97F4A7C15, (ulong)_homes, out _);
    }
}
