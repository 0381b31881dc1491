namespace Engine.Text.Phrases;

/// <summary>
/// Finds the longest of many phrases at a place in a text: a double-array trie (Aoe, 1989: one addition and one
/// comparison a step) whose branches end where a phrase is the only one left, and the rest is compared at once.
/// Compares units as they are; whoever wants letter case and accents ignored folds phrases and text before. Immutable,
/// so any number of threads may search.
/// </summary>
public sealed class PhraseAutomaton
{
    /// <summary>The state at which every search begins.</summary>
    internal const int Root = 0;

    /// <summary>For each unit its letter, from 1 on, by how often it occurs; 0 if it is in no phrase.</summary>
    private readonly ushort[] _letters;

    private readonly Cell[] _cells;

    /// <summary>The phrases by their order, each once.</summary>
    private readonly string[] _phrases;

    /// <summary>For each of them, the index that it was given with first.</summary>
    private readonly int[] _indexes;

    internal PhraseAutomaton(ushort[] letters, Cell[] cells, string[] phrases, int[] indexes)
    {
        _letters = letters;
        _cells = cells;
        _phrases = phrases;
        _indexes = indexes;
    }

    /// <summary>A state. Its child for a letter is at <c>Next + letter</c>, and names it as its parent.</summary>
    /// <param name="Parent">The state before; below 0 if the cell is free.</param>
    /// <param name="Next">Where its children are, or ~p if only the phrase p is left.</param>
    /// <param name="Phrase">The phrase that ends here, or -1.</param>
    internal record struct Cell(int Parent, int Next, int Phrase);

    /// <summary>Builds the automaton of phrases, none of them empty. Of equal ones the first counts.</summary>
    /// <exception cref="ArgumentException">A phrase is empty.</exception>
    public static PhraseAutomaton Build(IReadOnlyList<string> phrases) => new PhraseAutomatonBuilder(phrases).Build();

    /// <summary>Whether some phrase begins with this unit.</summary>
    public bool MayBegin(char unit)
    {
        int letter = _letters[unit],
            next = _cells[Root].Next;
        // The only phrase that there is has no cells.
        return letter != 0 && (next < 0 ? _phrases[~next][0] == unit : Child(next, letter, Root) != Root);
    }

    /// <summary>Finds the longest phrase that begins at a place and ends where it may. Returns its length, or 0.
    /// </summary>
    /// <param name="phrase">Its index in what <see cref="Build"/> was given.</param>
    public int FindLongest<TLimit>(ReadOnlySpan<char> text, int start, in TLimit limit, out int phrase)
        where TLimit : struct, IPhraseLimit, allows ref struct
    {
        int found = -1,
            length = 0,
            state = Root;
        Cell[] cells = _cells;
        for (int at = start; ;)
        {
            int next = cells[state].Next;
            if (next < 0)
            {
                string last = _phrases[~next];
                int end = start + last.Length;
                if (
                    end <= text.Length
                    && text[at..end].SequenceEqual(last.AsSpan(at - start))
                    && limit.MayEnd(end, _indexes[~next])
                )
                {
                    (found, length) = (~next, last.Length);
                }

                break;
            }

            if (at == text.Length)
            {
                break;
            }

            int letter = _letters[text[at]];
            if (letter == 0 || (state = Child(next, letter, state)) == Root)
            {
                break;
            }

            at++;
            int here = cells[state].Phrase;
            if (here >= 0 && limit.MayEnd(at, _indexes[here]))
            {
                (found, length) = (here, at - start);
            }
        }

        phrase = found < 0 ? -1 : _indexes[found];
        return length;
    }

    /// <summary>The child for a letter, or <see cref="Root"/>, which is nobody's child.</summary>
    private int Child(int next, int letter, int parent)
    {
        int child = next + letter;
        return (uint)child < (uint)_cells.Length && _cells[child].Parent == parent ? child : Root;
    }
}
