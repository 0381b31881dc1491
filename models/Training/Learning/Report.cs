using System.Runtime.CompilerServices;
using System.Text;
using Models.Scoring;

namespace Models.Training.Learning;

/// <summary>Formats measurements as Markdown.</summary>
public static class Report
{
    /// <summary>Writes the model card of a cursor artefact.</summary>
    public static string Card(CursorResult result)
    {
        Artefact artefact = result.Artefact;
        var text = new StringBuilder();
        text.AppendLine($"# {artefact.Version}").AppendLine();
        text.AppendLine(
            "Gives the probability that a program, not a hand, moved a cursor along a path. Made by `out/models "
                + "train`; the recipe, what was measured on"
        );
        text.AppendLine("sources that it never saw, and where it fails are in docs/models.md.").AppendLine();
        text.AppendLine(
            "Not for: touch, pens, keyboards; paths of a person that were recorded and played again, moved, turned, "
                + "scaled or stretched (the replay index's)."
        );
        text.AppendLine()
            .AppendLine("| trained on | rows | of programs | licence |")
            .AppendLine("| --- | ---: | ---: | --- |");
        foreach (ArtefactSource source in artefact.Header.Sources)
        {
            text.AppendLine($"| {source.Name} | {source.Rows} | {source.Positives} | {source.Licence} |");
        }

        text.AppendLine()
            .AppendLine(
                "sapimouse: M. Antal, N. Fejer, K. Buza, SapiMouse, 2021 (MIT, mirror). delbot: DELBOT-Mouse (MIT). "
                    + "generated: ghost-cursor (ISC) and our own lines."
            );
        text.AppendLine()
            .AppendLine(
                F(
                    $"Seed {artefact.Header.Seed}; cut-off: probability {artefact.CutOff:F5} "
                        + $"({artefact.Header.Settings["cut-off"]})."
                )
            )
            .AppendLine();
        text.AppendLine("| metric | value |").AppendLine("| --- | ---: |");
        foreach (var (name, value) in artefact.Header.Metrics)
        {
            text.AppendLine(F($"| {name} | {value} |"));
        }

        text.AppendLine().AppendLine("All of them on people and families left out, as recorded:").AppendLine();
        Families(text, result);
        text.AppendLine()
            .AppendLine("## Features, and what is usual in people")
            .AppendLine()
            .AppendLine("| feature | unit | p05 | p50 | p95 |")
            .AppendLine("| --- | --- | ---: | ---: | ---: |");
        foreach (ArtefactFeature f in artefact.Features)
        {
            text.AppendLine(F($"| {f.Name} | {f.Unit} | {f.P05:G4} | {f.P50:G4} | {f.P95:G4} |"));
        }

        return text.ToString();
    }

    /// <summary>Writes a row for each family left out of training, against people left out.</summary>
    public static void Families(StringBuilder text, CursorResult result, IReadOnlyList<double>? others = null)
    {
        double cut = result.CutRaw;
        double[] people = Raw(result.AsRecorded.Where(s => !s.Program && s.Kind == "people/sapimouse"));
        text.AppendLine(
            "| family left out | AUC, sapimouse | "
                + (others is null ? "" : "AUC, balabit | ")
                + "recall at 1 % | at 0.1 % | found at the cut-off | paths |"
        );
        text.AppendLine("| --- | ---: | " + (others is null ? "" : "---: | ") + "---: | ---: | ---: | ---: |");
        var rows = result
            .AsRecorded.Where(s => s.Program)
            .GroupBy(s => s.Kind)
            .Select(g => (Family: g.Key, Scores: Raw(g)))
            .Select(g => (g.Family, g.Scores, Auc: Curves.Auc(people, g.Scores)));
        foreach (var (family, scores, auc) in rows.OrderBy(r => r.Auc))
        {
            string balabit = others is null ? "" : F($"{Curves.Auc(others, scores):F4} | ");
            text.AppendLine(
                F(
                    $"| {family} | {auc:F4} | {balabit}{Share(Curves.Recall(people, scores, 0.01), scores.Length)} "
                        + $"| {Share(Curves.Recall(people, scores, 0.001), scores.Length)} | "
                        + $"{Share(Curves.Over(scores, cut), scores.Length)} | {scores.Length} |"
                )
            );
        }
    }

    /// <summary>Formats a share with its 95 % interval (Wilson).</summary>
    public static string Share(double share, int n)
    {
        var (low, high) = Curves.Wilson(share, n);
        return F($"{share:F3} ({low:F3}–{high:F3})");
    }

    /// <summary>Gets the raw scores.</summary>
    public static double[] Raw(IEnumerable<LeftOut> scores) => [.. scores.Select(s => (double)s.Raw)];

    internal static string F(ref DefaultInterpolatedStringHandler text) => text.ToStringAndClear();
}
