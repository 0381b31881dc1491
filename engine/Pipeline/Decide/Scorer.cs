using Engine.Contracts;
using Engine.Pipeline.CursorPath;
using Engine.Pipeline.Features;
using Engine.Pipeline.Settings;

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
        for (int i = 0; i < rows.Length; i++)
        {
            ClickRow row = rows[i];
            row[ClickFeature.PathState] = row.Path switch { PathState.Present => 2, PathState.Missing => 1, _ => 0 };
            row[ClickFeature.PathProbability] = row.PathProbability;
            row[ClickFeature.PathPoints] = row.PathCount;
            row[ClickFeature.PathDegenerate] = row.Degenerate != Degeneracy.Sound ? 1 : 0;
            row[ClickFeature.PathReplayed] = row.Replay.Click != null ? 1 : 0;
            if (row.Path != PathState.Present) row[ClickFeature.DegenerateVisitor3600] = row[ClickFeature.DegenerateNetwork3600] = 0;
            for (int f = 0; f < row.Features.Length; f++) _columns[f * ClickPipeline.ChunkRecords + i] = row.Features[f];
        }
        if (model == null)
        {
            scores[..rows.Length].Clear();
            return;
        }
        model.Artefact.Forest.Score(_columns, ClickPipeline.ChunkRecords, rows.Length, _raw);
        for (int i = 0; i < rows.Length; i++) scores[i] = (float)model.Artefact.Probability(_raw[i]);
    }
}
