using System.Runtime.CompilerServices;
using Engine.Conditions.Functions;

namespace Engine.Conditions.Evaluation;

/// <summary>A function call: evaluates the arguments onto the stack and calls the first overload that takes their
/// kinds.</summary>
internal sealed class CallNode(string name, Overload[] overloads, Node[] arguments) : Node
{
    [InlineArray(Overload.MaxArguments)]
    private struct Values
    {
        private CelValue _first;
    }

    public override int Size { get; } = SizeOf(arguments);

    public override CelValue Evaluate(ref Frame frame)
    {
        Values values = default;
        Span<CelValue> given = ((Span<CelValue>)values)[..arguments.Length];
        for (int i = 0; i < given.Length; i++)
        {
            given[i] = arguments[i].Evaluate(ref frame);
            if (given[i].IsError)
            {
                return given[i];
            }
        }
        foreach (Overload overload in overloads)
        {
            if (overload.Takes(given))
            {
                return overload.Body(given, ref frame.Budget);
            }
        }
        string kinds = string.Join(", ", given.ToArray().Select(value => KindNames.Of(value.Kind)));
        return CelValue.Error($"no such overload: {name}({kinds})");
    }
}

/// <summary>Fails whenever it is evaluated: in unchecked mode, an unknown name or function.</summary>
internal sealed class FailNode(string message) : Node
{
    private readonly CelValue _error = CelValue.Error(message);

    public override int Size => 1;

    public override CelValue Evaluate(ref Frame frame) => _error;
}
