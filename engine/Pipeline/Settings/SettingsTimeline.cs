namespace Engine.Pipeline.Settings;

/// <summary>Versions of the settings, each with the log time from which it is in force. A record applies to events
/// whose log time is later than the record's own by more than the activation delay, so every instance changes over at
/// the same event. Written by the thread that reads <c>settings</c>; lanes read it without a lock.</summary>
public sealed class SettingsTimeline
{
    private readonly TimeSpan _activationDelay;

    /// <summary>Entries are written once, before they are counted. A larger array is a copy.</summary>
    private Entry[] _entries;
    private int _count = 1;

    public SettingsTimeline(DecisionSettings first, TimeSpan activationDelay)
    {
        _activationDelay = activationDelay;
        _entries = [new Entry(long.MinValue, first)];
    }

    /// <summary>The number of versions; it only grows.</summary>
    public int Count => Volatile.Read(ref _count);

    public DecisionSettings Latest
    {
        get
        {
            int count = Count;
            return Volatile.Read(ref _entries)[count - 1].Settings;
        }
    }

    /// <summary>All versions, in the order in which they come into force.</summary>
    public IEnumerable<DecisionSettings> Versions
    {
        get
        {
            int count = Count;
            return Volatile.Read(ref _entries).Take(count).Select(entry => entry.Settings);
        }
    }

    /// <summary>Appends a version made by a record. <paramref name="recordLogTime"/> is the log time of that topic: a
    /// running maximum, so never less than the last.</summary>
    public void Append(DecisionSettings settings, long recordLogTime)
    {
        if (_count == _entries.Length)
        {
            var larger = new Entry[_count * 2];
            _entries.CopyTo(larger, 0);
            Volatile.Write(ref _entries, larger);
        }

        _entries[_count] = new Entry(recordLogTime + (long)_activationDelay.TotalMilliseconds, settings);
        Volatile.Write(ref _count, _count + 1);
    }

    /// <summary>Gets the settings in force at a log time, and the last log time (inclusive) at which they
    /// are.</summary>
    public DecisionSettings At(long logTime, out long until)
    {
        // The count first: the array has at least as many.
        int low = 0,
            high = Count,
            count = high;
        Entry[] entries = Volatile.Read(ref _entries);
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            if (entries[middle].After < logTime)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        until = high < count ? entries[high].After : long.MaxValue;
        return entries[low].Settings;
    }

    /// <param name="After">In force for log times greater than this, ms.</param>
    private readonly record struct Entry(long After, DecisionSettings Settings);
}
