namespace Engine.Pipeline.Settings;

/// <summary>
/// Versions of the settings, and the log times from which each is in force: what a record changed holds for events
/// whose log time is past the record's own by the activation delay, so every instance changes over at the same event.
/// Written by the thread that reads <c>settings</c>, read by lanes without a lock.
/// </summary>
public sealed class SettingsTimeline(DecisionSettings first, TimeSpan activationDelay)
{
    /// <param name="After">In force for log times greater than this, ms.</param>
    public sealed record Entry(long After, DecisionSettings Settings);

    private volatile Entry[] _entries = [new Entry(long.MinValue, first)];

    public Entry[] Entries => _entries;

    public DecisionSettings Latest => _entries[^1].Settings;

    /// <summary>
    /// Adds a version made by a record whose log time is <paramref name="recordLogTime"/> (of that topic, running
    /// maximum, so never less than the last).
    /// </summary>
    public void Append(DecisionSettings settings, long recordLogTime) =>
        _entries = [.. _entries, new Entry(recordLogTime + (long)activationDelay.TotalMilliseconds, settings)];

    /// <summary>The settings in force at a log time, and until which log time (inclusive) they are.</summary>
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
