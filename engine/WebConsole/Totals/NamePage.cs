namespace Engine.WebConsole.Totals;

/// <summary>What a list of campaigns or publishers is ordered by.</summary>
public enum NameOrder : byte
{
    /// <summary>The cost of invalid clicks, the highest first.</summary>
    Credit,
    Cost,
    Clicks,

    /// <summary>The share of invalid clicks, the highest first.</summary>
    Share,
    Name,
}

/// <summary>One page of a list of campaigns or publishers.</summary>
/// <param name="Rows">The rows of the page.</param>
/// <param name="Page">The page's number, from 1.</param>
/// <param name="Pages">The number of pages, at least 1.</param>
/// <param name="Found">The number of names on all pages.</param>
/// <param name="All">The sums of all pages.</param>
public sealed record NamePage(IReadOnlyList<NameSums> Rows, int Page, int Pages, int Found, NameSums All)
{
    /// <summary>The rows on a page.</summary>
    public const int Size = 50;

    /// <param name="find">Names that contain this; empty for all.</param>
    /// <param name="page">The page asked for; the nearest one that there is is returned.</param>
    public static NamePage Of(IEnumerable<NameSums> names, NameOrder order, string find, int page)
    {
        NameSums[] found = [.. names.Where(name => name.Id.Contains(find, StringComparison.OrdinalIgnoreCase))];
        int pages = Math.Max(1, (found.Length + Size - 1) / Size);
        page = Math.Clamp(page, 1, pages);
        IOrderedEnumerable<NameSums> ordered = order switch
        {
            NameOrder.Cost => found.OrderByDescending(name => name.Cost),
            NameOrder.Clicks => found.OrderByDescending(name => name.Clicks),
            NameOrder.Share => found.OrderByDescending(name => name.InvalidShare),
            NameOrder.Name => found.OrderBy(name => name.Id, StringComparer.Ordinal),
            _ => found.OrderByDescending(name => name.InvalidCost),
        };
        return new NamePage(
            [.. ordered.ThenBy(name => name.Id, StringComparer.Ordinal).Skip((page - 1) * Size).Take(Size)],
            page,
            pages,
            found.Length,
            new NameSums(
                "",
                found.Sum(name => name.Clicks),
                found.Sum(name => name.Cost),
                found.Sum(name => name.Invalid),
                found.Sum(name => name.InvalidCost)
            )
        );
    }
}
