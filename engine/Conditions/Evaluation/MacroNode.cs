namespace Engine.Conditions.Evaluation;

internal enum Macro
{
    All,
    Exists,
    ExistsOne,
    Map,
    Filter,
}

/// <summary>all, exists, exists_one, map and filter: a loop over a list's elements or a map's keys. Each iteration is
/// charged for its whole body, and the loop ends with the budget, so nested loops can't run away.</summary>
/// <param name="macro">The macro.</param>
/// <param name="range">The list or map to iterate over.</param>
/// <param name="local">The index of the variable in the frame.</param>
/// <param name="test">The predicate, or null for a map without one.</param>
/// <param name="transform">The expression that map applies to an element; null for other macros.</param>
internal sealed class MacroNode(Macro macro, Node range, int local, Node? test, Node? transform) : Node
{
    private readonly int _round = 1 + (test?.Size ?? 0) + (transform?.Size ?? 0);

    public override int Size => SizeOf(range) + _round;

    public override CelValue Evaluate(ref Frame frame)
    {
        CelValue over = range.Evaluate(ref frame);
        ReadOnlySpan<CelValue> elements;
        switch (over.Kind)
        {
            case CelKind.List:
                elements = over.AsList.Span;
                break;
            case CelKind.Map:
                elements = over.AsMap.Keys;
                break;
            default:
                return over.IsError
                    ? over
                    : CelValue.Error(
                        $"no such overload: a macro iterates over a list or a map, not {KindNames.Of(over.Kind)}"
                    );
        }
        return macro switch
        {
            Macro.All => Quantify(ref frame, elements, decides: false),
            Macro.Exists => Quantify(ref frame, elements, decides: true),
            Macro.ExistsOne => ExistsOne(ref frame, elements),
            _ => Collect(ref frame, elements),
        };
    }

    private CelValue Quantify(ref Frame frame, ReadOnlySpan<CelValue> elements, bool decides)
    {
        CelValue failed = default;
        foreach (ref readonly CelValue element in elements)
        {
            if (!frame.Charge(_round))
            {
                return Budget.Exceeded;
            }
            CelValue value = Test(ref frame, element);
            if (value.IsError)
            {
                failed = failed.Kind == CelKind.Absent ? value : failed;
            }
            else if ((value.Bits != 0) == decides)
            {
                return value;
            }
        }
        return failed.Kind == CelKind.Error ? failed : CelValue.Of(!decides);
    }

    private CelValue ExistsOne(ref Frame frame, ReadOnlySpan<CelValue> elements)
    {
        int count = 0;
        foreach (ref readonly CelValue element in elements)
        {
            if (!frame.Charge(_round))
            {
                return Budget.Exceeded;
            }
            CelValue value = Test(ref frame, element);
            if (value.IsError)
            {
                return value;
            }
            count += value.Bits != 0 ? 1 : 0;
        }
        return CelValue.Of(count == 1);
    }

    private CelValue Collect(ref Frame frame, ReadOnlySpan<CelValue> elements)
    {
        List<CelValue> kept = [];
        foreach (ref readonly CelValue element in elements)
        {
            if (!frame.Charge(_round))
            {
                return Budget.Exceeded;
            }
            CelValue value = Test(ref frame, element);
            if (value.IsFalse)
            {
                continue;
            }
            CelValue made =
                value.IsError || transform is null
                    ? value.IsError
                        ? value
                        : element
                    : transform.Evaluate(ref frame);
            if (made.IsError)
            {
                return made;
            }
            if (!frame.Charge(made.Weight))
            {
                return Budget.Exceeded;
            }
            kept.Add(made);
        }
        CelList list = new([.. kept]);
        return frame.Charge(list.Weight) ? CelValue.Of(list) : Budget.Exceeded;
    }

    /// <summary>Sets the variable and evaluates the predicate. Returns a bool or an error.</summary>
    private CelValue Test(ref Frame frame, in CelValue element)
    {
        frame.Locals[local] = element;
        if (test is null)
        {
            return CelValue.True;
        }
        CelValue value = test.Evaluate(ref frame);
        return value.IsError || value.Kind == CelKind.Bool
            ? value
            : CelValue.Error($"no such overload: a macro's condition must be a bool, not {KindNames.Of(value.Kind)}");
    }
}
