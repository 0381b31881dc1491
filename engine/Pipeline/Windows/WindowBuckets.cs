namespace Engine.Pipeline.Windows;

/// <summary>An event's hop in each window and its slot in each ring: computed once per click, used for each of its
/// keys.</summary>
public readonly struct WindowBuckets
{
    public WindowBuckets(long time)
    {
        Time = time;
        Ten = (uint)(time / 10_000);
        uint minute = Ten / 6,
            tens = minute / 10;
        TwoMinutes = minute / 2;
        (TenPlace, MinutePlace, TenMinuteSlot, TwoMinutesPlace) = (
            Ten - minute * 6,
            minute - tens * 10,
            tens % 6,
            TwoMinutes % 5
        );
    }

    /// <summary>The longest gap between two events of a key, ms. What a table still holds beyond an hour depends on
    /// when its partition was taken over, so it must not count.</summary>
    public const long LongestGapMs = 3_600_000;

    /// <summary>Event time, ms since the epoch.</summary>
    public long Time { get; }

    /// <summary>The time between this event and a key's latest, in ms; -1 if that is more than
    /// <see cref="LongestGapMs"/>.</summary>
    public long GapFrom(long last)
    {
        long gap = Math.Abs(Time - last);
        return gap <= LongestGapMs ? gap : -1;
    }

    /// <summary>The hop of 10 s, since the epoch.</summary>
    public uint Ten { get; }

    /// <summary>The hop of 120 s.</summary>
    public uint TwoMinutes { get; }

    /// <summary>The slot in the ring of 6 hops of 10 s; below, of 10 hops of 60 s, 6 of 600 s and 5 of 120 s.</summary>
    public uint TenPlace { get; }

    public uint MinutePlace { get; }

    public uint TenMinuteSlot { get; }

    public uint TwoMinutesPlace { get; }
}
