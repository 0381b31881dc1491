namespace Engine.Pipeline.Consume.Lanes;

/// <summary>Where a lane stands.</summary>
/// <param name="HasJoined">Whether Kafka has answered that it is a member of the group, be it with no
/// partition.</param>
/// <param name="Waits">What is missing until all partitions that it owns are read to their end, all is acknowledged,
/// and nothing waits; null where nothing is.</param>
/// <param name="BusyAt">Monotonic time of the last record that was no tick, or of the last change of what the lane
/// owns; 0 for none.</param>
/// <param name="Lag">Records that are in the log and not read yet.</param>
/// <param name="WaitingClicks">Clicks that wait for their paths.</param>
/// <param name="Evictions">What was forgotten before its time, at a bound.</param>
/// <param name="Names">Of the partitions that it owns.</param>
/// <param name="Trouble">What keeps results from Redis, or the last refusal; null for nothing.</param>
/// <param name="LatencyP50">From a batch taken to its verdicts acknowledged, median, ms.</param>
/// <param name="LatencyP99">The same, 99th percentile, ms.</param>
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
