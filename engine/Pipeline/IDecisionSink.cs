using Engine.Pipeline.Clicks;
using Engine.Pipeline.Decode;
using Engine.Pipeline.Standing;
using Engine.Pipeline.Verdicts;

namespace Engine.Pipeline;

/// <summary>Receives decisions. The pipeline calls it on its lane's thread, in log order, and only for results that
/// aren't written yet (<see cref="PartitionState.IsLive"/>). By default, what only a live engine sends goes
/// nowhere.</summary>
public interface IDecisionSink
{
    /// <summary>Announces up to <see cref="ClickRow.ChunkRecords"/> clicks that are about to be decided, so that
    /// look-ups for them can run in parallel. The verdicts of the live ones follow, in this order.</summary>
    void OnBatchStart(ReadOnlySpan<ClickRow> rows) { }

    /// <summary>Receives the verdict on a click.</summary>
    void Verdict(ClickRow row, in Judgement judgement);

    /// <summary>Receives a confirmation, which rewrites a verdict. <paramref name="e"/> is the confirmation, at the
    /// partition's current position.</summary>
    void Confirmed(PartitionState partition, PendingConfirmation click, in InteractionEvent e);

    /// <summary>Receives a record that can't be used.</summary>
    void DeadLetter(in Record record, DecodeError error) { }

    /// <summary>Receives standings that are due to be written.</summary>
    void Standings(PartitionState partition, IReadOnlyList<StandingSums> due) { }

    /// <summary>Receives the signature of a path with enough shape to be distinctive, for all instances.</summary>
    void Signature(ClickRow row, ReadOnlySpan<byte> signature) { }
}
