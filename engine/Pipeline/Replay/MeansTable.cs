using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Primitives;

namespace Engine.Pipeline.Replay;

/// <summary>A table from block means to ring slots. Paths of one cell (8 steps in six of the eight means) share a home:
/// a chain of lines with seven entries each. A line's means and the number of the next line fill one cache line. Only a
/// chain's first line has free entries: when it is full, its entries move to a new line after it. So a look-up reads
/// exactly the entries of its homes, however long paths have come and gone. It takes 16 bytes per path.</summary>
/// <remarks>A look-up is bound by memory: some forty homes and three times as many lines. It prefetches all homes at
/// once, then the lines after them, and a chain's further lines while it compares others. (Open addressing got slower
/// the longer it ran, as crowded cells displace their neighbours.)</remarks>
internal sealed class MeansTable
{
    private const int Places = 7;

    /// <summary>Words of a line: the means of its entries, and the next line.</summary>
    private const int Words = Places + 1;

    /// <summary>The bits of a line's words that are means.</summary>
    private const uint AllPlaces = (1 << Places) - 1;

    private const int CellShift = 3;

    /// <summary>The maximum number of cells that a look-up reads: three in each of six dimensions
    /// (<see cref="BlockMeans.Widest"/>).</summary>
    public const int MaxHomes = 3 * 3 * 3 * 3 * 3 * 3;

    /// <summary>Paths per home and bytes per path in a full table.</summary>
    private const int PathsPerHome = 16,
        BytesPerPath = 16;

    private const int Small = 1000;

    private const int LineBytes = (Words * sizeof(ulong)) + (Places * sizeof(int));

    private readonly int _homes;

    /// <summary>For each line, the means of its entries, 0 if empty (no byte of means is 0). Then the next line in its
    /// chain or in the free list; 0 if there is none, as line 0 is a home.</summary>
    private readonly ulong[] _means;

    /// <summary>Words before the first line, so that each line is one cache line.</summary>
    private readonly int _start;

    private readonly int[] _slots;
    private readonly int _lines;

    /// <summary>The head of the free list, and the first line never used, so that the table's memory is committed only
    /// as paths come.</summary>
    private int _free,
        _unused;

    public MeansTable(int capacity)
    {
        _homes = Math.Max(1, capacity / PathsPerHome);
        // a small table has as many lines as any paths could need
        _lines = Math.Max(
            (int)((long)capacity * BytesPerPath / LineBytes),
            (Math.Min(capacity, Small) / Places) + Math.Min(_homes, Small / PathsPerHome) + 1
        );
        _means = HugePages.Array<ulong>((_lines + 1) * Words);
        _start = HugePages.ToLine(_means);
        _slots = HugePages.Array<int>(_lines * Places);
        _unused = _homes;
    }

    /// <summary>The bytes of memory that it uses.</summary>
    public long Bytes => (long)_lines * LineBytes;

    // x and y of the first two blocks and the last one; the third follows from them, as the mean is 0
    private static ReadOnlySpan<byte> CellBytes => [0, 1, 3, 4, 5, 7];

    /// <summary>Adds a slot. Returns false if no line is left for it, which may happen shortly before the capacity if
    /// paths are in very few or very many cells.</summary>
    public bool Add(ulong means, int slot)
    {
        int home = Home(means),
            place = FirstEmpty(home);
        if (place == Places)
        {
            int line = AllocateLine();
            if (line == 0)
            {
                return false;
            }

            Move(home, line);
            (Next(line), Next(home)) = (Next(home), (ulong)line);
            place = 0;
        }

        (_means[At(home) + place], _slots[(home * Places) + place]) = (means, slot);
        return true;
    }

    /// <summary>Prefetches the line where <see cref="Remove"/> starts.</summary>
    public void Prefetch(ulong means)
    {
        int home = Home(means);
        HugePages.Fetch(in _means[At(home)]);
        HugePages.Fetch(in _slots[home * Places]);
    }

    /// <summary>Removes a slot that was added with these means.</summary>
    public void Remove(ulong means, int slot)
    {
        int home = Home(means),
            line = home,
            place;
        while ((place = PlaceOf(line, means, slot)) < 0)
        {
            line =
                Next(line) != 0
                    ? (int)Next(line)
                    : throw new InvalidOperationException($"Slot {slot} is not in the table of means.");
        }

        // the first line's last entry fills the gap
        int last = FirstEmpty(home) - 1;
        (_means[At(line) + place], _slots[(line * Places) + place]) = (
            _means[At(home) + last],
            _slots[(home * Places) + last]
        );
        _means[At(home) + last] = 0;
        int second = (int)Next(home);
        if (last == 0 && second != 0)
        {
            Move(second, home);
            Next(home) = Next(second);
            (Next(second), _free) = ((ulong)_free, second);
        }
    }

    /// <summary>Finds the slots whose means are within bounds, as many as fit, and returns their number.</summary>
    /// <param name="low">The smallest bytes (<see cref="BlockMeans.Around"/>).</param>
    /// <param name="high">The greatest bytes.</param>
    /// <param name="homes">The result of <see cref="Homes"/> for these bounds.</param>
    /// <param name="found">Receives the slots, in no order, without duplicates.</param>
    [SkipLocalsInit]
    public int Find(ulong low, ulong high, ReadOnlySpan<int> homes, Span<int> found)
    {
        Span<int> lines = stackalloc int[2 * MaxHomes];
        homes.CopyTo(lines);
        int count = homes.Length,
            n = 0;
        for (int i = 0; i < count; i++)
        {
            int line = lines[i];
            while (true)
            {
                for (
                    uint near = BlockMeans.NearOfEight(in _means[At(line)], low, high) & AllPlaces;
                    near != 0 && n < found.Length;
                    near &= near - 1
                )
                {
                    // two cells may share a home
                    int slot = _slots[(line * Places) + BitOperations.TrailingZeroCount(near)];
                    if (!found[..n].Contains(slot))
                    {
                        found[n++] = slot;
                    }
                }

                line = (int)Next(line);
                if (line == 0)
                {
                    break;
                }

                // prefetched now, read after all lines prefetched before it
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

    /// <summary>Finds the slots with exactly these means, as many as fit, and returns their number.</summary>
    public int FindSame(ulong packed, Span<int> found)
    {
        int n = 0,
            line = Home(packed);
        do
        {
            for (
                uint same = BlockMeans.NearOfEight(in _means[At(line)], packed, packed) & AllPlaces;
                same != 0 && n < found.Length;
                same &= same - 1
            )
            {
                found[n++] = _slots[(line * Places) + BitOperations.TrailingZeroCount(same)];
            }

            line = (int)Next(line);
        } while (line != 0);
        return n;
    }

    /// <summary>The index of a line's first mean.</summary>
    private int At(int line) => _start + (line * Words);

    /// <summary>The line after a line in its chain.</summary>
    private ref ulong Next(int line) => ref _means[At(line) + Places];

    /// <summary>Allocates a line; 0 if none is left.</summary>
    private int AllocateLine()
    {
        int line = _free;
        if (line != 0)
        {
            _free = (int)Next(line);
        }
        else if (_unused < _lines)
        {
            line = _unused++;
        }

        return line;
    }

    /// <summary>The number of a line's entries in use, which come first.</summary>
    private int FirstEmpty(int line)
    {
        int i = _means.AsSpan(At(line), Places).IndexOf(0UL);
        return i < 0 ? Places : i;
    }

    private int PlaceOf(int line, ulong means, int slot)
    {
        for (
            uint same = BlockMeans.NearOfEight(in _means[At(line)], means, means) & AllPlaces;
            same != 0;
            same &= same - 1
        )
        {
            int place = BitOperations.TrailingZeroCount(same);
            if (_slots[(line * Places) + place] == slot)
            {
                return place;
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

    /// <summary>Finds the homes of all cells within bounds, 1 to 729, and prefetches them. Needs no lock.</summary>
    [SkipLocalsInit]
    public int Homes(ulong low, ulong high, Span<int> homes)
    {
        int count = 1;
        Span<ulong> cells = stackalloc ulong[MaxHomes];
        cells[0] = 0;
        foreach (byte b in CellBytes)
        {
            ulong first = (low >> (8 * b) & 0xff) >> CellShift,
                last = (high >> (8 * b) & 0xff) >> CellShift;
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

        return count;
    }

    /// <summary>Prefetches the second line of each home's chain; the homes should be in the cache by now. Needs no
    /// lock: if a line is moved meanwhile, the prefetch is merely wasted.</summary>
    public void PrefetchChains(ReadOnlySpan<int> homes)
    {
        foreach (int home in homes)
        {
            int next = (int)Volatile.Read(ref Next(home));
            if (next != 0)
            {
                HugePages.Fetch(in _means[At(next)]);
            }
        }
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
        // Fibonacci hashing, scaled to the number of homes
        ulong hash = cell * 0x9E3779B97F4A7C15;
        hash ^= hash >> 32;
        return (int)Math.BigMul(hash * 0x9E3779B97F4A7C15, (ulong)_homes, out _);
    }
}
