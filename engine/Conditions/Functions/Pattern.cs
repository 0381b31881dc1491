using Engine.Conditions.Evaluation;
using Engine.Text.Patterns;

namespace Engine.Conditions.Functions;

/// <summary>A compiled pattern of <c>matches</c>, and what a match is charged.</summary>
internal sealed class Pattern
{
    /// <summary>The steps charged for compiling a pattern that isn't constant: a few hundred microseconds.</summary>
    public const long CompileCost = 10_000;

    /// <summary>The steps charged for each state of such a pattern.</summary>
    public const long CompileCostOfState = 100;

    /// <summary>The number of characters that a small automaton reads per step.</summary>
    private const long CharactersPerStep = 4;

    private readonly LinearPattern _pattern;

    private Pattern(LinearPattern pattern) => _pattern = pattern;

    /// <summary>The approximate number of states of the automaton.</summary>
    public int States => _pattern.States;

    /// <summary>Whether the pattern matches the empty text.</summary>
    public bool IsNullable => _pattern.IsNullable;

    /// <summary>Compiles a pattern. Returns false, with the error, if it is refused.</summary>
    public static bool TryCompile(string pattern, out Pattern? compiled, out string? error)
    {
        try
        {
            (compiled, error) = (new Pattern(LinearPattern.Compile(pattern)), null);
            return true;
        }
        catch (PatternException refused)
        {
            (compiled, error) = (null, $"the pattern '{pattern}' is invalid: {refused.Message}");
            return false;
        }
    }

    /// <summary>Whether the pattern matches anywhere in the text.</summary>
    public CelValue Matches(string text, ref Budget budget) =>
        budget.Charge(1 + text.Length * (1L + States / 16) / CharactersPerStep)
            ? CelValue.Of(_pattern.IsMatch(text))
            : Budget.Exceeded;
}

/// <summary>text.matches('constant'): compiles the pattern once, with the condition.</summary>
internal sealed class MatchNode(Node operand, Pattern pattern) : Node
{
    public override int Size { get; } = SizeOf(operand);

    public override CelValue Evaluate(ref Frame frame)
    {
        CelValue value = operand.Evaluate(ref frame);
        return value.Kind == CelKind.String ? pattern.Matches(value.AsString, ref frame.Budget)
            : value.IsError ? value
            : CelValue.Error($"no such overload: {KindNames.Of(value.Kind)}.matches(string)");
    }
}
