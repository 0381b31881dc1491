using Engine.Partitions;
using Engine.Pipeline.Consume.Lanes;

namespace Engine.Workflows.Runtime;

/// <summary>A partition of a workflow that a lane owns.</summary>
internal sealed class WorkflowPartition(
    PartitionLease lease,
    RebuildPlan plan,
    PartitionRun run,
    WorkflowDelivery delivery
) : OwnedPartition(lease, plan)
{
    public PartitionRun Run { get; } = run;

    public WorkflowDelivery Delivery { get; } = delivery;

    /// <summary>Its marks; null if the decider doesn't use standings. Set when it is opened.</summary>
    public OwnMarks? Marks { get; set; }

    public override long LogTime => Run.LogTime;

    public override long DueTime => Run.Due;

    public override long CommittedOffset => Delivery.CommittedOffset;
}
