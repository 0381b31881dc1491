using System.Collections;

namespace Engine.Conditions;

/// <summary>An immutable list of values. It knows its weight, which counts everything it holds at all levels, so values
/// that share parts can't exceed the evaluation's budget unnoticed.</summary>
public sealed class CelList : IReadOnlyList<CelValue>
{
    /// <summary>The empty list.</summary>
    public static readonly CelList Empty = new([]);

    /// <summary>Texts are looked up by hash in lists that are longer, from the second time on.</summary>
    private const int MaxScanned = 16;

    private readonly CelValue[] _elements;

    // Threads may share the list: each of them may find the set before it is there, and make it again.
    private volatile HashSet<string>? _texts;
    private volatile bool _isAsked;

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
        if (value.Kind == CelKind.String && _elements.Length > MaxScanned)
        {
            if (_isAsked)
            {
                return (_texts ??= Texts()).Contains((string)value.Held!);
            }

            _isAsked = true;
        }

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

    private HashSet<string> Texts()
    {
        var texts = new HashSet<string>(_elements.Length, StringComparer.Ordinal);
        foreach (ref readonly CelValue element in Span)
        {
            if (element.Kind == CelKind.String)
            {
                texts.Add((string)element.Held!);
            }
        }

        return texts;
    }
}
