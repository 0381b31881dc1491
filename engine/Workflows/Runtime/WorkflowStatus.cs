namespace Engine.Workflows.Runtime;

/// <summary>Where a workflow's lane stands, or all of a process together.</summary>
/// <param name="Waits">What is missing until all partitions that are owned are read to their end, and all is
/// acknowledged; null where nothing is.</param>
/// <param name="BusyAt">Monotonic time of the last record that was no tick, or of the last change of what is owned; 0
/// for none.</param>
/// <param name="Names">Of the partitions that are owned.</param>
/// <param name="Counts">What became of the records, by topic.</param>
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

    /// <summary>What lanes, each with a topic of its own, come to together.</summary>
    public static WorkflowStatus Of(IReadOnlyCollection<WorkflowStatus> lanes) =>
        new(
            lanes.Select(lane => lane.Waits).FirstOrDefault(waits => waits != null),
            lanes.Select(lane => lane.BusyAt).DefaultIfEmpty().Max(),
            [.. lanes.SelectMany(lane => lane.Names)],
            lanes.SelectMany(lane => lane.Counts).ToDictionary()
        );
}
