using Engine.Contracts;

namespace Engine.Partitions;

/// <summary>Decides when a partition needs a tick. Log time stands still while no record comes, so at the partition's
/// end the owner extrapolates it. If a timer falls due by then, a tick carries the extrapolated time into the
/// log.</summary>
public sealed class TickScheduler(TimeProvider clock)
{
    /// <summary>How long a tick may take to come back from the log before it is sent again.</summary>
    private static readonly TimeSpan RepeatEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>Whether to send a tick now, and with which log time, ms. The next one is due after the repeat
    /// interval.</summary>
    public bool TakeDue(OwnedPartition partition, out long logTime)
    {
        logTime = 0;
        if (partition.EndSince == 0 || partition.Next < partition.LiveFromOffset)
        {
            return false;
        }

        long due = partition.DueTime;
        if (due == long.MaxValue)
        {
            return false;
        }

        logTime = Math.Min(partition.ReckonedLogTime(clock), RecordTime.Last);
        if (logTime <= due || (partition.TickedAt != 0 && clock.GetElapsedTime(partition.TickedAt) < RepeatEvery))
        {
            return false;
        }

        partition.TickedAt = clock.GetTimestamp();
        return true;
    }
}
