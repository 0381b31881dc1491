using Engine.Conditions.Syntax;

namespace Engine.Conditions.Checking;

/// <summary>
/// What becomes of a mistake in what is written: checked, it is a <see cref="ConditionException"/>; unchecked, nothing,
/// and the evaluation fails if it comes to it.
/// </summary>
internal sealed class Mistakes(string source, bool isChecked)
{
    public bool IsChecked => isChecked;

    public void Fail(int offset, string problem)
    {
        if (isChecked)
        {
            throw Fatal(offset, problem);
        }
    }

    /// <summary>A mistake that leaves nothing to evaluate, checked or not.</summary>
    public ConditionException Fatal(int offset, string problem) => new(source, offset, problem);

    public void RequireBool(StaticType type, Expr where, string symbol)
    {
        if (!type.IsDyn && type.Kind != CelType.Bool)
        {
            Fail(where.Offset, $"{symbol} takes a bool, this is {Article(type)}");
        }
    }

    /// <summary>A type as a sentence names it: <c>an int</c>.</summary>
    public static string Article(StaticType type) =>
        type.Kind switch
        {
            CelType.Int => "an int",
            CelType.Null => "null",
            _ => $"a {type}",
        };
}
