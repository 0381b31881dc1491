using Engine.Conditions.Syntax;

namespace Engine.Conditions.Checking;

/// <summary>Reports mistakes in the source. In checked mode, a mistake is a <see cref="ConditionException"/>. In
/// unchecked mode it is ignored, and the evaluation fails if it reaches it.</summary>
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

    /// <summary>Creates the exception for a mistake that leaves nothing to evaluate, in either mode.</summary>
    public ConditionException Fatal(int offset, string problem) => new(source, offset, problem);

    public void RequireBool(StaticType type, Expr where, string symbol)
    {
        if (!type.IsDyn && type.Kind != CelType.Bool)
        {
            Fail(where.Offset, $"{symbol} takes a bool, but this is {Article(type)}");
        }
    }

    /// <summary>Names a type with its article: <c>an int</c>.</summary>
    public static string Article(StaticType type) =>
        type.Kind switch
        {
            CelType.Int => "an int",
            CelType.Null => "null",
            _ => $"a {type}",
        };
}
