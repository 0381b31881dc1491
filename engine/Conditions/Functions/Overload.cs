using Engine.Conditions.Checking;
using Engine.Conditions.Evaluation;

namespace Engine.Conditions.Functions;

/// <summary>What a function does with arguments of the kinds it takes; errors are returned, never thrown.</summary>
internal delegate CelValue FunctionBody(ReadOnlySpan<CelValue> arguments, ref Budget budget);

/// <summary>One way to call a function.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Receiver">Whether the first argument stands before a dot.</param>
/// <param name="Parameters">The kinds it takes, the receiver first; dyn takes all.</param>
/// <param name="Result">The type of what it gives.</param>
/// <param name="Body">What it does.</param>
internal sealed record Overload(string Name, bool Receiver, CelType[] Parameters, StaticType Result, FunctionBody Body)
{
    /// <summary>The most arguments of any function: replace's, with its receiver.</summary>
    public const int MaxArguments = 4;

    /// <summary>Whether these values fit.</summary>
    public bool Takes(ReadOnlySpan<CelValue> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (Parameters[i] != CelType.Dyn && Parameters[i] != StaticType.TypeOf(values[i].Kind))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Whether arguments of these static types could fit.</summary>
    public bool CouldTake(IReadOnlyList<StaticType> types) =>
        !types.Where((type, i) => !type.IsDyn && Parameters[i] != CelType.Dyn && Parameters[i] != type.Kind).Any();

    /// <summary>As documentation shows it: string.indexOf(string, int).</summary>
    public override string ToString()
    {
        IEnumerable<string> names = Parameters.Select(KindNames.Of);
        return Receiver
            ? $"{names.First()}.{Name}({string.Join(", ", names.Skip(1))})"
            : $"{Name}({string.Join(", ", names)})";
    }
}
