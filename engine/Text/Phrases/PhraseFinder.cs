using Engine.Text.Folding;
using Engine.Text.Words;

namespace Engine.Text.Phrases;

/// <summary>A phrase that was found.</summary>
/// <param name="Start">The UTF-16 unit of the text at which it begins.</param>
/// <param name="Length">Its length there in UTF-16 units.</param>
/// <param name="Phrase">Its index in what the book was built of.</param>
public readonly record struct PhraseMatch(int Start, int Length, int Phrase);

/// <summary>Finds the phrases of a book in texts: leftmost, then longest, not overlapping. Reuses its buffers, so an
/// instance serves one thread.</summary>
public sealed class PhraseFinder(PhraseBook book)
{
    private readonly FoldedText _folded = new();
    private readonly WordBoundaries _boundaries = new();

    /// <summary>Adds what is found in a text.</summary>
    /// <param name="offset">Is added to where each match begins.</param>
    /// <param name="collapses">Whether runs of white space compare as one space, as HTML shows them.</param>
    /// <param name="counts">Which phrases count, by their index: all if null.</param>
    public void Find(
        ReadOnlySpan<char> text,
        List<PhraseMatch> found,
        int offset = 0,
        bool collapses = false,
        Func<int, bool>? counts = null
    )
    {
        if (book.Comparison == PhraseComparison.Exact)
        {
            FindExact(text, found, offset, counts);
            return;
        }

        _folded.Fold(text, collapses);
        bool minds = book.Comparison == PhraseComparison.Words;
        if (minds)
        {
            _boundaries.Find(text);
        }

        ReadOnlySpan<char> units = _folded.Units;
        var limit = new Limit(_folded, minds ? _boundaries : null, text, counts);
        for (int at = 0; at < units.Length;)
        {
            int length = 0;
            if (limit.MayBegin(at) && (length = FindLongest(units, at, ref limit, out int phrase)) > 0)
            {
                int start = _folded.SourceOf(at);
                found.Add(new PhraseMatch(offset + start, _folded.SourceEnd(at + length, text) - start, phrase));
            }

            at += Math.Max(length, 1);
        }
    }

    private void FindExact(ReadOnlySpan<char> text, List<PhraseMatch> found, int offset, Func<int, bool>? counts)
    {
        var limit = new ExactLimit(counts);
        for (int at = 0; at < text.Length;)
        {
            int length = FindLongest(text, at, ref limit, out int phrase);
            if (length > 0)
            {
                found.Add(new PhraseMatch(offset + at, length, phrase));
            }

            at += Math.Max(length, 1);
        }
    }

    /// <summary>The longest phrase of all layers at a place.</summary>
    private int FindLongest<TLimit>(ReadOnlySpan<char> units, int at, ref TLimit limit, out int phrase)
        where TLimit : struct, ILayerLimit, allows ref struct
    {
        int length = 0;
        phrase = -1;
        foreach (PhraseLayer layer in book.Layers)
        {
            if (!layer.Automaton.MayBegin(units[at]))
            {
                continue;
            }

            limit.First = layer.First;
            int longest = layer.Automaton.FindLongest(units, at, limit, out int found);
            if (longest > length)
            {
                (length, phrase) = (longest, layer.First + found);
            }
        }

        return length;
    }

    /// <summary>Says which phrases of a layer count.</summary>
    private interface ILayerLimit : IPhraseLimit
    {
        /// <summary>The index of the layer's first phrase.</summary>
        int First { set; }
    }

    /// <summary>Matches begin and end with characters of the source and, where boundaries count, with words.</summary>
    private ref struct Limit(
        FoldedText folded,
        WordBoundaries? boundaries,
        ReadOnlySpan<char> source,
        Func<int, bool>? counts
    ) : ILayerLimit
    {
        private readonly ReadOnlySpan<char> _source = source;

        public int First { private get; set; }

        public readonly bool MayBegin(int at) =>
            folded.IsStart(at) && (boundaries == null || boundaries[folded.SourceOf(at)]);

        public readonly bool MayEnd(int at, int phrase) =>
            folded.IsStart(at)
            && (boundaries == null || boundaries[folded.SourceEnd(at, _source)])
            && counts?.Invoke(First + phrase) != false;
    }

    private struct ExactLimit(Func<int, bool>? counts) : ILayerLimit
    {
        public int First { private get; set; }

        public readonly bool MayEnd(int at, int phrase) => counts?.Invoke(First + phrase) != false;
    }
}
