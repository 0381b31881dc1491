namespace Engine.Conditions;

/// <summary>An immutable map of values. Its keys are int, bool or string, and keep their order of insertion. A double
/// that is a whole number finds the equal int key.</summary>
public sealed class CelMap
{
    private readonly Dictionary<CelValue, CelValue> _entries;
    private readonly CelValue[] _keys;

    private CelMap(Dictionary<CelValue, CelValue> entries, CelValue[] keys)
    {
        _entries = entries;
        _keys = keys;
        long weight = 1;
        foreach ((CelValue key, CelValue value) in entries)
        {
            weight = Math.Min(weight + key.Weight + value.Weight, CelLimits.MaxWeight);
            Levels = Math.Max(Levels, value.Levels + 1);
        }
        Weight = Levels > CelLimits.MaxLevels ? CelLimits.MaxWeight : weight;
    }

    /// <summary>The number of entries.</summary>
    public int Count => _keys.Length;

    /// <summary>The keys, in order of insertion.</summary>
    public ReadOnlySpan<CelValue> Keys => _keys;

    /// <summary>The number of values at all levels, plus the characters of their text; saturates.</summary>
    internal long Weight { get; }

    /// <summary>The number of nested levels of lists and maps, including this one.</summary>
    internal int Levels { get; } = 1;

    /// <summary>Creates a map with string keys.</summary>
    public static CelMap Of(IReadOnlyDictionary<string, CelValue> entries)
    {
        CelValue[] keys = new CelValue[entries.Count];
        CelValue[] values = new CelValue[entries.Count];
        int at = 0;
        foreach ((string key, CelValue value) in entries)
        {
            keys[at] = CelValue.Of(key);
            values[at++] = value;
        }
        return TryOf(keys, values, out CelMap? map, out string? error)
            ? map!
            : throw new ArgumentException(error, nameof(entries));
    }

    /// <summary>Creates a map. Returns false if a key is of the wrong kind or a duplicate.</summary>
    public static bool TryOf(CelValue[] keys, ReadOnlySpan<CelValue> values, out CelMap? map, out string? error)
    {
        Dictionary<CelValue, CelValue> entries = new(keys.Length);
        map = null;
        for (int i = 0; i < keys.Length; i++)
        {
            if (keys[i].Kind is not (CelKind.Int or CelKind.Bool or CelKind.String))
            {
                error = $"a map key must be an int, a bool or a string, not {KindNames.Of(keys[i].Kind)}";
                return false;
            }
            if (!entries.TryAdd(keys[i], values[i]))
            {
                error = $"the map has the key {keys[i]} twice";
                return false;
            }
        }
        map = new CelMap(entries, keys);
        error = null;
        return true;
    }

    /// <summary>Gets the value of a key.</summary>
    public bool TryGet(in CelValue key, out CelValue value)
    {
        if (key.Kind is CelKind.Int or CelKind.Bool or CelKind.String or CelKind.Double)
        {
            return _entries.TryGetValue(key, out value);
        }
        value = default;
        return false;
    }
}
