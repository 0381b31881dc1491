using Engine.Pipeline.Clicks;
using Engine.Pipeline.Deliver;

namespace Engine.Pipeline.Consume.Lanes;

/// <summary>A partition that a lane owns: its state, its way to Redis, and where reading stands.</summary>
public sealed class OwnedPartition(PartitionState state, PartitionDelivery delivery, long next)
{
    /// <summary>Multiples of it lie apart from each other in [0, 1), however many there are.</summary>
    private const double GoldenRatio = 0.6180339887498949;

    /// <summary>
    /// Monotonic time from which the next step of counts and progress may begin; 0 before the first look.
    /// </summary>
    private long _progressDue;

    public PartitionState State { get; } = state;
    public PartitionDelivery Delivery { get; } = delivery;

    /// <summary>The next offset to be read.</summary>
    public long Next { get; set; } = next;

    /// <summary>What fetches it directly; null where librdkafka reads it.</summary>
    public Fetch.FetchedPartition? Fetched { get; set; }

    /// <summary>Monotonic time at which the partition's end was met; 0 while there is more.</summary>
    public long EndSince { get; set; }

    /// <summary>Monotonic time of the last tick that was sent.</summary>
    public long TickedAt { get; set; }

    /// <summary>Monotonic time of the last record that was no tick.</summary>
    public long BusyAt { get; set; }

    /// <summary>Whether something is decided that acknowledged progress doesn't cover.</summary>
    private bool HasUnwritten => Next > State.ResultsFrom && Delivery.AcknowledgedOffset < Next;

    /// <summary>
    /// What is missing until the partition is read to its end, all results are in Redis, and nothing waits; null where
    /// nothing is.
    /// </summary>
    public string? Waits =>
        EndSince == 0 ? $"{State.Name} is read to offset {Next}, and its end isn't met"
        : State.NextDeadline != long.MaxValue
            ? $"{State.Name} holds clicks or paths that wait until log time {State.NextDeadline}, and is at "
                + $"{State.LogTime}"
        : !Delivery.IsIdle || HasUnwritten
            ? $"{State.Name} is decided to offset {Next}, and progress isn't acknowledged that far"
        : null;

    /// <summary>
    /// Whether a step of counts and progress is due: once an interval, and sooner where nothing comes any more or many
    /// sums wait for it. Each partition has its own place in the interval, far from its neighbours': a step keeps Redis
    /// for some milliseconds, and several at once would keep everyone's verdicts as long.
    /// </summary>
    /// <param name="now">Monotonic time.</param>
    /// <param name="interval">In its unit.</param>
    /// <param name="quiet">The same, after which nothing comes any more.</param>
    public bool TakeProgressDue(long now, long interval, long quiet)
    {
        bool due =
            _progressDue != 0
            && (
                now >= _progressDue
                || (EndSince != 0 && now - EndSince >= quiet && HasUnwritten)
                || Delivery.ManyStandingsWait
            );
        if (due || _progressDue == 0)
        {
            long place = (long)(State.Partition * GoldenRatio % 1 * interval);
            _progressDue = now + interval - ((((now - place) % interval) + interval) % interval);
        }
        return due;
    }

    /// <summary>Log time reckoned on from the partition's end by the time that passes, ms.</summary>
    public long ReckonedLogTime(TimeProvider clock) =>
        State.LogTime + (long)clock.GetElapsedTime(EndSince).TotalMilliseconds;
}
