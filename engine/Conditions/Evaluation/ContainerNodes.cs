namespace Engine.Conditions.Evaluation;

/// <summary>[elements]</summary>
internal sealed class ListNode(Node[] elements) : Node
{
    public override int Size { get; } = SizeOf(elements);

    public override CelValue Evaluate(ref Frame frame)
    {
        CelValue[] values = new CelValue[elements.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = elements[i].Evaluate(ref frame);
            if (values[i].IsError)
            {
                return values[i];
            }
        }
        CelList list = new(values);
        return frame.Charge(list.Weight) ? CelValue.Of(list) : Budget.Exceeded;
    }
}

/// <summary>{keys: values}</summary>
internal sealed class MapNode(Node[] keys, Node[] values) : Node
{
    public override int Size { get; } = SizeOf([.. keys, .. values]);

    public override CelValue Evaluate(ref Frame frame)
    {
        CelValue[] k = new CelValue[keys.Length];
        CelValue[] v = new CelValue[values.Length];
        for (int i = 0; i < k.Length; i++)
        {
            k[i] = keys[i].Evaluate(ref frame);
            v[i] = values[i].Evaluate(ref frame);
            if (k[i].IsError || v[i].IsError)
            {
                return k[i].IsError ? k[i] : v[i];
            }
            if (!frame.Charge(k[i].Weight + v[i].Weight))
            {
                return Budget.Exceeded;
            }
        }
        return !CelMap.TryOf(k, v, out CelMap? map, out string? error) ? CelValue.Error(error!)
            : frame.Charge(map!.Weight) ? CelValue.Of(map)
            : Budget.Exceeded;
    }
}

/// <summary>operand.field: the map's value for the text key.</summary>
internal sealed class SelectNode(Node operand, string field) : Node
{
    private readonly CelValue _key = CelValue.Of(field);
    private readonly CelValue _missing = CelValue.Error($"no such key: {field}");

    public override int Size { get; } = SizeOf(operand);

    public override CelValue Evaluate(ref Frame frame)
    {
        CelValue value = operand.Evaluate(ref frame);
        if (value.Kind != CelKind.Map)
        {
            return value.IsError
                ? value
                : CelValue.Error($"no such overload: {KindNames.Of(value.Kind)} has no field {field}");
        }
        return frame.Charge(_key.Weight)
            ? value.AsMap.TryGet(_key, out CelValue found)
                ? found
                : _missing
            : Budget.Exceeded;
    }
}

/// <summary>has(operand.field)</summary>
internal sealed class HasFieldNode(Node operand, string field) : Node
{
    private readonly CelValue _key = CelValue.Of(field);

    public override int Size { get; } = SizeOf(operand);

    public override CelValue Evaluate(ref Frame frame)
    {
        CelValue value = operand.Evaluate(ref frame);
        return value.Kind == CelKind.Map ? CelValue.Of(value.AsMap.TryGet(_key, out _))
            : value.IsError ? value
            : CelValue.Error($"no such overload: {KindNames.Of(value.Kind)} has no field {field}");
    }
}

/// <summary>operand[index]</summary>
internal sealed class IndexNode(Node operand, Node index) : Node
{
    public override int Size { get; } = SizeOf(operand, index);

    public override CelValue Evaluate(ref Frame frame)
    {
        CelValue held = operand.Evaluate(ref frame);
        if (held.IsError)
        {
            return held;
        }
        CelValue at = index.Evaluate(ref frame);
        if (at.IsError)
        {
            return at;
        }
        if (!frame.Charge(at.Weight))
        {
            return Budget.Exceeded;
        }
        return held.Kind switch
        {
            CelKind.List => Element(held.AsList, at),
            CelKind.Map => Entry(held.AsMap, at),
            _ => CelValue.Error($"no such overload: {KindNames.Of(held.Kind)}[{KindNames.Of(at.Kind)}]"),
        };
    }

    private static CelValue Element(CelList list, in CelValue at)
    {
        if (!Whole(at, out long index))
        {
            return CelValue.Error($"no such overload: a list index must be an int, not {at}");
        }
        return index >= 0 && index < list.Count
            ? list[(int)index]
            : CelValue.Error($"index {index} is out of range for a list of {list.Count}");
    }

    private static CelValue Entry(CelMap map, in CelValue at)
    {
        if (at.Kind is not (CelKind.Int or CelKind.Double or CelKind.Bool or CelKind.String))
        {
            return CelValue.Error(
                $"no such overload: a map key must be an int, a bool or a string, not {KindNames.Of(at.Kind)}"
            );
        }
        return map.TryGet(at, out CelValue found) ? found : CelValue.Error($"no such key: {at}");
    }

    private static bool Whole(in CelValue at, out long index)
    {
        index =
            at.Kind == CelKind.Int ? at.Bits
            : at.Kind == CelKind.Double ? (long)at.RawDouble
            : 0;
        return at.Kind == CelKind.Int || (at.Kind == CelKind.Double && index == at.RawDouble);
    }
}

/// <summary>element in container: whether it equals an element of a list or a key of a map.</summary>
internal sealed class InNode(Node element, Node container) : Node
{
    public override int Size { get; } = SizeOf(element, container);

    public override CelValue Evaluate(ref Frame frame)
    {
        CelValue value = element.Evaluate(ref frame);
        if (value.IsError)
        {
            return value;
        }
        CelValue held = container.Evaluate(ref frame);
        switch (held.Kind)
        {
            case CelKind.List:
                return frame.Charge(held.AsList.Weight) ? CelValue.Of(held.AsList.Contains(value)) : Budget.Exceeded;
            case CelKind.Map:
                return frame.Charge(value.Weight) ? CelValue.Of(held.AsMap.TryGet(value, out _)) : Budget.Exceeded;
            default:
                return held.IsError
                    ? held
                    : CelValue.Error($"no such overload: {KindNames.Of(value.Kind)} in {KindNames.Of(held.Kind)}");
        }
    }
}
