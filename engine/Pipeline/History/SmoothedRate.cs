namespace Engine.Pipeline.History;

/// <summary>
/// Clicks of one key that a label spoke of, and how many of them it called invalid; both may be decayed, so they need
/// not be whole.
/// </summary>
/// <param name="Bad">Called invalid; 0 to <paramref name="Seen"/>.</param>
/// <param name="Seen">Labelled.</param>
public readonly record struct HistoryCount(double Bad, double Seen)
{
    /// <summary>Both counts after some time, by a half-life.</summary>
    public HistoryCount Decayed(TimeSpan passed, TimeSpan halfLife)
    {
        double share = Math.Pow(0.5, Math.Max(0, passed / halfLife));
        return new HistoryCount(Bad * share, Seen * share);
    }

    /// <summary>The sum of two counts.</summary>
    public static HistoryCount operator +(HistoryCount a, HistoryCount b) => new(a.Bad + b.Bad, a.Seen + b.Seen);

    /// <summary>What is left of a count without a part of it: a click's own label, or its fold's.</summary>
    public static HistoryCount operator -(HistoryCount a, HistoryCount b) =>
        new(Math.Max(0, a.Bad - b.Bad), Math.Max(0, a.Seen - b.Seen));
}

/// <summary>
/// The share of invalid clicks of a key, smoothed towards its parent (models.md): (bad + m * parent's rate) / (seen +
/// m). A key never seen has its parent's rate. A pair's parent is its placement or publisher, a publisher's is the
/// whole, the whole's is one half.
/// </summary>
public static class SmoothedRate
{
    /// <summary>Clicks that the parent weighs as much as (models.md: 6 to 8).</summary>
    public const double Weight = 7;

    /// <summary>The rate of everything before any label came.</summary>
    public const double Prior = 0.5;

    /// <summary>The smoothed share, 0 to 1.</summary>
    public static double Of(HistoryCount count, double parent, double weight = Weight) =>
        (count.Bad + (weight * parent)) / (count.Seen + weight);

    /// <summary>The share of all, whose parent is <see cref="Prior"/>.</summary>
    public static double OfAll(HistoryCount all) => Of(all, Prior, 1);
}
