namespace Engine.Partitions;

/// <summary>
/// From where a new owner reads a partition. Records from <see cref="From"/> up to <see cref="LiveFromOffset"/> rebuild
/// the state and give no results: an earlier owner has written those.
/// </summary>
/// <param name="LiveFromOffset">The first record that gives results.</param>
/// <param name="LogTime">Log time as of progress, ms; 0 where there was none.</param>
/// <param name="From">The first record that is read.</param>
/// <param name="FromTime">The log time from which it is read, ms.</param>
public readonly record struct RebuildPlan(long LiveFromOffset, long LogTime, long From, long FromTime)
{
    /// <param name="progress">What earlier owners have committed; null for nothing.</param>
    /// <param name="logStart">The first offset that the log still holds.</param>
    /// <param name="horizon">How far back of progress the log is read again: <see cref="RebuildHorizon"/>.</param>
    /// <param name="neededFrom">A log time before that of progress, ms, from which more is needed than progress covers;
    /// <see cref="long.MaxValue"/> for none.</param>
    /// <param name="offsetAt">The first offset stamped at a log time or later, ms.</param>
    public static RebuildPlan Of(
        PartitionProgress? progress,
        long logStart,
        TimeSpan horizon,
        long neededFrom,
        Func<long, long> offsetAt
    )
    {
        if (progress is not { } known)
        {
            return new RebuildPlan(logStart, 0, logStart, 0);
        }

        long fromTime = Math.Max(0, Math.Min(known.LogTime, neededFrom) - (long)horizon.TotalMilliseconds);
        // What lay between progress and the log's start is lost to retention, and so is what would be read again.
        return known.Offset < logStart
            ? new RebuildPlan(logStart, known.LogTime, logStart, fromTime)
            : new RebuildPlan(known.Offset, known.LogTime, Math.Min(known.Offset, offsetAt(fromTime)), fromTime);
    }
}
