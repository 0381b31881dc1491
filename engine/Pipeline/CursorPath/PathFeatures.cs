using Engine.Pipeline.CursorPath.Geometry;

namespace Engine.Pipeline.CursorPath;

/// <summary>A row of the feature table.</summary>
/// <param name="Name">The name in artefacts, evidence and reports.</param>
/// <param name="Unit">"1" for a ratio.</param>
/// <param name="Source">The formula's source.</param>
public readonly record struct PathFeatureInfo(string Name, string Unit, string Source);

/// <summary>The features of a cursor path that depend neither on its recorder nor on its scale or position. Pure;
/// allocates nothing.</summary>
public static class PathFeatures
{
    /// <summary>The step of the time grid, ms. Angles and speeds at a finer step reflect the recorder
    /// (models.md).</summary>
    public const float Step = 25;

    /// <summary>The minimum number of grid steps; a path too short for them gets a finer step.</summary>
    internal const int MinSteps = 8;

    /// <summary>The minimum number of points of a path with features; below it, all are 0.</summary>
    public const int MinPoints = 4;

    /// <summary>The minimum length in px of a path with features; below it, all are 0.</summary>
    public const float MinLength = 8;

    private static readonly (string Unit, string Source)[] Origins =
    [
        .. Of(13, "rad", "turns over arc points: K. Chong et al., 2018; models.md"),
        .. Of(4, "1", "models.md"),
        .. Of(8, "1", "least squares; models.md"),
        .. Of(9, "1", "moments of speed; models.md"),
        .. Of(8, "1", "speed profile; R. Plamondon, 1995; models.md"),
        .. Of(1, "1", "T. Flash, N. Hogan, 1985"),
        .. Of(2, "1", "models.md"),
        .. Of(1, "1/s", "sub-movements: D. Meyer et al., 1988"),
        .. Of(3, "1", "sub-movements: D. Meyer et al., 1988"),
        .. Of(1, "1", "S. Balasubramanian et al., 2015"),
        .. Of(2, "log10", "N. Hogan, D. Sternad, 2009"),
        .. Of(3, "rad", "models.md"),
        .. Of(1, "1", "models.md"),
        .. Of(2, "1", "P. Viviani, T. Flash, 1995"),
        .. Of(10, "1", "second differences along and across the path"),
        .. Of(3, "1", "least squares of the way in time"),
        .. Of(10, "1", "single events; models.md"),
        .. Of(3, "rad", "single events; models.md"),
        .. Of(1, "ms", "single events; models.md"),
        .. Of(4, "1", "single events; models.md"),
        .. Of(3, "log10", "size"),
    ];

    /// <summary>The features, by column.</summary>
    public static IReadOnlyList<PathFeatureInfo> Table { get; } =
    [
        .. Enum.GetNames<PathFeature>()
            .Select(
                (name, i) =>
                    new PathFeatureInfo(Snake(name), UnitOf((PathFeature)i, Origins[i].Unit), Origins[i].Source)
            ),
    ];

    /// <summary>The features' names by column, as in artefacts.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Table.Select(i => i.Name)];

    /// <summary>The number of features.</summary>
    public static int Count { get; } = Table.Count;

    /// <summary>Computes all features of a path.</summary>
    /// <param name="t">Milliseconds since the first point; as long as x and y, 0 to 4,096.</param>
    /// <param name="x">CSS pixels.</param>
    /// <param name="y">CSS pixels.</param>
    /// <param name="features">Receives <see cref="Count"/> values, all finite.</param>
    /// <param name="scratch">One per thread.</param>
    /// <returns>False if the path moves too little to have features; then all are 0.</returns>
    public static bool Compute(
        ReadOnlySpan<float> t,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> y,
        Span<float> features,
        PathScratch scratch
    )
    {
        PathCleaning.Clean(t, x, y, scratch);
        return Compute(x, y, features, scratch);
    }

    /// <summary>Computes the features of a path that is in the scratch, cleaned.</summary>
    /// <param name="x">The x as recorded, CSS pixels.</param>
    /// <param name="y">The y as recorded, CSS pixels.</param>
    /// <param name="features">Receives <see cref="Count"/> values, all finite.</param>
    /// <param name="scratch">The scratch after <see cref="PathCleaning.Clean"/>.</param>
    /// <returns>False if the path moves too little to have features; then all are 0.</returns>
    internal static bool Compute(
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> y,
        Span<float> features,
        PathScratch scratch
    )
    {
        features = features[..Count];
        features.Clear();
        if (
            scratch.Count < MinPoints
            || scratch.Length < MinLength
            || !(scratch.Duration > 0)
            || !float.IsFinite(scratch.Length)
        )
        {
            return false;
        }

        float step = Math.Min(Step, scratch.Duration / MinSteps);
        PathPlaces.Grid(scratch, step);
        ShapeFeatures.Compute(scratch, features);
        SpeedFeatures.Compute(scratch, step, features);
        TextureFeatures.Compute(scratch, features);
        RawFeatures.Compute(scratch, x, y, features);
        (
            features[(int)PathFeature.LogLength],
            features[(int)PathFeature.LogDuration],
            features[(int)PathFeature.LogPoints]
        ) = (MathF.Log10(1 + scratch.Length), MathF.Log10(1 + scratch.Duration), MathF.Log10(1 + scratch.Count));
        foreach (ref float value in features)
        {
            value = float.IsFinite(value) ? value : 0;
        }

        return true;
    }

    private static IEnumerable<(string Unit, string Source)> Of(int count, string unit, string source) =>
        Enumerable.Repeat((unit, source), count);

    private static string UnitOf(PathFeature feature, string unit) =>
        feature switch
        {
            PathFeature.TurnTop
            or PathFeature.TurnAutocorrelation
            or PathFeature.TurnAlternation
            or PathFeature.TurnBias
            or PathFeature.CoarseTurnRatio
            or PathFeature.BendAutocorrelation => "1",
            _ => unit,
        };

    private static string Snake(string name) =>
        string.Concat(
            name.Select(
                (c, i) =>
                    char.IsUpper(c) && i > 0 ? "_" + char.ToLowerInvariant(c) : char.ToLowerInvariant(c).ToString()
            )
        );
}
