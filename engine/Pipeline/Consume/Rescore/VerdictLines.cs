using Engine.Pipeline.Clicks;
using Engine.Pipeline.Decide;
using Engine.Pipeline.Decode;
using Engine.Pipeline.Verdicts;
using Engine.Primitives;

namespace Engine.Pipeline.Consume.Rescore;

/// <summary>Writes verdicts as lines. Everything else that a live engine would send has no reader here.</summary>
public sealed class VerdictLines(Stream output) : IDecisionSink
{
    private readonly Utf8Builder _line = new();

    /// <summary>The number of verdicts written.</summary>
    public long Verdicts { get; private set; }

    public void Verdict(ClickRow row, in Judgement judgement)
    {
        _line.Clear();
        VerdictWriter.Write(_line, row, judgement, complete: true);
        Write();
    }

    public void Confirmed(PartitionState partition, PendingConfirmation click, in InteractionEvent e)
    {
        _line.Clear();
        VerdictWriter.WriteConfirmed(_line, partition, click, e, complete: true);
        Write();
    }

    private void Write()
    {
        output.Write(_line.Add((byte)'\n').Written);
        Verdicts++;
    }
}
