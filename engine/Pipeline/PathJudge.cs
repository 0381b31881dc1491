using System.Text;
using Engine.Contracts;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.CursorPath;
using Engine.Pipeline.CursorPath.Geometry;
using Engine.Pipeline.Decode;
using Engine.Pipeline.Features;
using Engine.Pipeline.Replay;
using Engine.Pipeline.Replay.Signatures;
using Engine.Pipeline.Settings;
using Engine.Pipeline.Windows;

namespace Engine.Pipeline;

/// <summary>Judges a click's path in two steps. <see cref="Join"/> runs when the path joins its click, in log order:
/// rules for degenerate paths and their counts, the replay index, and the classifier's features. <see cref="Score"/>
/// runs the classifier with the batch. There is one judge per lane; the index is shared by the process.</summary>
public sealed unsafe class PathJudge(ReplayIndex index)
{
    private readonly PathScratch _scratch = new();
    private readonly ReplayLookup _lookup = new();
    private readonly byte[] _matched = new byte[EventLimits.MaxIdentifierBytes];
    private readonly byte[] _record = new byte[SignatureRecord.Size];
    private readonly PathScore[] _scores = new PathScore[ClickRow.ChunkRecords];
    private PathScorer? _scorer;
    private ModelInForce? _scorerOf;
    private int _prepared;

    public void Join(ClickRow row, EventArena arena, IDecisionSink sink)
    {
        PathPoints path = Points(row, arena);
        PathSignature signature = PathSignature.Encode(path.T, path.X, path.Y);
        // Prefetch first: the other work on the path hides the latency of the index's memory.
        index.Prefetch(signature, _lookup);
        // Touch, pen and keyboard leave no path, and that isn't held against them. If one comes anyway, it is judged.
        bool mouse = row.Event.Pointer is Pointer.Mouse or Pointer.Unknown;
        row.Degenerate = DegeneratePath.Classify(path.T, path.X, path.Y, mouse, _scratch);
        CountDegenerate(row);
        index.PrefetchChains(_lookup);
        Prepare(row, path);
        if (!_lookup.IsCompared)
        {
            return;
        }

        PartitionState partition = row.Partition;
        if (
            index.TryFind(
                _lookup,
                row.LogTime,
                partition.Partition,
                row.Offset,
                path,
                partition.Knowledge.Known.Signatures,
                _matched,
                out ReplayMatch match
            )
        )
        {
            row.Replay = new ReplayFound(
                Encoding.ASCII.GetString(_matched, 0, match.IdLength),
                match.ResidualPx,
                match.Partition,
                match.Offset,
                match.IsTransformed
            );
        }

        index.Insert(_lookup, row.Event.Id.Span, row.LogTime, partition.Partition, row.Offset);
        if (!partition.IsLive)
        {
            return;
        }

        partition.Counts.PathsCompared++;
        if (!_lookup.HasShape)
        {
            return;
        }

        SignatureRecord.Write(signature, row.LogTime, partition.Partition, row.Offset, _record);
        sink.Signature(row, _record);
    }

    /// <summary>Scores the paths joined since the last call, all under one version of the settings. Batching doesn't
    /// change scores: they equal single scores bit for bit.</summary>
    /// <param name="rows">The ready clicks, including all those whose paths were joined.</param>
    public void Score(ReadOnlySpan<ClickRow> rows)
    {
        if (_prepared == 0)
        {
            return;
        }

        _scorer!.ScoreBatch(_prepared, _scores);
        foreach (ClickRow row in rows)
        {
            if (row.Path == PathState.Present)
            {
                ApplyScore(row, _scores[row.PathPlace]);
            }
        }

        _prepared = 0;
    }

    /// <summary>Computes features while the scratch holds the cleaned path.</summary>
    private void Prepare(ClickRow row, PathPoints path)
    {
        if (row.Settings.CursorModel is not { } model)
        {
            return;
        }

        if (_scorerOf != model)
        {
            (_scorerOf, _scorer) = (model, new PathScorer(model.Artefact, ClickRow.ChunkRecords));
        }

        row.PathPlace = _prepared++;
        _scorer!.Prepare(row.PathPlace, path.X, path.Y, _scratch);
    }

    private void ApplyScore(ClickRow row, in PathScore score)
    {
        if (!score.Assessed)
        {
            return;
        }

        row.PathProbability = (float)score.Probability;
        if (row.Settings.CursorModel!.Artefact.Series is { } series)
        {
            PathSeries.Add(row, score, series);
        }

        if (!score.Program)
        {
            return;
        }

        Span<PathReason> reasons = stackalloc PathReason[3];
        int count = _scorer!.Reasons(row.PathPlace, reasons, program: true);
        row.PathEvidence = new WeighedFeatures(
            Weighed(reasons, 0, count),
            Weighed(reasons, 1, count),
            Weighed(reasons, 2, count)
        );
    }

    private static WeighedFeature Weighed(ReadOnlySpan<PathReason> reasons, int i, int count) =>
        i < count
            ? new WeighedFeature(reasons[i].Name, reasons[i].Value, reasons[i].UsualLow, reasons[i].UsualHigh)
            : default;

    /// <summary>Counts clicks with degenerate paths in the windows of the visitor and the network. Limits apply to the
    /// visitor's count.</summary>
    private static void CountDegenerate(ClickRow row)
    {
        WindowTable<WindowEntry> windows = row.Partition.DegeneratePaths;
        int visitor = 0,
            network = 0;
        if (row.Degenerate != Degeneracy.Sound)
        {
            visitor = Count(windows.Touch(row.ActorKey, row.LogTime), row.Time);
            network = Count(windows.Touch(row.Network, row.LogTime), row.Time);
        }
        row.DegenerateCount = visitor;
        (row[ClickFeature.DegenerateVisitor3600], row[ClickFeature.DegenerateNetwork3600]) = (visitor, network);
    }

    private static int Count(WindowEntry* entry, long time)
    {
        entry->Add(time);
        if (time > entry->Last)
        {
            entry->Last = time;
        }

        entry->Count(time, out _, out _, out int hour);
        return hour;
    }

    private static PathPoints Points(ClickRow row, EventArena arena)
    {
        (float[] t, float[] x, float[] y) = row.OwnPath is { } own
            ? (own.T, own.X, own.Y)
            : (arena.T, arena.X, arena.Y);
        return new PathPoints(
            t.AsSpan(row.PathStart, row.PathCount),
            x.AsSpan(row.PathStart, row.PathCount),
            y.AsSpan(row.PathStart, row.PathCount)
        );
    }
}
