namespace Engine.Pipeline.History;

/// <summary>How many clicks of one key have a label, and how many of them are labelled invalid. Both may be decayed, so
/// they need not be integers.</summary>
/// <param name="Bad">Clicks labelled invalid; 0 to <paramref name="Seen"/>.</param>
/// <param name="Seen">Labelled clicks.</param>
public readonly record struct HistoryCount(double Bad, double Seen)
{
    /// <summary>Both counts after some time, decayed by a half-life.</summary>
    public HistoryCount Decayed(TimeSpan passed, TimeSpan halfLife)
    {
        double share = Math.Pow(0.5, Math.Max(0, passed / halfLife));
        return new HistoryCount(Bad * share, Seen * share);
    }

    /// <summary>The sum of two counts.</summary>
    public static HistoryCount operator +(HistoryCount a, HistoryCount b) => new(a.Bad + b.Bad, a.Seen + b.Seen);

    /// <summary>Subtracts a part of a count: a click's own label, or that of its fold.</summary>
    public static HistoryCount operator -(HistoryCount a, HistoryCount b) =>
        new(Math.Max(0, a.Bad - b.Bad), Math.Max(0, a.Seen - b.Seen));
}

/// <summary>The share of invalid clicks of a key, smoothed towards its parent (models.md): (bad + m * parent's rate) /
/// (seen + m). A key without labels has its parent's rate. A pair's parent is its placement or publisher, a publisher's
/// parent is the share of all clicks, and the parent of that is one half.</summary>
public static class SmoothedRate
{
    /// <summary>The weight of the parent, in clicks (models.md: 6 to 8).</summary>
    public const double Weight = 7;

    /// <summary>The rate of everything before the first label.</summary>
    public const double Prior = 0.5;

    /// <summary>The smoothed share, 0 to 1.</summary>
    public static double Of(HistoryCount count, double parent, double weight = Weight) =>
        (count.Bad + (weight * parent)) / (count.Seen + weight);

    /// <summary>The share of all clicks, whose parent is <see cref="Prior"/>.</summary>
    public static double OfAll(HistoryCount all) => Of(all, Prior, 1);
}
