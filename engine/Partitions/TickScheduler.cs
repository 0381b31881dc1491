namespace Engine.Partitions;

/// <summary>
/// Says when a partition needs a tick. Log time stands still while no record comes; so from the partition's end its
/// owner reckons it on, and where something that waits falls due by that, a tick carries the reckoned time into the
/// log.
/// </summary>
public sealed class TickScheduler(TimeProvider clock)
{
    /// <summary>
    /// How long a tick may take to come back from the log before it is sent again (contract.md, time).
    /// </summary>
    private static readonly TimeSpan RepeatEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Whether a tick is to be sent now, and with which log time, ms; the next is due a repeat later.
    /// </summary>
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

        logTime = partition.ReckonedLogTime(clock);
        if (logTime <= due || (partition.TickedAt != 0 && clock.GetElapsedTime(partition.TickedAt) < RepeatEvery))
        {
            return false;
        }

        partition.TickedAt = clock.GetTimestamp();
        return true;
    }
}
