using Engine.Conditions.Checking;
using Engine.Conditions.Evaluation;

namespace Engine.Conditions.Functions;

/// <summary>The body of a function. Errors are returned, never thrown.</summary>
internal delegate CelValue FunctionBody(ReadOnlySpan<CelValue> arguments, ref Budget budget);

/// <summary>One overload of a function.</summary>
/// <param name="Name">The name of the function.</param>
/// <param name="Receiver">Whether the first argument is a receiver, before a dot.</param>
/// <param name="Parameters">The parameter types, the receiver first; dyn accepts every kind.</param>
/// <param name="Result">The type of the result.</param>
/// <param name="Body">The implementation.</param>
internal sealed record Overload(string Name, bool Receiver, CelType[] Parameters, StaticType Result, FunctionBody Body)
{
    /// <summary>The maximum number of arguments: those of replace, with its receiver.</summary>
    public const int MaxArguments = 4;

    /// <summary>Whether the overload accepts these values.</summary>
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

    /// <summary>Whether the overload could accept arguments of these static types.</summary>
    public bool CouldTake(IReadOnlyList<StaticType> types) =>
        !types.Where((type, i) => !type.IsDyn && Parameters[i] != CelType.Dyn && Parameters[i] != type.Kind).Any();

    /// <summary>Formats the overload as in the docs: string.indexOf(string, int).</summary>
    public override string ToString()
    {
        IEnumerable<string> names = Parameters.Select(KindNames.Of);
        return Receiver
            ? $"{names.First()}.{Name}({string.Join(", ", names.Skip(1))})"
            : $"{Name}({string.Join(", ", names)})";
    }
}
