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
    private PhraseBook(PhraseAutomaton automaton, PhraseComparison comparison) =>
        (Automaton, Comparison) = (automaton, comparison);

    public PhraseComparison Comparison { get; }

    internal PhraseAutomaton Automaton { get; }

    /// <summary>The same phrases without regard to word boundaries.</summary>
    public PhraseBook Anywhere() =>
        Comparison == PhraseComparison.Words ? new(Automaton, PhraseComparison.Anywhere) : this;

    /// <summary>Builds the book of phrases, each of which compares as something (<see cref="Compared"/>). Of phrases
    /// that compare as equal the first counts.</summary>
    /// <exception cref="ArgumentException">A phrase compares as nothing.</exception>
    public static PhraseBook Build(IReadOnlyList<string> phrases, PhraseComparison comparison) =>
        new(
            PhraseAutomaton.Build(comparison == PhraseComparison.Exact ? phrases : [.. phrases.Select(Compared)]),
            comparison
        );

    /// <summary>A phrase as it is compared, without white space around it; empty if there is nothing to compare.
    /// </summary>
    public static string Compared(string phrase) => FoldedText.Of(phrase, collapses: true).Trim(' ');
}
