namespace Engine.Pipeline.Consume.Lanes;

/// <summary>A lane's status.</summary>
/// <param name="HasJoined">Whether Kafka has confirmed the lane's membership in the group, even without
/// partitions.</param>
/// <param name="Waits">What is missing until all its partitions are read to their end, all results are acknowledged,
/// and nothing waits; null if nothing is missing.</param>
/// <param name="BusyAt">The monotonic time of the last record that wasn't a tick, or of the last change of the lane's
/// partitions; 0 for none.</param>
/// <param name="Lag">The number of records in the log that aren't read yet.</param>
/// <param name="WaitingClicks">Clicks that wait for their paths.</param>
/// <param name="Evictions">The number of keys evicted early, at a bound.</param>
/// <param name="Names">The names of the partitions that it owns.</param>
/// <param name="Trouble">What keeps results from reaching Redis, or the last rejection; null for nothing.</param>
/// <param name="LatencyP50">The median time from receiving a batch until its verdicts are acknowledged, ms.</param>
/// <param name="LatencyP99">The 99th percentile of that time, ms.</param>
public sealed record LaneStatus(
    bool HasJoined,
    string? Waits,
    long BusyAt,
    long Lag,
    long WaitingClicks,
    long Evictions,
    string[] Names,
    string? Trouble,
    double LatencyP50,
    double LatencyP99
)
{
    public static readonly LaneStatus Starting = new(false, null, 0, 0, 0, 0, [], null, 0, 0);
    public static readonly LaneStatus Ended = new(true, null, 0, 0, 0, 0, [], null, 0, 0);
}
