namespace Engine.Workflows.Module;

/// <summary>
/// What the clicks have told of somebody, added up over all partitions that were read so far; for decisions beside the
/// clicks.
/// </summary>
public interface IStandings
{
    /// <summary>
    /// A network's sums, by its CIDR as the contract writes it (<c>203.0.113.0/24</c>); nothing known is all zeros.
    /// </summary>
    ClickSums Network(string cidr);

    /// <summary>The campaigns of which anything is known, with their sums.</summary>
    IReadOnlyList<KeyValuePair<string, ClickSums>> Campaigns { get; }
}

/// <summary>Sums over clicks; half of the counts is forgotten in a day, the cost never.</summary>
/// <param name="Clicks">Clicks, decayed.</param>
/// <param name="Invalid">Of those, the ones that aren't billable for being invalid (GIVT or SIVT).</param>
/// <param name="CostMicros">What all clicks cost.</param>
/// <param name="LostMicros">What the invalid ones cost.</param>
public readonly record struct ClickSums(double Clicks, double Invalid, long CostMicros, long LostMicros)
{
    /// <summary>Share of invalid clicks, 0 to 1; 0 where nothing is known.</summary>
    public double InvalidShare => Clicks > 0 ? Invalid / Clicks : 0;
}
