namespace Engine.Workflows.Module;

/// <summary>Click totals of networks and campaigns, over all partitions read so far, for decisions outside the click
/// pipeline.</summary>
public interface IStandings
{
    /// <summary>A network's sums, by its CIDR (<c>203.0.113.0/24</c>); all zeros if nothing is known.</summary>
    ClickSums Network(string cidr);

    /// <summary>All known campaigns with their sums.</summary>
    IReadOnlyList<KeyValuePair<string, ClickSums>> Campaigns { get; }
}

/// <summary>Sums over clicks. The counts halve every day; the costs don't decay.</summary>
/// <param name="Clicks">The number of clicks, decayed.</param>
/// <param name="Invalid">The number of those that are invalid (GIVT or SIVT) and so not billable.</param>
/// <param name="CostMicros">The cost of all clicks.</param>
/// <param name="LostMicros">The cost of the invalid clicks.</param>
public readonly record struct ClickSums(double Clicks, double Invalid, long CostMicros, long LostMicros)
{
    /// <summary>The share of invalid clicks, 0 to 1; 0 if nothing is known.</summary>
    public double InvalidShare => Clicks > 0 ? Invalid / Clicks : 0;
}
