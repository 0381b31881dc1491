using System.Text;
using static Models.Training.Learning.Report;

namespace Models.Training.Learning;

/// <summary>Draws ROC curves and calibration as SVG.</summary>
public static class Pictures
{
    private const int Size = 420;
    private const int Edge = 50;
    private static readonly string[] Colours = ["#1b6ca8", "#c8553d", "#3a7d44", "#7b4b94", "#b08d00"];

    /// <summary>Writes roc.svg (with false positives on a logarithmic axis) and calibration.svg.</summary>
    public static void Write(DirectoryInfo to, CursorResult result, IReadOnlyDictionary<string, LeftOut[]> unseen)
    {
        double[] programs = Raw(result.AsRecorded.Where(s => s.Program));
        var lines = new List<(string, List<(double, double)>)>
        {
            ("families left out / sapimouse", Roc(Raw(result.AsRecorded.Where(s => !s.Program)), programs)),
        };
        foreach (var (source, scores) in unseen)
        {
            double[] people = Raw(scores.Where(s => !s.Program)),
                own = Raw(scores.Where(s => s.Program));
            lines.Add(($"families left out / {source}'s people", Roc(people, programs)));
            if (own.Length > 0)
            {
                lines.Add(($"{source}'s programs / its people", Roc(people, own)));
            }
        }

        File.WriteAllText(Path.Combine(to.FullName, "roc.svg"), Chart("false positives, 0.0001 to 1", "recall", lines));
        var calibration = result
            .Seen.GroupBy(s => Math.Min(19, (int)(20 * result.Artefact.Probability(s.Raw))))
            .OrderBy(g => g.Key)
            .Select(g =>
                (g.Average(s => result.Artefact.Probability(s.Raw)), (double)g.Count(s => s.Program) / g.Count())
            )
            .ToList();
        File.WriteAllText(
            Path.Combine(to.FullName, "calibration.svg"),
            Chart("predicted", "share of programs", [("left out", calibration), ("perfect", [(0, 0), (1, 1)])])
        );
    }

    private static List<(double X, double Y)> Roc(double[] people, double[] programs) =>
        [
            .. Enumerable
                .Range(0, 81)
                .Select(i => Math.Pow(10, -4 + (i / 20.0)))
                .Select(f => ((Math.Log10(f) + 4) / 4, Curves.Recall(people, programs, f))),
        ];

    private static string Chart(string x, string y, List<(string Name, List<(double X, double Y)> Points)> lines)
    {
        var svg = new StringBuilder(
            F(
                $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Size + (2 * Edge)} {Size + (2 * Edge)}\" "
                    + $"font-family=\"sans-serif\" font-size=\"12\">\n"
            )
        );
        svg.AppendLine(
            F($"<rect x=\"{Edge}\" y=\"{Edge}\" width=\"{Size}\" height=\"{Size}\" fill=\"none\" stroke=\"#888\"/>")
        );
        svg.AppendLine(
            F($"<text x=\"{Edge + (Size / 2)}\" y=\"{Edge + Size + 35}\" text-anchor=\"middle\">{x}</text>")
        );
        svg.AppendLine(
            F(
                $"<text x=\"20\" y=\"{Edge + (Size / 2)}\" text-anchor=\"middle\" transform=\"rotate(-90 20 "
                    + $"{Edge + (Size / 2)})\">{y}</text>"
            )
        );
        for (int i = 0; i < lines.Count; i++)
        {
            string points = string.Join(
                ' ',
                lines[i].Points.Select(p => F($"{Edge + (p.X * Size):F1},{Edge + ((1 - p.Y) * Size):F1}"))
            );
            string colour = Colours[i % Colours.Length];
            svg.AppendLine($"<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>");
            svg.AppendLine(
                F(
                    $"<text x=\"{Edge + 10}\" y=\"{Edge + 18 + (16 * i)}\" "
                        + $"fill=\"{colour}\">{lines[i].Name.Replace("'", "&#39;", StringComparison.Ordinal)}</text>"
                )
            );
        }

        return svg.AppendLine("</svg>").ToString();
    }
}
