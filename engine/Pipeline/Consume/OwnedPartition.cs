using Engine.Pipeline.Deliver;

namespace Engine.Pipeline.Consume;

/// <summary>A partition that a lane owns: its state, its way to Redis, and where reading stands.</summary>
public sealed class OwnedPartition(PartitionState state, PartitionDelivery delivery, long next)
{
    public PartitionState State { get; } = state;
    public PartitionDelivery Delivery { get; } = delivery;

    /// <summary>The next offset to be read.</summary>
    public long Next { get; set; } = next;

    /// <summary>Monotonic time at which the partition's end was met; 0 while there is more.</summary>
    public long EndSince { get; set; }

    /// <summary>Monotonic time of the last tick that was sent.</summary>
    public long TickedAt { get; set; }

    /// <summary>Monotonic time of the last record that was no tick.</summary>
    public long BusyAt { get; set; }

    /// <summary>What is missing until the partition is read to its end, all results are in Redis, and nothing waits; null where nothing is.</summary>
    public string? Waits =>
        EndSince == 0 ? $"{State.Name} is read to offset {Next}, and its end isn't met"
        : State.NextDeadline != long.MaxValue ? $"{State.Name} holds clicks or paths that wait until log time {State.NextDeadline}, and is at {State.LogTime}"
        : !Delivery.IsIdle || (Next > State.ResultsFrom && Delivery.AcknowledgedOffset < Next) ? $"{State.Name} is decided to offset {Next}, and progress isn't acknowledged that far"
        : null;

    /// <summary>Log time reckoned on from the partition's end by the time that passes, ms.</summary>
    public long ReckonedLogTime(TimeProvider clock) => State.LogTime + (long)clock.GetElapsedTime(EndSince).TotalMilliseconds;
}
