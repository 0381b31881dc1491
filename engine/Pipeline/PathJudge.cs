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

/// <summary>
/// Judges a click's path in two steps. <see cref="Join"/> runs where the path joins its click, in the order of the log:
/// rules for degenerate paths, their counts, the replay index, and the classifier's features. <see cref="Score"/> runs
/// with the batch: the classifier. One a lane; the index is the process's.
/// </summary>
public sealed unsafe class PathJudge(ReplayIndex index)
{
    private readonly PathScratch _scratch = new();
    private readonly ReplayLookup _question = new();
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
        // asked for first: what else is to be done with the path hides the wait for the index's memory
        index.Prefetch(signature, _question);
        // Fingers, pens and keys leave no path, and none is held against them; who sends one all the same is judged by
        // it.
        bool mouse = row.Event.Pointer is Pointer.Mouse or Pointer.Unknown;
        row.Degenerate = DegeneratePath.Classify(path.T, path.X, path.Y, mouse, _scratch);
        CountDegenerate(row);
        index.PrefetchChains(_question);
        Prepare(row, path);
        if (!_question.IsCompared)
        {
            return;
        }

        PartitionState partition = row.Partition;
        if (
            index.TryFind(
                _question,
                row.LogTime,
                partition.Partition,
                row.Offset,
                path,
                _matched,
                out ReplayMatch match
            )
        )
        {
            row.Replay = new ReplayFound(
                Encoding.ASCII.GetString(_matched, 0, match.IdLength),
                match.ResidualPx,
                match.Partition,
                match.Offset
            );
        }

        index.Insert(_question, row.Event.Id.Span, row.LogTime, partition.Partition, row.Offset);
        if (!partition.IsLive)
        {
            return;
        }

        partition.Counts.PathsCompared++;
        if (!_question.HasShape)
        {
            return;
        }

        SignatureRecord.Write(signature, row.LogTime, partition.Partition, row.Offset, _record);
        sink.Signature(row, _record);
    }

    /// <summary>
    /// Scores the paths that were joined since the last call, all under one version of the settings; equal to one
    /// alone, bit for bit.
    /// </summary>
    /// <param name="rows">Those that are ready, with all of these.</param>
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
                Take(row, _scores[row.PathPlace]);
            }
        }

        _prepared = 0;
    }

    /// <summary>Features, while the path lies cleaned in the scratch.</summary>
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

    private void Take(ClickRow row, in PathScore score)
    {
        if (!score.Assessed)
        {
            return;
        }

        row.PathProbability = (float)score.Probability;
        if (!score.Program)
        {
            return;
        }

        Span<PathReason> reasons = stackalloc PathReason[3];
        int count = _scorer!.Reasons(row.PathPlace, reasons, program: true);
        row.PathEvidence = new PathEvidence(
            Weighed(reasons, 0, count),
            Weighed(reasons, 1, count),
            Weighed(reasons, 2, count)
        );
    }

    private static WeighedFeature Weighed(ReadOnlySpan<PathReason> reasons, int i, int count) =>
        i < count
            ? new WeighedFeature(reasons[i].Name, reasons[i].Value, reasons[i].UsualLow, reasons[i].UsualHigh)
            : default;

    /// <summary>
    /// The visitor's and the network's clicks with degenerate paths in windows; the visitor's is what limits go by.
    /// </summary>
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
