namespace Engine.Pipeline.History;

/// <summary>A click whose label doesn't say where the click was made.</summary>
/// <param name="Click">The click's id.</param>
/// <param name="LogTime">The log time of the label's record, ms.</param>
public readonly record struct PendingLabelClick(string Click, long LogTime);

/// <summary>Labels that lack the dimensions of their click, kept until those arrive, and the dimensions that arrived,
/// for later labels. Both are bounded and evict the oldest first. Everything is used under the label intake's lock
/// except <see cref="ReadFrom"/> and <see cref="Asked"/>, which lanes call from any thread.</summary>
/// <param name="bound">The maximum number of clicks with waiting labels, and of dimensions kept; 500 bytes
/// each.</param>
public sealed class PendingLabels(int bound = 50_000)
{
    private readonly Dictionary<string, List<(LabelEvent Label, long LogTime)>> _waiting = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ClickDimensions> _places = new(StringComparer.Ordinal);
    private readonly Queue<string> _waitingOrder = new(),
        _placesOrder = new();
    private readonly Lock _gate = new();
    private readonly PendingLabelClick[] _requested = new PendingLabelClick[bound];
    private long _count;

    /// <summary>How many clicks were requested so far. If unchanged, there is nothing new.</summary>
    public long Asked => Volatile.Read(ref _count);

    /// <summary>Returns the label with its click's dimensions if they are known. Otherwise keeps the label and returns
    /// null.</summary>
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
            _requested[_count % bound] = new PendingLabelClick(label.Click, logTime);
            Volatile.Write(ref _count, _count + 1);
        }
        return null;
    }

    /// <summary>Drops an earlier waiting label of the same click and source, as this label has its own
    /// dimensions.</summary>
    public void Forget(LabelEvent label)
    {
        if (_waiting.TryGetValue(label.Click, out List<(LabelEvent Label, long)>? labels))
        {
            labels.RemoveAll(other => other.Label.Source == label.Source);
        }
    }

    /// <summary>Adds a click's dimensions and returns the labels that waited for them, completed.</summary>
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

    /// <summary>Returns the clicks requested since the last call, as far as they are still kept.</summary>
    /// <param name="next">The caller's position; 0 for all.</param>
    public List<PendingLabelClick> ReadFrom(ref long next)
    {
        lock (_gate)
        {
            var clicks = new List<PendingLabelClick>();
            for (long i = Math.Max(next, _count - bound); i < _count; i++)
            {
                clicks.Add(_requested[i % bound]);
            }

            next = _count;
            return clicks;
        }
    }
}
