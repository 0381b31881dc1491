using System.Numerics;
using System.Runtime.CompilerServices;
using Engine.Contracts;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Decide;
using Engine.Pipeline.Decode;
using Engine.Pipeline.History;
using Engine.Pipeline.Settings;
using Engine.Pipeline.Verdicts;
using Engine.Primitives;

namespace Engine.Pipeline;

/// <summary>The stage that scores and decides. It collects ready clicks under one version of the settings and passes
/// them through the models together. One per lane.</summary>
internal sealed class DecisionBatch(
    KeyedHash hash,
    Histories? histories,
    PathJudge pathJudge,
    EventArena arena,
    RowPool pool,
    IDecisionSink sink
)
{
    private readonly ClickRow[] _rows = new ClickRow[ClickRow.ChunkRecords];
    private readonly Scorer _scorer = new(hash, histories);
    private DecisionSettings? _settings;
    private int _count;

    /// <summary>Adds a ready click, and judges its path if it has one.</summary>
    public void Add(ClickRow row)
    {
        if (_count == _rows.Length || (_count > 0 && _settings != row.Settings))
        {
            Decide();
        }

        if (row.Path == PathState.Present)
        {
            pathJudge.Join(row, arena, sink);
        }

        row.DecidedAt = row.Partition.Position;
        _settings = row.Settings;
        _rows[_count++] = row;
    }

    /// <summary>Scores and concludes the ready clicks, in the order in which they became ready.</summary>
    public void Decide()
    {
        if (_count == 0)
        {
            return;
        }

        ReadOnlySpan<ClickRow> rows = _rows.AsSpan(0, _count);
        sink.OnBatchStart(rows);
        pathJudge.Score(rows);
        Span<float> scores = stackalloc float[ClickRow.ChunkRecords];
        _scorer.Score(rows, _settings!.ClicksModel, _settings.Bands.Review, scores);
        for (int i = 0; i < rows.Length; i++)
        {
            Conclude(rows[i], scores[i]);
            pool.Return(rows[i]);
        }
        _count = 0;
    }

    private void Conclude(ClickRow row, float score)
    {
        PartitionState partition = row.Partition;
        var judgement = new Judgement { Score = score, Allow = row.Allow };
        ReasonEvaluator.Find(row, ref judgement);
        if (row.Settings.Rules.Length > 0)
        {
            RuleEvaluator.Apply(row.Settings.Rules, row, ref judgement);
        }

        judgement.Conclude(row.Settings.Bands);
        partition.Standings.Note(row, judgement.IsInvalid);
        // The step that released the click may have expired its id; then nothing would ever remove the entry.
        if (judgement.Action == VerdictAction.Confirm && !Unsafe.IsNullRef(ref partition.Ids.Find(row.Id)))
        {
            partition.Confirmables[row.Id] = VerdictWriter.Keep(row, judgement);
        }

        if (!row.IsLive)
        {
            return;
        }

        partition.Counts.Verdicts++;
        partition.Counts.ByClass[(int)judgement.Class]++;
        for (ulong left = judgement.Reasons; left != 0; left &= left - 1)
        {
            partition.Counts.ByReason[BitOperations.TrailingZeroCount(left)]++;
        }

        for (ulong left = judgement.ShadowReasons; left != 0; left &= left - 1)
        {
            partition.Counts.ByShadowReason[BitOperations.TrailingZeroCount(left)]++;
        }

        sink.Verdict(row, judgement);
    }
}
