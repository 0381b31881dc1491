using System.Numerics;

namespace Engine.Text.Phrases;

/// <summary>Lays out a <see cref="PhraseAutomaton"/>: phrases in order, one branch after another, each into the first
/// gap of the array in which all its children fit.</summary>
internal sealed class PhraseAutomatonBuilder
{
    /// <summary>So many gaps in which a branch with several children doesn't fit are tried; then it goes to the end.
    /// Keeps the time linear; the array grows by some per cent.</summary>
    private const int MaxTries = 256;

    private readonly string[] _phrases;
    private readonly int[] _indexes;
    private readonly ushort[] _letters = new ushort[char.MaxValue + 1];
    private PhraseAutomaton.Cell[] _cells = new PhraseAutomaton.Cell[1024];

    /// <summary>A bit for each cell that is taken.</summary>
    private ulong[] _taken = new ulong[1024 / 64];

    /// <summary>Every cell before is taken.</summary>
    private int _firstFree = 1;

    /// <summary>The cells in use end here.</summary>
    private int _end = 1;

    public PhraseAutomatonBuilder(IReadOnlyList<string> phrases)
    {
        for (int i = 0; i < phrases.Count; i++)
        {
            if (phrases[i].Length == 0)
            {
                throw new ArgumentException($"phrase {i} is empty: expected at least one character", nameof(phrases));
            }
        }

        string[] sorted = [.. phrases];
        int[] indexes = [.. Enumerable.Range(0, sorted.Length)];
        Array.Sort(sorted, indexes, Comparer<string>.Create(string.CompareOrdinal));
        // Of equal ones the first: the sort above isn't stable.
        int count = 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            if (count > 0 && sorted[count - 1] == sorted[i])
            {
                indexes[count - 1] = Math.Min(indexes[count - 1], indexes[i]);
                continue;
            }

            (sorted[count], indexes[count]) = (sorted[i], indexes[i]);
            count++;
        }

        _phrases = sorted[..count];
        _indexes = indexes[..count];
        NumberLetters();
    }

    public PhraseAutomaton Build()
    {
        Array.Fill(_cells, new PhraseAutomaton.Cell(-1, 0, -1));
        Take(PhraseAutomaton.Root, parent: -1);
        if (_phrases.Length > 0)
        {
            var branches = new Stack<(int State, int First, int End, int Depth)>();
            branches.Push((PhraseAutomaton.Root, 0, _phrases.Length, 0));
            while (branches.TryPop(out (int State, int First, int End, int Depth) branch))
            {
                Lay(branch.State, branch.First, branch.End, branch.Depth, branches);
            }
        }

        return new PhraseAutomaton(_letters, _cells[.._end], _phrases, _indexes);
    }

    /// <summary>The most frequent unit is 1: what is common then lies close together.</summary>
    private void NumberLetters()
    {
        int[] counts = new int[_letters.Length];
        foreach (char unit in _phrases.SelectMany(phrase => phrase))
        {
            counts[unit]++;
        }

        ushort letter = 0;
        foreach (
            int unit in Enumerable
                .Range(0, counts.Length)
                .Where(unit => counts[unit] > 0)
                .OrderByDescending(unit => counts[unit])
        )
        {
            _letters[unit] = ++letter;
        }
    }

    /// <summary>Lays the children of a state, which has read <paramref name="depth"/> units of the phrases from
    /// <paramref name="first"/> to before <paramref name="end"/>.</summary>
    private void Lay(int state, int first, int end, int depth, Stack<(int, int, int, int)> branches)
    {
        if (_phrases[first].Length == depth)
        {
            // In order, the shortest comes first.
            _cells[state].Phrase = first++;
        }

        if (end - first == 1)
        {
            _cells[state].Next = ~first;
            return;
        }

        var children = new List<(int Letter, int First, int End)>();
        for (int from = first; from < end;)
        {
            char unit = _phrases[from][depth];
            int to = from + 1;
            while (to < end && _phrases[to][depth] == unit)
            {
                to++;
            }

            children.Add((_letters[unit], from, to));
            from = to;
        }

        if (children.Count == 0)
        {
            // Nothing is ever found behind the end.
            _cells[state].Next = int.MaxValue - char.MaxValue;
            return;
        }

        int next = FindGap(children);
        _cells[state].Next = next;
        foreach ((int letter, _, _) in children)
        {
            Take(next + letter, state);
        }

        foreach ((int letter, int from, int to) in children)
        {
            branches.Push((next + letter, from, to, depth + 1));
        }
    }

    /// <summary>Where the children's letters count from, so that all their cells are free; above the root.</summary>
    private int FindGap(List<(int Letter, int First, int End)> children)
    {
        int min = children.Min(child => child.Letter);
        int tries = children.Count == 1 ? int.MaxValue : MaxTries;
        for (
            int cell = Math.Max(NextFree(_firstFree), min);
            tries > 0 && cell < _end;
            cell = NextFree(cell + 1), tries--
        )
        {
            int next = cell - min;
            bool fits = true;
            foreach ((int letter, _, _) in children)
            {
                if (IsTaken(next + letter))
                {
                    fits = false;
                    break;
                }
            }

            if (fits)
            {
                return next;
            }
        }

        return Math.Max(_end - min, 0);
    }

    private bool IsTaken(int cell) => cell < _end && (_taken[cell >> 6] & (1UL << cell)) != 0;

    private int NextFree(int cell)
    {
        for (; cell < _end; cell = (cell | 63) + 1)
        {
            ulong free = ~_taken[cell >> 6] >> cell;
            if (free != 0)
            {
                return cell + BitOperations.TrailingZeroCount(free);
            }
        }

        return cell;
    }

    private void Take(int cell, int parent)
    {
        while (cell >= _cells.Length)
        {
            int old = _cells.Length;
            Array.Resize(ref _cells, old * 2);
            Array.Resize(ref _taken, _cells.Length / 64);
            _cells.AsSpan(old).Fill(new PhraseAutomaton.Cell(-1, 0, -1));
        }

        _cells[cell] = new PhraseAutomaton.Cell(parent, 0, -1);
        _taken[cell >> 6] |= 1UL << cell;
        _end = Math.Max(_end, cell + 1);
        if (cell == _firstFree)
        {
            _firstFree = NextFree(cell + 1);
        }
    }
}
