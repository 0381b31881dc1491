using System.Globalization;
using System.Net;
using System.Text;
using Engine.WebConsole.Totals;
using Microsoft.AspNetCore.Components;

namespace Engine.WebConsole.Pages;

/// <summary>Draws clicks by class over time as stacked bars. The table beside it says the same in numbers.</summary>
internal static class ClassChart
{
    private const int Width = 480,
        Height = 168,
        Top = 18,
        Bottom = 22,
        Room = Height - Top - Bottom,
        Labels = 6;

    /// <param name="bars">What to show from left to right, with the words below it.</param>
    /// <param name="what">What the chart shows, for who can't see it.</param>
    public static MarkupString Draw(IReadOnlyList<(string Label, TotalSums Totals)> bars, string what)
    {
        long highest = Math.Max(1, bars.Select(bar => bar.Totals.Clicks).DefaultIfEmpty().Max());
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"""<svg class="bars" viewBox="0 0 {Width} {Height}" role="img" aria-label="{WebUtility.HtmlEncode(what)}">"""
        );
        svg.Append(
            CultureInfo.InvariantCulture,
            $"""<line x1="0" x2="{Width}" y1="{Top}" y2="{Top}"/><text x="0" y="{Top - 5}">{highest:N0}</text>"""
        );
        double step = (double)Width / Math.Max(1, bars.Count);
        int every = Math.Max(1, (bars.Count + Labels - 1) / Labels);
        for (int i = 0; i < bars.Count; i++)
        {
            (string label, TotalSums totals) = bars[i];
            Bar(svg, i * step, step, label, totals, highest);
            if (i % every == 0)
            {
                svg.Append(
                    CultureInfo.InvariantCulture,
                    $"<text x=\"{i * step:0.#}\" y=\"{Height - 6}\">{WebUtility.HtmlEncode(label)}</text>"
                );
            }
        }

        int line = Top + Room;
        svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"0\" x2=\"{Width}\" y1=\"{line}\" y2=\"{line}\"/></svg>");
        return new MarkupString(svg.ToString());
    }

    private static void Bar(StringBuilder svg, double x, double step, string label, TotalSums totals, long highest)
    {
        if (totals.Clicks == 0)
        {
            return;
        }

        double gap = step > 4 ? 1 : 0,
            y = Top + Room;
        svg.Append("<g><title>").Append(WebUtility.HtmlEncode(Says(label, totals))).Append("</title>");
        foreach (string @class in TotalSums.Classes)
        {
            double height = (double)totals.ClicksOf(@class) * Room / highest;
            if (height > 0)
            {
                y -= height;
                svg.Append(
                    CultureInfo.InvariantCulture,
                    $"""<rect class="{@class}" x="{x:0.##}" y="{y:0.##}" width="{step - gap:0.##}" """
                );
                svg.Append(CultureInfo.InvariantCulture, $"""height="{height:0.##}"/>""");
            }
        }

        svg.Append("</g>");
    }

    private static string Says(string label, TotalSums totals) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{label}: {totals.Clicks:N0} clicks, {ConsoleWording.Share(totals.InvalidShare)} invalid"
        );
}
