using Engine.Conditions;

namespace Engine.Workflows.Priority.Settings;

/// <summary>Maps a context to a level, or to none: a <see cref="TableDirective"/>, a <see cref="RuleDirective"/> or an
/// <see cref="AlgorithmDirective"/>. It gives none if an attribute it uses is missing or has another type than
/// declared. Thread-safe.</summary>
public abstract class Directive(string id, bool shadow, IReadOnlyList<KeyValuePair<string, AttributeType>> attributes)
{
    public string Id { get; } = id;

    /// <summary>Whether it is evaluated and counted, but never acts.</summary>
    public bool Shadow { get; } = shadow;

    /// <summary>The level for a context, one of the band; null for none.</summary>
    public int? LevelOf(IReadOnlyDictionary<string, CelValue> context)
    {
        var values = new CelValue[attributes.Count];
        for (int i = 0; i < values.Length; i++)
        {
            (string name, AttributeType type) = attributes[i];
            if (!context.TryGetValue(name, out CelValue value) || !ContextValues.TryAs(type, value, out values[i]))
            {
                return null;
            }
        }
        return Give(values);
    }

    /// <param name="values">One value for each attribute it uses, in order; all are present and have their
    /// types.</param>
    protected abstract int? Give(CelValue[] values);
}

/// <summary>Looks a level up by the value of one attribute.</summary>
public sealed class TableDirective(
    string id,
    bool shadow,
    KeyValuePair<string, AttributeType> attribute,
    IReadOnlyDictionary<CelValue, int> levels
) : Directive(id, shadow, [attribute])
{
    protected override int? Give(CelValue[] values) => levels.TryGetValue(values[0], out int level) ? level : null;
}

/// <summary>Gives a level if a condition is true.</summary>
public sealed class RuleDirective(string id, bool shadow, ContextCondition when, int level)
    : Directive(id, shadow, when.Attributes)
{
    protected override int? Give(CelValue[] values) =>
        when.Evaluate(values) is { Kind: CelKind.Bool, IsTrue: true } ? level : null;
}

/// <summary>Gives the level nearest to a computed number; none if that fails or isn't finite.</summary>
public sealed class AlgorithmDirective(string id, bool shadow, ContextCondition algorithm, Band band)
    : Directive(id, shadow, algorithm.Attributes)
{
    protected override int? Give(CelValue[] values) =>
        algorithm.Evaluate(values) is { Kind: CelKind.Double } number && double.IsFinite(number.AsDouble)
            ? band.Nearest(number.AsDouble)
            : null;
}

/// <summary>An expression over <c>context.*</c>, with the attributes it uses.</summary>
public sealed class ContextCondition
{
    private readonly Condition _condition;
    private readonly int[] _places;

    private ContextCondition(Condition condition, IReadOnlyList<KeyValuePair<string, AttributeType>> declared)
    {
        _condition = condition;
        Attributes = [.. condition.Slots.Select(slot => declared[slot])];
        _places = new int[declared.Count];
        for (int i = 0; i < condition.Slots.Count; i++)
        {
            _places[condition.Slots[i]] = i;
        }
    }

    public IReadOnlyList<KeyValuePair<string, AttributeType>> Attributes { get; }

    /// <summary>Compiles against the declared attributes. Throws <see cref="ConditionException"/> with the position of
    /// an error.</summary>
    /// <param name="result">Bool for a rule, double for an algorithm.</param>
    public static ContextCondition Compile(
        string source,
        IReadOnlyDictionary<string, AttributeType> attributes,
        CelType result
    )
    {
        KeyValuePair<string, AttributeType>[] declared =
        [
            .. attributes.OrderBy(attribute => attribute.Key, StringComparer.Ordinal),
        ];
        var names = new CelNames();
        foreach ((string name, AttributeType type) in declared)
        {
            names.Add($"context.{name}", ContextValues.CelTypeOf(type), "an attribute of the instance's context");
        }

        return new ContextCondition(Condition.Compile(source, names, result), declared);
    }

    /// <param name="values">One for each of <see cref="Attributes"/>.</param>
    public CelValue Evaluate(CelValue[] values)
    {
        var bindings = new Bindings(values, _places);
        return _condition.TryEvaluate(ref bindings, out CelValue value, out string? error)
            ? value
            : CelValue.Error(error!);
    }

    private readonly struct Bindings(CelValue[] values, int[] places) : ICelBindings
    {
        public CelValue Get(int slot) => values[places[slot]];
    }
}
