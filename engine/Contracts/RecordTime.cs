namespace Engine.Contracts;

/// <summary>The timestamps of Kafka records that the engine accepts. Log time is their running maximum, so one record
/// stamped in microseconds would move a partition's log time to the year 58,000 for good. Such a record is a dead
/// letter and doesn't move log time.</summary>
public static class RecordTime
{
    /// <summary>The first accepted timestamp: 2000-01-01T00:00:00Z, in milliseconds since the Unix epoch.</summary>
    public const long Min = 946_684_800_000;

    /// <summary>The first timestamp that is too late: 2100-01-01T00:00:00Z.</summary>
    public const long End = 4_102_444_800_000;

    /// <summary>The last accepted timestamp. Log time can't pass it, so nothing may wait until it has.</summary>
    public const long Last = End - 1;

    /// <summary>The detail of the dead letter.</summary>
    public const string Field = "timestamp";

    /// <summary>Whether a record's timestamp is accepted.</summary>
    /// <param name="timestamp">Milliseconds since the Unix epoch, or -1 if the record has none.</param>
    public static bool IsAccepted(long timestamp) => timestamp is >= Min and < End;

    /// <summary>Returns a partition's log time after a record.</summary>
    /// <param name="logTime">Log time before the record, ms.</param>
    /// <param name="timestamp">The record's timestamp, ms.</param>
    public static long Advance(long logTime, long timestamp) =>
        timestamp > logTime && IsAccepted(timestamp) ? timestamp : logTime;
}
