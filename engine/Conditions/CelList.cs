using System.Collections;

namespace Engine.Conditions;

/// <summary>A list of values, never changed after it is made. It knows its weight (what it holds, all levels counted),
/// so that values that share parts cannot grow beyond the evaluation's budget unseen.</summary>
public sealed class CelList : IReadOnlyList<CelValue>
{
    /// <summary>The empty list.</summary>
    public static readonly CelList Empty = new([]);

    private readonly CelValue[] _elements;

    /// <summary>Takes the array over: the caller must not change it afterwards.</summary>
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

    /// <summary>Values held on all levels, characters of text included; saturates.</summary>
    internal long Weight { get; }

    /// <summary>Levels of lists and maps, this one included.</summary>
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
