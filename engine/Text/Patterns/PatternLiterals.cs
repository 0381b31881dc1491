using System.Text;

namespace Engine.Text.Patterns;

/// <summary>What every match of a part of a pattern contains, in some letter case: the text itself if it matches only
/// one, else one of a few texts.</summary>
/// <param name="Exact">The only text that the part matches; null if there are others, or it isn't known.</param>
/// <param name="Any">Texts one of which is in every match; empty if it isn't known.</param>
internal readonly record struct PatternLiterals(string? Exact, IReadOnlyList<string> Any)
{
    /// <summary>Beyond it, looking for the literals takes as long as matching.</summary>
    private const int MaxLiterals = 32;

    /// <summary>Nothing is known.</summary>
    public static PatternLiterals None { get; } = new(null, []);

    /// <summary>The part matches this text alone.</summary>
    public static PatternLiterals Of(string text) => new(text, text.Length == 0 ? [] : [text]);

    /// <summary>One of several parts.</summary>
    public static PatternLiterals OneOf(IReadOnlyList<PatternLiterals> alternatives)
    {
        if (alternatives is [var only])
        {
            return only;
        }

        string[] all = [.. alternatives.SelectMany(one => one.Any).Distinct(StringComparer.Ordinal)];
        return all.Length <= MaxLiterals && alternatives.All(one => one.Any.Count > 0) ? new(null, all) : None;
    }

    /// <summary>The part a number of times.</summary>
    public PatternLiterals Repeated(int min) => min == 0 ? None : this with { Exact = null };

    /// <summary>Whether these tell more texts apart than others.</summary>
    public bool IsBetterThan(in PatternLiterals other) =>
        Any.Count > 0
        && (
            other.Any.Count == 0
            || Shortest(Any) > Shortest(other.Any)
            || (Shortest(Any) == Shortest(other.Any) && Any.Count < other.Any.Count)
        );

    private static int Shortest(IReadOnlyList<string> texts) => texts.Min(text => text.Length);
}

/// <summary>Parts of a pattern one after another.</summary>
internal sealed class PatternSequence
{
    private readonly StringBuilder _run = new();
    private PatternLiterals _best = PatternLiterals.None;
    private bool _isExact = true;

    public void Add(in PatternLiterals part)
    {
        if (part.Exact is { } text)
        {
            _run.Append(text);
            return;
        }

        _isExact = false;
        Offer(PatternLiterals.Of(_run.ToString()));
        Offer(part);
        _run.Clear();
    }

    /// <summary>What is known of all of them.</summary>
    public PatternLiterals ToLiterals()
    {
        if (_isExact)
        {
            return PatternLiterals.Of(_run.ToString());
        }

        Offer(PatternLiterals.Of(_run.ToString()));
        return _best with { Exact = null };
    }

    private void Offer(in PatternLiterals literals)
    {
        if (literals.IsBetterThan(_best))
        {
            _best = literals;
        }
    }
}
