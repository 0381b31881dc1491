using Engine.Pipeline.CursorPath.Geometry;
using Models.Scoring;

namespace Engine.Pipeline.CursorPath;

/// <summary>One of the features that weighed most, for evidence.</summary>
/// <param name="Feature">Its column.</param>
/// <param name="Value">In the path, in the feature's unit.</param>
/// <param name="UsualLow">The 5th percentile in people.</param>
/// <param name="UsualHigh">The 95th percentile in people.</param>
/// <param name="Weight">What it moved the raw score by, log-odds; above 0 it speaks for a program.</param>
public readonly record struct PathReason(
    PathFeature Feature,
    float Value,
    float UsualLow,
    float UsualHigh,
    float Weight
)
{
    /// <summary>The feature's name as in artefacts.</summary>
    public string Name => PathFeatures.Names[(int)Feature];
}

/// <summary>What a path was found to be.</summary>
/// <param name="Assessed">False if it moves too little to have features: then the probability is 0 and says
/// nothing.</param>
/// <param name="Probability">That a program moved it, calibrated, 0 to 1.</param>
/// <param name="Program">Whether that reaches the artefact's cut-off.</param>
public readonly record struct PathScore(bool Assessed, double Probability, bool Program);

/// <summary>
/// Scores cursor paths by one artefact. Not thread-safe: it holds scratch; one a lane. Call <see cref="Score"/> for a
/// path, or
/// <see cref="Prepare"/> for each path of a batch and then <see cref="ScoreBatch"/>, which takes a quarter of the time
/// a path; then
/// <see cref="Reasons(Span{PathReason}, bool)"/> if they are wanted. Nothing is allocated after construction.
/// </summary>
public sealed class PathScorer
{
    private readonly Artefact _artefact;
    private readonly PathScratch _scratch = new();
    private readonly float[] _features = new float[PathFeatures.Count];
    private readonly float[] _weights = new float[PathFeatures.Count];
    private readonly float[] _columns;
    private readonly float[] _raw;
    private readonly bool[] _assessed;

    /// <param name="artefact">Of kind "cursor", with exactly the features of <see cref="PathFeatures"/>.</param>
    /// <param name="batch">The most paths of a batch.</param>
    /// <exception cref="ArtefactException">It doesn't fit.</exception>
    public PathScorer(Artefact artefact, int batch = 64)
    {
        if (artefact.Kind != ArtefactHeader.Cursor)
        {
            throw new ArtefactException(
                $"Expected an artefact of kind \"{ArtefactHeader.Cursor}\", found {artefact.Version}."
            );
        }

        artefact.RequireFeatures(PathFeatures.Names);
        _artefact = artefact;
        Batch = batch;
        _columns = new float[PathFeatures.Count * batch];
        _raw = new float[batch];
        _assessed = new bool[batch];
    }

    /// <summary>The most paths of a batch.</summary>
    public int Batch { get; }

    /// <summary>Stands in verdicts as the model.</summary>
    public string Version => _artefact.Version;

    /// <summary>Scores one path.</summary>
    public PathScore Score(ReadOnlySpan<float> t, ReadOnlySpan<float> x, ReadOnlySpan<float> y) =>
        PathFeatures.Compute(t, x, y, _features, _scratch) ? Of(_artefact.Ensemble.Score(_features)) : default;

    /// <summary>
    /// The features that weighed most for the last path of <see cref="Score"/> towards what it was found to be, the
    /// weightiest first: in the artefact's trees, which say of each feature what it weighed; networks don't.
    /// </summary>
    /// <param name="reasons">Takes as many as fit; the verdict shows three.</param>
    /// <param name="program">Which side's reasons.</param>
    /// <returns>How many; fewer where fewer speak for that side.</returns>
    public int Reasons(Span<PathReason> reasons, bool program)
    {
        _artefact.Forest.Contributions(_features, _weights);
        int count = 0;
        while (count < reasons.Length)
        {
            int best = -1;
            for (int f = 0; f < _weights.Length; f++)
            {
                float weight = program ? _weights[f] : -_weights[f];
                best = weight > 0 && (best < 0 || weight > (program ? _weights[best] : -_weights[best])) ? f : best;
            }

            if (best < 0)
            {
                break;
            }

            ArtefactFeature usual = _artefact.Features[best];
            reasons[count++] = new PathReason((PathFeature)best, _features[best], usual.P05, usual.P95, _weights[best]);
            _weights[best] = 0;
        }

        return count;
    }

    /// <summary>The same for a path of the last batch.</summary>
    /// <param name="row">Where <see cref="Prepare"/> put it.</param>
    /// <param name="reasons">As above.</param>
    /// <param name="program">As above.</param>
    /// <returns>As above.</returns>
    public int Reasons(int row, Span<PathReason> reasons, bool program)
    {
        for (int f = 0; f < _features.Length; f++)
        {
            _features[f] = _columns[(f * Batch) + row];
        }

        return Reasons(reasons, program);
    }

    /// <summary>Puts a path into a row of the next batch.</summary>
    /// <param name="row">0 to <see cref="Batch"/> - 1.</param>
    /// <param name="x">As it was recorded, CSS pixels.</param>
    /// <param name="y">As it was recorded, CSS pixels.</param>
    /// <param name="cleaned">The same path after <see cref="PathCleaning.Clean"/>.</param>
    public void Prepare(int row, ReadOnlySpan<float> x, ReadOnlySpan<float> y, PathScratch cleaned)
    {
        _assessed[row] = PathFeatures.Compute(x, y, _features, cleaned);
        for (int f = 0; f < _features.Length; f++)
        {
            _columns[(f * Batch) + row] = _features[f];
        }
    }

    /// <summary>Scores the first rows of the batch; equal to <see cref="Score"/> of each, bit for bit.</summary>
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
        double probability = _artefact.Probability(raw);
        return new PathScore(true, probability, probability >= _artefact.CutOff);
    }
}
