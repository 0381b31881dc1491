namespace Engine.Partitions;

/// <summary>Where a new owner starts reading a partition. Records from <see cref="From"/> up to
/// <see cref="LiveFromOffset"/> rebuild the state and give no results, which an earlier owner has written.</summary>
/// <param name="LiveFromOffset">The first offset that gives results.</param>
/// <param name="LogTime">Log time as of progress, ms; 0 if there was none.</param>
/// <param name="From">The first offset to read.</param>
/// <param name="FromTime">The log time from which to read, ms.</param>
/// <param name="LogEnd">The log's end as of the takeover. The earlier owner can't have decided anything from there
/// on.</param>
public readonly record struct RebuildPlan(long LiveFromOffset, long LogTime, long From, long FromTime, long LogEnd = 0)
{
    /// <param name="progress">The progress that earlier owners have committed; null for none.</param>
    /// <param name="logStart">The first offset still in the log.</param>
    /// <param name="logEnd">The offset that the log's next record will get.</param>
    /// <param name="horizon">How far before progress the log is reread, for what only the log can rebuild.</param>
    /// <param name="neededFrom">A log time before that of progress, ms, from which the partition needs more than the
    /// horizon covers; <see cref="long.MaxValue"/> for none.</param>
    /// <param name="offsetAt">Returns the first offset stamped at a log time or later, ms.</param>
    public static RebuildPlan Of(
        PartitionProgress? progress,
        long logStart,
        long logEnd,
        TimeSpan horizon,
        long neededFrom,
        Func<long, long> offsetAt
    )
    {
        if (progress is not { } known)
        {
            return new RebuildPlan(logStart, 0, logStart, 0, logEnd);
        }

        long fromTime = Math.Max(0, Math.Min(known.LogTime, neededFrom) - (long)horizon.TotalMilliseconds);
        // Records between progress and the log's start are lost to retention, and so are those for the rebuild.
        return known.Offset < logStart
            ? new RebuildPlan(logStart, known.LogTime, logStart, fromTime, logEnd)
            : new RebuildPlan(
                known.Offset,
                known.LogTime,
                Math.Min(known.Offset, offsetAt(fromTime)),
                fromTime,
                logEnd
            );
    }
}
