namespace Engine.Pipeline.Settings;

/// <summary>Versions of the settings, each with the log time from which it is in force. A record applies to events
/// whose log time is later than the record's own by more than the activation delay, so every instance changes over at
/// the same event. Written by the thread that reads <c>settings</c>; lanes read it without a lock.</summary>
public sealed class SettingsTimeline(DecisionSettings first, TimeSpan activationDelay)
{
    /// <param name="After">In force for log times greater than this, ms.</param>
    public sealed record Entry(long After, DecisionSettings Settings);

    private volatile Entry[] _entries = [new Entry(long.MinValue, first)];

    public Entry[] Entries => _entries;

    public DecisionSettings Latest => _entries[^1].Settings;

    /// <summary>Appends a version made by a record. <paramref name="recordLogTime"/> is the log time of that topic: a
    /// running maximum, so never less than the last.</summary>
    public void Append(DecisionSettings settings, long recordLogTime) =>
        _entries = [.. _entries, new Entry(recordLogTime + (long)activationDelay.TotalMilliseconds, settings)];

    /// <summary>Gets the settings in force at a log time, and the last log time (inclusive) at which they
    /// are.</summary>
    public static DecisionSettings At(Entry[] entries, long logTime, out long until)
    {
        int at = entries.Length - 1;
        while (entries[at].After >= logTime)
        {
            at--;
        }

        until = at + 1 < entries.Length ? entries[at + 1].After : long.MaxValue;
        return entries[at].Settings;
    }
}
