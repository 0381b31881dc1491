namespace Engine.Pipeline.Features;

/// <summary>The values that most clicks share: no path was expected, no list contains them, they have no labels, and
/// their visitor has no invalid click. A forest specialised for these values is built once per model
/// (<see cref="Models.Scoring.Forest.Given"/>), and is much smaller.</summary>
public static class PlainClick
{
    /// <summary>The features with the same value in all plain clicks.</summary>
    public static readonly (ClickFeature Feature, float Value)[] Known =
    [
        (ClickFeature.ListProxy, 0),
        (ClickFeature.ListCrawler, 0),
        (ClickFeature.PageOdd, 0),
        (ClickFeature.PathState, 0),
        (ClickFeature.PathProbability, ClickFeatures.Unknown),
        (ClickFeature.PathPoints, 0),
        (ClickFeature.PathDegenerate, 0),
        (ClickFeature.PathReplayed, 0),
        (ClickFeature.SeriesVisitor, ClickFeatures.Unknown),
        (ClickFeature.SeriesNetwork, ClickFeatures.Unknown),
        (ClickFeature.SeriesPublisher, ClickFeatures.Unknown),
        (ClickFeature.SeriesCampaign, ClickFeatures.Unknown),
        (ClickFeature.DegenerateVisitor3600, 0),
        (ClickFeature.DegenerateNetwork3600, 0),
        (ClickFeature.StandingVisitor, ClickFeatures.Unknown),
        (ClickFeature.HistoryPublisher, ClickFeatures.Unknown),
        (ClickFeature.HistoryPlacement, ClickFeatures.Unknown),
        (ClickFeature.HistoryDevice, ClickFeatures.Unknown),
    ];
}
