using System.Collections;

namespace Engine.Conditions;

/// <summary>An immutable list of values. It knows its weight, which counts everything it holds at all levels, so values
/// that share parts can't exceed the evaluation's budget unnoticed.</summary>
public sealed class CelList : IReadOnlyList<CelValue>
{
    /// <summary>The empty list.</summary>
    public static readonly CelList Empty = new([]);

    private readonly CelValue[] _elements;

    /// <summary>Takes ownership of the array: the caller must not change it afterwards.</summary>
    public CelList(CelValue[] elements)
    {
        _elements = elements;
        long weight = 1;
        foreach (CelValue element in elements)
        {
            weight = Math.Min(weight + element.Weight, CelLimits.MaxWeight);
            Levels = Math.Max(Levels, element.Levels + 1);
        }
        Weight = Levels > CelLimits.MaxLevels ? CelLimits.MaxWeight : weight;
    }

    /// <inheritdoc/>
    public int Count => _elements.Length;

    /// <inheritdoc/>
    public CelValue this[int index] => _elements[index];

    /// <summary>The number of values at all levels, plus the characters of their text; saturates.</summary>
    internal long Weight { get; }

    /// <summary>The number of nested levels of lists and maps, including this one.</summary>
    internal int Levels { get; } = 1;

    internal ReadOnlySpan<CelValue> Span => _elements;

    /// <summary>Whether an element equals <paramref name="value"/>.</summary>
    public bool Contains(in CelValue value)
    {
        foreach (ref readonly CelValue element in Span)
        {
            if (CelOrder.AreEqual(element, value))
            {
                return true;
            }
        }
        return false;
    }

    /// <inheritdoc/>
    public IEnumerator<CelValue> GetEnumerator() => ((IEnumerable<CelValue>)_elements).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
