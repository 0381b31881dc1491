namespace Models.Training.Clicks;

/// <summary>Divides whole publishers into parts of roughly equal clicks.</summary>
internal static class PublisherParts
{
    /// <summary>Gets the part of each publisher: the largest publisher goes into the smallest part.</summary>
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

    /// <summary>Gets a click's publisher.</summary>
    public static string Publisher(ClickRecord click) => click.Fields[0];
}
