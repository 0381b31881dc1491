namespace Engine.Pipeline.Features;

/// <summary>
/// What most clicks have in common: no path was expected, no list knows them, no label and no invalid click of the
/// visitor speaks of them. Their forest is made once for a model with these values known
/// (<see cref="Models.Scoring.Forest.Given"/>), and is much smaller.
/// </summary>
public static class PlainClick
{
    /// <summary>The features that are the same in all of them.</summary>
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
        (ClickFeature.DegenerateVisitor3600, 0),
        (ClickFeature.DegenerateNetwork3600, 0),
        (ClickFeature.StandingVisitor, ClickFeatures.Unknown),
        (ClickFeature.HistoryPublisher, ClickFeatures.Unknown),
        (ClickFeature.HistoryPlacement, ClickFeatures.Unknown),
        (ClickFeature.HistoryDevice, ClickFeatures.Unknown),
    ];
}
