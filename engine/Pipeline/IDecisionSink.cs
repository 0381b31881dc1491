using Engine.Pipeline.Clicks;
using Engine.Pipeline.Decode;
using Engine.Pipeline.Standing;
using Engine.Pipeline.Verdicts;

namespace Engine.Pipeline;

/// <summary>
/// Where decisions go. Called by the pipeline on its lane's thread, in the order of the log, and only for results that
/// aren't written yet (<see cref="PartitionState.IsLive"/>).
/// </summary>
public interface IDecisionSink
{
    /// <summary>
    /// Clicks that are about to be decided, <see cref="ClickRow.ChunkRecords"/> at most: what they need can be
    /// looked up side by side. The verdicts of those that are live come next, in this order.
    /// </summary>
    void OnBatchStart(ReadOnlySpan<ClickRow> rows) { }

    /// <summary>A click is decided.</summary>
    void Verdict(ClickRow row, in Judgement judgement);

    /// <summary>
    /// A confirmation writes a verdict again. <paramref name="e"/> is the confirmation; it lies at the partition's
    /// position.
    /// </summary>
    void Confirmed(PartitionState partition, PendingConfirmation click, in InteractionEvent e);

    /// <summary>A record can't be used.</summary>
    void DeadLetter(in Record record, DecodeError error);

    /// <summary>Standings that are due to be written.</summary>
    void Standings(PartitionState partition, IReadOnlyList<StandingSums> due);

    /// <summary>A path with enough shape to be told apart, to be known by every instance.</summary>
    void Signature(ClickRow row, ReadOnlySpan<byte> signature);
}
