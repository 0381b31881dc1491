using System.Globalization;
using Engine.Web;
using Engine.WebConsole.Totals;

namespace Engine.WebConsole.Pages;

/// <summary>What a page or an endpoint of totals shows, by its address.</summary>
/// <param name="Days">The days, in UTC.</param>
/// <param name="Order">What a list is ordered by.</param>
/// <param name="Find">What names contain; empty for all.</param>
/// <param name="Page">The page of a list, from 1.</param>
public sealed record TotalsQuery(DayRange Days, NameOrder Order, string Find, int Page)
{
    private const int MaxFindLength = 128;

    /// <summary>Reads it from a request. Throws <see cref="RefusedException"/> with 400.</summary>
    /// <param name="today">The last day by default, ms.</param>
    public static TotalsQuery Of(HttpRequest request, long today)
    {
        IQueryCollection query = request.Query;
        DayRange standard = DayRange.UpTo(DayRange.DayOf(today), 2);
        string from = Given(query["from"], DayRange.Text(standard.From)),
            to = Given(query["to"], DayRange.Text(standard.To));
        DayRange days = DayRange.Parse(from, to)
            ?? throw Wrong(
                $"Give the days as 2026-11-22, the first one not after the last, and {DayRange.MaxDays} at most.",
                "from"
            );
        string sort = Given(query["sort"], nameof(NameOrder.Credit));
        NameOrder order =
            Enum.TryParse(sort, ignoreCase: true, out NameOrder read) && Enum.IsDefined(read) && !char.IsDigit(sort[0])
                ? read
                : throw Wrong("Sort by credit, cost, clicks, share or name.", "sort");
        string find = query["find"].ToString().Trim();
        int page = int.TryParse(query["page"], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : 1;
        return new TotalsQuery(days, order, find.Length > MaxFindLength ? find[..MaxFindLength] : find, page);
    }

    /// <summary>The query of an address that shows the same but for another page or order.</summary>
    public string With(int? page = null, NameOrder? order = null) =>
        $"?from={DayRange.Text(Days.From)}&to={DayRange.Text(Days.To)}"
        + $"&sort={(order ?? Order).ToString().ToLowerInvariant()}"
        + (Find.Length > 0 ? $"&find={Uri.EscapeDataString(Find)}" : "")
        + (page is { } other ? string.Create(CultureInfo.InvariantCulture, $"&page={other}") : "");

    private static string Given(string? text, string otherwise) => string.IsNullOrWhiteSpace(text) ? otherwise : text;

    private static RefusedException Wrong(string error, string where) =>
        new(StatusCodes.Status400BadRequest, error, where);
}
