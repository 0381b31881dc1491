namespace Engine.Pipeline.Knowledge;

/// <summary>The marks of one partition that count, as they stand in the topic. An ownership's first mark voids what
/// earlier ownerships marked from its offset on, and everything that they mark later. Thread-safe: one thread adds,
/// owners read.</summary>
/// <param name="kept">How many marks a takeover may need; earlier ones are dropped. Null keeps them all.</param>
public sealed class MarkSequence(Func<int>? kept = null)
{
    /// <summary>From this many marks on, some may be dropped.</summary>
    private const int DropFrom = 1024;

    private readonly Lock _gate = new();
    private readonly List<Mark> _marks = [];
    private long? _owner;
    private int _version,
        _dropAt = DropFrom;

    /// <summary>Changes with every mark that counts.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>The ownership whose marks count now; null without marks.</summary>
    public long? Owner
    {
        get
        {
            lock (_gate)
            {
                return _owner;
            }
        }
    }

    /// <summary>Adds the topic's next mark of the partition.</summary>
    /// <returns>Whether it counts.</returns>
    public bool Add(Mark mark)
    {
        lock (_gate)
        {
            if (mark.IsFirst || _owner == null)
            {
                _marks.RemoveAll(earlier => earlier.From >= mark.From);
                _owner = mark.Owner;
            }
            else if (mark.Owner != _owner || mark.From < _marks[^1].From)
            {
                return false;
            }

            _marks.Add(mark);
            Drop();
            Volatile.Write(ref _version, _version + 1);
            return true;
        }
    }

    /// <summary>
    /// The marks that decide records from an offset on: the one in force there, and those that follow.
    /// </summary>
    public IReadOnlyList<Mark> From(long offset)
    {
        lock (_gate)
        {
            int at = IndexAt(offset);
            return _marks.GetRange(at, _marks.Count - at);
        }
    }

    /// <summary>The marks that follow one of them. Several may begin at the same offset, if no record came between; the
    /// last of them counts.</summary>
    public IReadOnlyList<Mark> After(Mark mark)
    {
        lock (_gate)
        {
            int at = _marks.FindLastIndex(one => ReferenceEquals(one, mark)) + 1;
            return _marks.GetRange(at, _marks.Count - at);
        }
    }

    /// <summary>The mark in force at an offset; null if there is none.</summary>
    public Mark? At(long offset)
    {
        lock (_gate)
        {
            int at = IndexAt(offset);
            return at < _marks.Count && _marks[at].From <= offset ? _marks[at] : null;
        }
    }

    /// <summary>The last mark; null if there is none.</summary>
    public Mark? Last
    {
        get
        {
            lock (_gate)
            {
                return _marks.Count > 0 ? _marks[^1] : null;
            }
        }
    }

    /// <summary>Drops what isn't needed whenever the list has doubled, so that adding stays cheap.</summary>
    private void Drop()
    {
        if (kept == null || _marks.Count < _dropAt)
        {
            return;
        }

        _marks.RemoveRange(0, Math.Max(0, _marks.Count - kept()));
        _dropAt = Math.Max(DropFrom, _marks.Count * 2);
    }

    /// <summary>The index of the last mark from an offset or earlier; 0 if all are later.</summary>
    private int IndexAt(long offset)
    {
        int low = 0,
            high = _marks.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_marks[middle].From <= offset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return Math.Max(0, low - 1);
    }
}
