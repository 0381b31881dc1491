using Engine.Text.Folding;

namespace Engine.Text.Phrases;

/// <summary>How phrases and texts are compared.</summary>
public enum PhraseComparison
{
    /// <summary>Without letter case, accents and compatibility forms, from word boundary to word boundary.</summary>
    Words,

    /// <summary>The same, anywhere: for scripts whose words have no boundaries.</summary>
    Anywhere,

    /// <summary>As they are, anywhere.</summary>
    Exact,
}

/// <summary>Phrases to find, and how they are compared. Immutable, so any number of threads may search, each with a
/// <see cref="PhraseFinder"/>.</summary>
public sealed class PhraseBook
{
    private PhraseBook(PhraseLayer[] layers, PhraseComparison comparison) =>
        (Layers, Comparison) = (layers, comparison);

    public PhraseComparison Comparison { get; }

    /// <summary>What is searched at each place. The longest match of all counts, of equal ones the first layer's.
    /// </summary>
    internal PhraseLayer[] Layers { get; }

    /// <summary>The same phrases without regard to word boundaries.</summary>
    public PhraseBook Anywhere() =>
        Comparison == PhraseComparison.Words ? new(Layers, PhraseComparison.Anywhere) : this;

    /// <summary>Builds the book of phrases, each of which compares as something (<see cref="Compared"/>). Of phrases
    /// that compare as equal the first counts.</summary>
    /// <exception cref="ArgumentException">A phrase compares as nothing.</exception>
    public static PhraseBook Build(IReadOnlyList<string> phrases, PhraseComparison comparison) =>
        new(
            [
                new PhraseLayer(
                    PhraseAutomaton.Build(
                        comparison == PhraseComparison.Exact ? phrases : [.. phrases.Select(Compared)]
                    ),
                    0
                ),
            ],
            comparison
        );

    /// <summary>Puts books together that compare alike. The indexes of each book's phrases follow those of the books
    /// before it. Of phrases that compare as equal the first counts. A search takes a step more for each book, so a
    /// few small books beside a large one let phrases come without building the large one again.</summary>
    /// <param name="books">Books of one part, and the number of phrases that each was built of.</param>
    public static PhraseBook Join(IReadOnlyList<(PhraseBook Book, int Count)> books)
    {
        List<PhraseLayer> layers = [];
        int first = 0;
        foreach ((PhraseBook book, int count) in books)
        {
            int offset = first;
            layers.AddRange(book.Layers.Select(layer => layer with { First = layer.First + offset }));
            first += count;
        }

        return new PhraseBook([.. layers], books[0].Book.Comparison);
    }

    /// <summary>A phrase as it is compared, without white space around it; empty if there is nothing to compare.
    /// </summary>
    public static string Compared(string phrase) => FoldedText.Of(phrase, collapses: true).Trim(' ');
}

/// <summary>Phrases that are searched together.</summary>
/// <param name="First">The index of the first of them.</param>
internal readonly record struct PhraseLayer(PhraseAutomaton Automaton, int First);
