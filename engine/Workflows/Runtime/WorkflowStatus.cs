namespace Engine.Workflows.Runtime;

/// <summary>The status of one workflow's lane, or of all lanes of a process together.</summary>
/// <param name="Waits">What still has to happen before all owned partitions are read to their end and all results are
/// acknowledged; null if nothing.</param>
/// <param name="BusyAt">Monotonic time of the last record that wasn't a tick, or of the last change of ownership; 0 for
/// none.</param>
/// <param name="Names">The names of the owned partitions.</param>
/// <param name="Counts">Counts of records, by topic.</param>
public sealed record WorkflowStatus(
    string? Waits,
    long BusyAt,
    IReadOnlyList<string> Names,
    IReadOnlyDictionary<string, WorkflowCounts> Counts
)
{
    public static readonly WorkflowStatus Starting = new(
        "the workflows join their group",
        0,
        [],
        new Dictionary<string, WorkflowCounts>()
    );

    /// <summary>The combined status of lanes that each have their own topic.</summary>
    public static WorkflowStatus Of(IReadOnlyCollection<WorkflowStatus> lanes) =>
        new(
            lanes.Select(lane => lane.Waits).FirstOrDefault(waits => waits != null),
            lanes.Select(lane => lane.BusyAt).DefaultIfEmpty().Max(),
            [.. lanes.SelectMany(lane => lane.Names)],
            lanes.SelectMany(lane => lane.Counts).ToDictionary()
        );
}
