namespace Models.Scoring;

/// <summary>A feature of an artefact, at the position of its column.</summary>
/// <param name="Name">The name in the engine's feature table.</param>
/// <param name="Unit">The unit in the engine's feature table; "1" for a ratio.</param>
/// <param name="P05">The 5th percentile in people (in valid clicks for kind "clicks"), in the feature's unit.</param>
/// <param name="P50">Their median.</param>
/// <param name="P95">Their 95th percentile.</param>
public sealed record ArtefactFeature(string Name, string Unit, float P05, float P50, float P95);

/// <summary>A data set that an artefact was trained on.</summary>
/// <param name="Name">The source's name.</param>
/// <param name="Rows">The number of rows used for training.</param>
/// <param name="Positives">The number of those rows with label 1.</param>
/// <param name="Licence">The licence that permits it.</param>
public sealed record ArtefactSource(string Name, int Rows, int Positives, string Licence);

/// <summary>Everything in an artefact except its trees and networks. It is stored as JSON, readable in the
/// file.</summary>
/// <param name="Kind">"clicks" or "cursor".</param>
/// <param name="Features">The features, by column.</param>
/// <param name="Calibration">The mapping from raw score to probability.</param>
/// <param name="CutOff">The probability from which label 1 is predicted, within 0 to 1.</param>
/// <param name="Sources">The data sets that it was trained on.</param>
/// <param name="Metrics">The metrics measured when it was trained, by name.</param>
/// <param name="Settings">The training settings, by name.</param>
/// <param name="Seed">The seed of all randomness in its training.</param>
/// <param name="Series">What several paths of one visitor say, for kind "cursor"; null in artefacts that don't know
/// it.</param>
public sealed record ArtefactHeader(
    string Kind,
    IReadOnlyList<ArtefactFeature> Features,
    Calibration Calibration,
    double CutOff,
    IReadOnlyList<ArtefactSource> Sources,
    IReadOnlyDictionary<string, double> Metrics,
    IReadOnlyDictionary<string, string> Settings,
    long Seed,
    ArtefactSeries? Series = null
)
{
    /// <summary>The kind that scores clicks.</summary>
    public const string Clicks = "clicks";

    /// <summary>The kind that scores cursor paths.</summary>
    public const string Cursor = "cursor";

    internal void Check()
    {
        string? wrong = this switch
        {
            { Kind: not (Clicks or Cursor) } => $"kind \"{Kind}\" is neither \"{Clicks}\" nor \"{Cursor}\"",
            { Features: null or { Count: 0 } } => "no features",
            { Calibration: null } => "no calibration",
            { CutOff: not (>= 0 and <= 1) } => $"cut-off {CutOff} isn't within 0 to 1",
            { Sources: null } or { Metrics: null } or { Settings: null } => "sources, metrics or settings are missing",
            { Series: { } series } when !(double.IsFinite(series.Usual) && series.Limit > series.Usual) =>
                $"a series' limit of {series.Limit} isn't above people's usual {series.Usual}",
            _ when Features.Any(f => string.IsNullOrEmpty(f?.Name)) => "a feature without a name",
            _ when Features.Select(f => f.Name).Distinct().Count() != Features.Count => "a duplicate feature name",
            _ => null,
        };
        if (wrong is not null)
        {
            throw new ArtefactException($"The artefact's header can't be used: {wrong}. Train it again.");
        }
    }
}
