using System.Text;
using Engine.Contracts;
using Engine.Pipeline.CursorPath;
using Engine.Pipeline.Decode;
using Engine.Pipeline.Features;
using Engine.Pipeline.Replay;
using Engine.Pipeline.Settings;
using Engine.Pipeline.Windows;
using Models.Scoring;

namespace Engine.Pipeline;

/// <summary>
/// Judges a click's path in two steps. <see cref="Join"/> runs where the path joins its click, in the order of the log: rules for degenerate
/// paths, their counts, and the replay index. <see cref="Score"/> runs with the batch: features and the classifier. One a lane; the index is
/// the process's.
/// </summary>
public sealed unsafe class PathJudge(ReplayIndex index)
{
    private readonly PathScratch _scratch = new();
    private readonly byte[] _matched = new byte[EventLimits.MaxIdentifierBytes];
    private readonly byte[] _record = new byte[SignatureRecord.Size];
    private PathScorer? _scorer;
    private ModelInForce? _scorerOf;

    public void Join(ClickRow row, EventArena arena, IDecisionSink sink)
    {
        Points(row, arena, out ReadOnlySpan<float> t, out ReadOnlySpan<float> x, out ReadOnlySpan<float> y);
        // Fingers, pens and keys leave no path, and none is held against them; who sends one all the same is judged by it.
        bool mouse = row.Event.Pointer is Pointer.Mouse or Pointer.Unknown;
        row.Degenerate = DegeneratePath.Classify(t, x, y, mouse, _scratch);
        CountDegenerate(row);
        PathSignature signature = PathSignature.Encode(t, x, y);
        if (!signature.IsCompared) return;
        PartitionState partition = row.Partition;
        if (index.TryFind(signature, row.LogTime, partition.Partition, row.Offset, t, x, y, _matched, out ReplayMatch match))
            row.Replay = new ReplayFound(Encoding.ASCII.GetString(_matched, 0, match.IdLength), match.ResidualPx, match.Partition, match.Offset);
        index.Insert(signature, row.Event.Id.Span, row.LogTime, partition.Partition, row.Offset);
        if (!partition.IsLive) return;
        partition.Counts.PathsCompared++;
        if (!signature.HasShape) return;
        SignatureRecord.Write(signature, row.LogTime, partition.Partition, row.Offset, _record);
        sink.Signature(row, _record);
    }

    public void Score(ClickRow row, EventArena arena)
    {
        if (row.Settings.CursorModel is not { } model) return;
        if (_scorerOf != model) (_scorerOf, _scorer) = (model, new PathScorer(model.Artefact));
        Points(row, arena, out ReadOnlySpan<float> t, out ReadOnlySpan<float> x, out ReadOnlySpan<float> y);
        PathScore score = _scorer!.Score(t, x, y);
        if (!score.Assessed) return;
        row.PathProbability = (float)score.Probability;
        if (!score.Program) return;
        Span<PathReason> reasons = stackalloc PathReason[3];
        int count = _scorer.Reasons(reasons, program: true);
        row.PathEvidence = new PathEvidence(Weighed(reasons, 0, count), Weighed(reasons, 1, count), Weighed(reasons, 2, count));
    }

    private static WeighedFeature Weighed(ReadOnlySpan<PathReason> reasons, int i, int count) =>
        i < count ? new WeighedFeature(reasons[i].Name, reasons[i].Value, reasons[i].UsualLow, reasons[i].UsualHigh) : default;

    /// <summary>The visitor's and the network's clicks with degenerate paths in windows; the visitor's is what limits go by.</summary>
    private static void CountDegenerate(ClickRow row)
    {
        WindowTable<WindowEntry> windows = row.Partition.DegeneratePaths;
        int visitor = 0, network = 0;
        if (row.Degenerate != Degeneracy.Sound)
        {
            visitor = Count(windows.Touch(row.Who, row.LogTime), row.Time);
            network = Count(windows.Touch(row.Network, row.LogTime), row.Time);
        }
        row.DegenerateCount = visitor;
        (row[ClickFeature.DegenerateVisitor3600], row[ClickFeature.DegenerateNetwork3600]) = (visitor, network);
    }

    private static int Count(WindowEntry* entry, long time)
    {
        entry->Add(time);
        if (time > entry->Last) entry->Last = time;
        entry->Count(time, out _, out _, out int hour);
        return hour;
    }

    private static void Points(ClickRow row, EventArena arena, out ReadOnlySpan<float> t, out ReadOnlySpan<float> x, out ReadOnlySpan<float> y)
    {
        (float[] allT, float[] allX, float[] allY) = row.OwnPath is { } own ? (own.T, own.X, own.Y) : (arena.T, arena.X, arena.Y);
        t = allT.AsSpan(row.PathStart, row.PathCount);
        x = allX.AsSpan(row.PathStart, row.PathCount);
        y = allY.AsSpan(row.PathStart, row.PathCount);
    }
}
