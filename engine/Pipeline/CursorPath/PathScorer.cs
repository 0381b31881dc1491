using Engine.Pipeline.CursorPath.Geometry;
using Models.Scoring;

namespace Engine.Pipeline.CursorPath;

/// <summary>A feature that weighed most, for evidence.</summary>
/// <param name="Feature">The feature.</param>
/// <param name="Value">Its value in the path, in the feature's unit.</param>
/// <param name="UsualLow">The 5th percentile among people.</param>
/// <param name="UsualHigh">The 95th percentile among people.</param>
/// <param name="Weight">The change of the raw score that it caused, in log-odds; positive values indicate a
/// program.</param>
public readonly record struct PathReason(
    PathFeature Feature,
    float Value,
    float UsualLow,
    float UsualHigh,
    float Weight
)
{
    /// <summary>The feature's name in artefacts.</summary>
    public string Name => PathFeatures.Names[(int)Feature];
}

/// <summary>The classifier's result for a path.</summary>
/// <param name="Assessed">False if the path moves too little to have features; then the probability is 0 and
/// meaningless.</param>
/// <param name="Probability">The calibrated probability that a program moved the pointer, 0 to 1.</param>
/// <param name="LogOdds">The same as log-odds.</param>
/// <param name="Program">Whether the probability reaches the artefact's cut-off.</param>
public readonly record struct PathScore(bool Assessed, double Probability, double LogOdds, bool Program);

/// <summary>Scores cursor paths with one artefact. Not thread-safe, as it holds scratch memory: one per lane. Call
/// <see cref="Score"/> for a single path. For a batch, call <see cref="Prepare"/> for each path and then
/// <see cref="ScoreBatch"/>, which takes a quarter of the time per path. Then call
/// <see cref="Reasons(Span{PathReason}, bool)"/> if needed. Allocates nothing after construction.</summary>
public sealed class PathScorer
{
    private readonly Artefact _artefact;
    private readonly PathScratch _scratch = new();
    private readonly float[] _features = new float[PathFeatures.Count];
    private readonly float[] _weights = new float[PathFeatures.Count];
    private readonly float[] _columns;
    private readonly float[] _raw;
    private readonly bool[] _assessed;

    /// <param name="artefact">An artefact of kind "cursor", with exactly the features of
    /// <see cref="PathFeatures"/>.</param>
    /// <param name="batch">The maximum number of paths in a batch.</param>
    /// <exception cref="ArtefactException">The artefact doesn't fit.</exception>
    public PathScorer(Artefact artefact, int batch = 64)
    {
        if (artefact.Kind != ArtefactHeader.Cursor)
        {
            throw new ArtefactException(
                $"Expected an artefact of kind \"{ArtefactHeader.Cursor}\", got {artefact.Version}."
            );
        }

        artefact.RequireFeatures(PathFeatures.Names);
        _artefact = artefact;
        Batch = batch;
        _columns = new float[PathFeatures.Count * batch];
        _raw = new float[batch];
        _assessed = new bool[batch];
    }

    /// <summary>The maximum number of paths in a batch.</summary>
    public int Batch { get; }

    /// <summary>The model's version, as verdicts name it.</summary>
    public string Version => _artefact.Version;

    /// <summary>Scores one path.</summary>
    public PathScore Score(ReadOnlySpan<float> t, ReadOnlySpan<float> x, ReadOnlySpan<float> y) =>
        PathFeatures.Compute(t, x, y, _features, _scratch) ? Of(_artefact.Ensemble.Score(_features)) : default;

    /// <summary>Lists the features that weighed most in the last path of <see cref="Score"/>, towards the requested
    /// side, heaviest first. Weights come from the artefact's trees; neural networks have none per feature.</summary>
    /// <param name="reasons">Receives as many as fit; verdicts show three.</param>
    /// <param name="program">True for reasons that indicate a program, false for those that indicate a person.</param>
    /// <returns>The number of reasons; less than the capacity if fewer features support that side.</returns>
    public int Reasons(Span<PathReason> reasons, bool program)
    {
        _artefact.Forest.Contributions(_features, _weights);
        Span<int> heaviest = stackalloc int[reasons.Length];
        int count = HeaviestFeatures.Of(_weights, heaviest, program);
        for (int i = 0; i < count; i++)
        {
            int f = heaviest[i];
            ArtefactFeature usual = _artefact.Features[f];
            reasons[i] = new PathReason((PathFeature)f, _features[f], usual.P05, usual.P95, _weights[f]);
        }

        return count;
    }

    /// <summary>Lists the features that weighed most in a path of the last batch.</summary>
    /// <param name="row">The row passed to <see cref="Prepare"/>.</param>
    /// <param name="reasons">Receives as many as fit.</param>
    /// <param name="program">True for reasons that indicate a program, false for those that indicate a person.</param>
    /// <returns>The number of reasons.</returns>
    public int Reasons(int row, Span<PathReason> reasons, bool program)
    {
        for (int f = 0; f < _features.Length; f++)
        {
            _features[f] = _columns[(f * Batch) + row];
        }

        return Reasons(reasons, program);
    }

    /// <summary>Puts a path into a row of the next batch.</summary>
    /// <param name="row">The row, 0 to <see cref="Batch"/> - 1.</param>
    /// <param name="x">The x as recorded, CSS pixels.</param>
    /// <param name="y">The y as recorded, CSS pixels.</param>
    /// <param name="cleaned">The same path, cleaned by <see cref="PathCleaning.Clean"/>.</param>
    public void Prepare(int row, ReadOnlySpan<float> x, ReadOnlySpan<float> y, PathScratch cleaned)
    {
        _assessed[row] = PathFeatures.Compute(x, y, _features, cleaned);
        for (int f = 0; f < _features.Length; f++)
        {
            _columns[(f * Batch) + row] = _features[f];
        }
    }

    /// <summary>Scores the first rows of the batch. Results equal those of <see cref="Score"/> for each path, bit for
    /// bit.</summary>
    public void ScoreBatch(int rows, Span<PathScore> scores)
    {
        _artefact.Ensemble.Score(_columns, Batch, rows, _raw);
        for (int row = 0; row < rows; row++)
        {
            scores[row] = _assessed[row] ? Of(_raw[row]) : default;
        }
    }

    private PathScore Of(float raw)
    {
        double logOdds = _artefact.LogOdds(raw),
            probability = Calibration.ProbabilityOf(logOdds);
        return new PathScore(true, probability, logOdds, probability >= _artefact.CutOff);
    }
}
