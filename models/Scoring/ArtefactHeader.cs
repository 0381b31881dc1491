namespace Models.Scoring;

/// <summary>A feature of an artefact, in the place that its column has.</summary>
/// <param name="Name">As the engine's table has it.</param>
/// <param name="Unit">As the engine's table has it; "1" for a ratio.</param>
/// <param name="P05">The 5th percentile in people (in valid clicks for kind "clicks"), in the feature's unit.</param>
/// <param name="P50">The median in them.</param>
/// <param name="P95">The 95th percentile in them.</param>
public sealed record ArtefactFeature(string Name, string Unit, float P05, float P50, float P95);

/// <summary>Data that an artefact was trained on.</summary>
/// <param name="Name">The source's name.</param>
/// <param name="Rows">Rows that went into training.</param>
/// <param name="Positives">Of these, label 1.</param>
/// <param name="Licence">What allows it.</param>
public sealed record ArtefactSource(string Name, int Rows, int Positives, string Licence);

/// <summary>
/// Everything of an artefact but its trees; stored as JSON, so that a person can read it in the file.
/// </summary>
/// <param name="Kind">"clicks" or "cursor".</param>
/// <param name="Features">By column.</param>
/// <param name="Calibration">From raw score to probability.</param>
/// <param name="CutOff">Probability from which label 1 is said: within 0 to 1.</param>
/// <param name="Sources">What it was trained on.</param>
/// <param name="Metrics">What was measured when it was made, by name.</param>
/// <param name="Settings">How it was trained, by name.</param>
/// <param name="Seed">All chance in its training came from it.</param>
public sealed record ArtefactHeader(
    string Kind,
    IReadOnlyList<ArtefactFeature> Features,
    Calibration Calibration,
    double CutOff,
    IReadOnlyList<ArtefactSource> Sources,
    IReadOnlyDictionary<string, double> Metrics,
    IReadOnlyDictionary<string, string> Settings,
    long Seed
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
            { Sources: null } or { Metrics: null } or { Settings: null } =>
                "sources, metrics or settings are not there",
            _ when Features.Any(f => string.IsNullOrEmpty(f?.Name)) => "a feature without a name",
            _ when Features.Select(f => f.Name).Distinct().Count() != Features.Count =>
                "a feature's name is there twice",
            _ => null,
        };
        if (wrong is not null)
        {
            throw new ArtefactException($"The artefact's header can't be used: {wrong}. Train it again.");
        }
    }
}
