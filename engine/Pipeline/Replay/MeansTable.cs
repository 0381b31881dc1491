using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Primitives;

namespace Engine.Pipeline.Replay;

/// <summary>
/// A table from block means to ring slots. Paths of one cell (8 steps in six of the eight means) have one home, a chain
/// of lines of seven places, whose means are a cache line together with the number of the chain's next. Only a chain's
/// first line has room: where it is full, what it holds moves into a line of its own behind it. So a look-up reads what
/// its homes hold and nothing else, however long paths have come and gone. 16 bytes a path.
/// </summary>
/// <remarks>
/// All homes are asked for at once, what lies behind them once they have come, and a chain's further lines while others
/// are looked at: what a look-up waits for is memory, some forty homes and three times as many lines of it. (Open
/// addressing was slower the longer it ran: crowded cells push their neighbours aside.)
/// </remarks>
internal sealed class MeansTable
{
    private const int Places = 7;

    /// <summary>Words of a line: the means of its places, and the next line.</summary>
    private const int Words = Places + 1;

    /// <summary>Of a line's words those that are means, by bit.</summary>
    private const uint AllPlaces = (1 << Places) - 1;

    private const int CellShift = 3;

    /// <summary>
    /// Cells that a look-up asks for at most: three in each of six dimensions (<see cref="BlockMeans.Widest"/>).
    /// </summary>
    public const int MaxHomes = 3 * 3 * 3 * 3 * 3 * 3;

    /// <summary>Paths a home, and bytes a path, when the table is full.</summary>
    private const int PathsPerHome = 16,
        BytesPerPath = 16;

    private const int Small = 1000;

    private const int LineBytes = (Words * sizeof(ulong)) + (Places * sizeof(int));

    private readonly int _homes;

    /// <summary>
    /// By line, its places' means, 0 where one is empty (no byte of means is 0); then the next line of its chain or of
    /// those that are free, 0 where there is none, as line 0 is a home.
    /// </summary>
    private readonly ulong[] _means;

    /// <summary>Words before the first line, so that each is a cache line.</summary>
    private readonly int _start;

    private readonly int[] _slots;
    private readonly int _lines;

    /// <summary>
    /// The first line that was used and is free again, and the first that never was used: so the memory of a table is
    /// had as paths come.
    /// </summary>
    private int _free,
        _unused;

    public MeansTable(int capacity)
    {
        _homes = Math.Max(1, capacity / PathsPerHome);
        // a small one has as many as any paths could need
        _lines = Math.Max(
            (int)((long)capacity * BytesPerPath / LineBytes),
            (Math.Min(capacity, Small) / Places) + Math.Min(_homes, Small / PathsPerHome) + 1
        );
        _means = HugePages.Array<ulong>((_lines + 1) * Words);
        _start = HugePages.ToLine(_means);
        _slots = HugePages.Array<int>(_lines * Places);
        _unused = _homes;
    }

    /// <summary>Bytes that it holds.</summary>
    public long Bytes => (long)_lines * LineBytes;

    // the first two and the last block's x and y; what is left follows from them, as the mean is 0
    private static ReadOnlySpan<byte> CellBytes => [0, 1, 3, 4, 5, 7];

    /// <summary>
    /// Adds a slot; false if there is no line left for it, which paths in very few or very many cells bring about a
    /// little before the capacity.
    /// </summary>
    public bool Add(ulong means, int slot)
    {
        int home = Home(means),
            place = FirstEmpty(home);
        if (place == Places)
        {
            int line = TakeLine();
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

    /// <summary>Prefetches the line where <see cref="Remove"/> begins.</summary>
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

        // the first line's last takes the place
        int last = FirstEmpty(home) - 1;
        (_means[At(line) + place], _slots[(line * Places) + place]) = (
            _means[At(home) + last],
            _slots[(home * Places) + last]
        );
        _means[At(home) + last] = 0;
        int behind = (int)Next(home);
        if (last == 0 && behind != 0)
        {
            Move(behind, home);
            Next(home) = Next(behind);
            (Next(behind), _free) = ((ulong)_free, behind);
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
                    // two cells may have one home
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

    /// <summary>Where a line's means begin.</summary>
    private int At(int line) => _start + (line * Words);

    /// <summary>The line behind a line.</summary>
    private ref ulong Next(int line) => ref _means[At(line) + Places];

    /// <summary>A line that is free, or 0.</summary>
    private int TakeLine()
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

    /// <summary>Places of a line that are taken: they come first.</summary>
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

    /// <summary>
    /// The homes of all cells between, 1 to 729, which are asked for. Needs no lock.
    /// </summary>
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

    /// <summary>
    /// Prefetches the second line of each home's chain; the homes should have come by now. Needs no lock: a line that
    /// is moved meanwhile is only prefetched in vain.
    /// </summary>
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
        // Fibonacci hashing, then a fraction of the table's length
        ulong hash = cell * 0x9E3779B97F4A7C15;
        hash ^= hash >> 32;
        return (int)Math.BigMul(hash * 0x9E3779B97F4A7C15, (ulong)_homes, out _);
    }
}
