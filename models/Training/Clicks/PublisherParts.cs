namespace Models.Training.Clicks;

/// <summary>Publishers, whole, in parts of about as many clicks.</summary>
internal static class PublisherParts
{
    /// <summary>The part of each publisher: the one with most clicks goes into the part with fewest.</summary>
    public static Dictionary<string, int> Of((ClickRecord Click, bool Bad)[] clicks, int count)
    {
        var sizes = new int[count];
        var parts = new Dictionary<string, int>();
        foreach (
            var publisher in clicks
                .GroupBy(c => Publisher(c.Click))
                .OrderByDescending(g => g.Count())
                .ThenBy(g => g.Key, StringComparer.Ordinal)
        )
        {
            int part = Array.IndexOf(sizes, sizes.Min());
            parts[publisher.Key] = part;
            sizes[part] += publisher.Count();
        }

        return parts;
    }

    /// <summary>A click's publisher.</summary>
    public static string Publisher(ClickRecord click) => click.Fields[0];
}
