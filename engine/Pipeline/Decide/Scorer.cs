using Engine.Contracts;
using Engine.Pipeline.CursorPath;
using Engine.Pipeline.Features;
using Engine.Pipeline.Settings;
using Models.Scoring;

namespace Engine.Pipeline.Decide;

/// <summary>Runs clicks through the forest together. One a lane.</summary>
public sealed class Scorer
{
    private readonly float[] _columns = new float[ClickFeatures.Count * ClickPipeline.ChunkRecords];
    private readonly float[] _raw = new float[ClickPipeline.ChunkRecords];

    /// <summary>Completes the features that a path gave, and scores. Without a model every score is 0: rules alone decide.</summary>
    /// <param name="scores">One a row: calibrated probability that the click is invalid.</param>
    public void Score(ReadOnlySpan<ClickRow> rows, ModelInForce? model, Span<float> scores)
    {
        // Plain clicks from the front, all others from the back.
        Span<byte> order = stackalloc byte[ClickPipeline.ChunkRecords];
        int plain = 0, others = rows.Length;
        for (int i = 0; i < rows.Length; i++)
        {
            Complete(rows[i]);
            order[PlainClick.Is(rows[i]) ? plain++ : --others] = (byte)i;
        }
        if (model == null)
        {
            scores[..rows.Length].Clear();
            return;
        }
        Score(rows, order[..plain], model, model.PlainClicks, scores);
        Score(rows, order[plain..rows.Length], model, model.Artefact.Forest, scores);
    }

    private static void Complete(ClickRow row)
    {
        row[ClickFeature.PathState] = row.Path switch { PathState.Present => 2, PathState.Missing => 1, _ => 0 };
        row[ClickFeature.PathProbability] = row.PathProbability;
        row[ClickFeature.PathPoints] = row.PathCount;
        row[ClickFeature.PathDegenerate] = row.Degenerate != Degeneracy.Sound ? 1 : 0;
        row[ClickFeature.PathReplayed] = row.Replay.Click != null ? 1 : 0;
        if (row.Path != PathState.Present) row[ClickFeature.DegenerateVisitor3600] = row[ClickFeature.DegenerateNetwork3600] = 0;
    }

    private void Score(ReadOnlySpan<ClickRow> rows, ReadOnlySpan<byte> which, ModelInForce model, Forest forest, Span<float> scores)
    {
        if (which.IsEmpty) return;
        int[] asked = forest.Asked;
        for (int i = 0; i < which.Length; i++)
        {
            float[] features = rows[which[i]].Features;
            foreach (int feature in asked) _columns[feature * ClickPipeline.ChunkRecords + i] = features[feature];
        }
        forest.Score(_columns, ClickPipeline.ChunkRecords, which.Length, _raw);
        for (int i = 0; i < which.Length; i++) scores[which[i]] = (float)model.Artefact.Probability(_raw[i]);
    }
}
