namespace Engine.Pipeline.History;

/// <summary>A click that a label speaks of without saying where it was made.</summary>
/// <param name="LogTime">Of the label's record, ms.</param>
public readonly record struct PendingLabelClick(string Click, long LogTime);

/// <summary>
/// Labels that don't say where their click was made, until somebody does; and the places that were told, for labels
/// that come after. Both are bounded, oldest out first. Used under the label intake's lock but for
/// <see cref="ReadFrom"/>, which lanes call from any thread.
/// </summary>
/// <param name="bound">The most clicks with labels that wait, and the most places that are remembered; 500 bytes
/// each.</param>
public sealed class PendingLabels(int bound = 50_000)
{
    private readonly Dictionary<string, List<(LabelEvent Label, long LogTime)>> _waiting = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ClickDimensions> _places = new(StringComparer.Ordinal);
    private readonly Queue<string> _waitingOrder = new(),
        _placesOrder = new();
    private readonly Lock _gate = new();
    private readonly PendingLabelClick[] _asked = new PendingLabelClick[bound];
    private long _count;

    /// <summary>How many clicks were asked for so far: nothing is new where it hasn't changed.</summary>
    public long Asked => Volatile.Read(ref _count);

    /// <summary>The label with its click's place, where that is known; else null, and the label waits.</summary>
    public LabelEvent? Complete(LabelEvent label, long logTime)
    {
        if (_places.TryGetValue(label.Click, out ClickDimensions? place))
        {
            return place.Complete(label);
        }

        if (_waiting.TryGetValue(label.Click, out List<(LabelEvent, long)>? labels))
        {
            labels.RemoveAll(other => other.Item1.Source == label.Source);
            labels.Add((label, logTime));
            return null;
        }
        _waiting.Add(label.Click, [(label, logTime)]);
        _waitingOrder.Enqueue(label.Click);
        if (_waitingOrder.Count > bound)
        {
            _waiting.Remove(_waitingOrder.Dequeue());
        }

        lock (_gate)
        {
            _asked[_count % bound] = new PendingLabelClick(label.Click, logTime);
            Volatile.Write(ref _count, _count + 1);
        }
        return null;
    }

    /// <summary>
    /// A label that says itself where its click was made: an earlier one of its source no longer counts.
    /// </summary>
    public void Forget(LabelEvent label)
    {
        if (_waiting.TryGetValue(label.Click, out List<(LabelEvent Label, long)>? labels))
        {
            labels.RemoveAll(other => other.Label.Source == label.Source);
        }
    }

    /// <summary>A click's place is told: the labels that waited for it, complete.</summary>
    public List<(LabelEvent Label, long LogTime)> Place(string click, ClickDimensions place)
    {
        if (_places.TryAdd(click, place))
        {
            _placesOrder.Enqueue(click);
        }

        if (_places.Count > bound)
        {
            _places.Remove(_placesOrder.Dequeue());
        }

        return _waiting.Remove(click, out List<(LabelEvent Label, long LogTime)>? labels)
            ? [.. labels.Select(one => (place.Complete(one.Label), one.LogTime))]
            : [];
    }

    /// <summary>The clicks that were asked for since the last call, and are not too many to be remembered.</summary>
    /// <param name="next">Where the caller stands; 0 for all.</param>
    public List<PendingLabelClick> ReadFrom(ref long next)
    {
        lock (_gate)
        {
            var clicks = new List<PendingLabelClick>();
            for (long i = Math.Max(next, _count - bound); i < _count; i++)
            {
                clicks.Add(_asked[i % bound]);
            }

            next = _count;
            return clicks;
        }
    }
}
