using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Engine.App.Quality;

/// <summary>Formats a report for people and for programs.</summary>
public static class QualityText
{
    private static readonly QualityJson Snake = new(
        new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }
    );

    /// <summary>Formats the report as one line of JSON, with the names of <see cref="QualityReport"/> in snake
    /// case.</summary>
    public static string Json(QualityReport report) => JsonSerializer.Serialize(report, Snake.QualityReport);

    public static string Table(QualityReport report)
    {
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"{report.Labels:#,0} labels of {report.LabelledClicks:#,0} clicks; compared {report.Compared:#,0}, of "
                + $"which {report.Invalid:#,0} are invalid\n"
        );
        if (report.WithoutVerdict > 0)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{report.WithoutVerdict:#,0} labelled clicks have no verdict: never sent, not decided yet, or "
                    + $"expired\n"
            );
        }

        if (report.Undecided > 0)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{report.Undecided:#,0} clicks are undecided: their labels are balanced, or have no weight\n"
            );
        }

        if (report.Unusable > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{report.Unusable:#,0} records aren't labels\n");
        }

        if (report.Compared == 0)
        {
            return text.ToString().TrimEnd();
        }

        Rows(text, "class", [report.Called, .. report.Classes]);
        Rows(text, "reason", report.Reasons);
        Rows(
            text,
            "model version (called invalid)",
            [.. report.Models.Select(model => model.Called with { Name = model.Model })]
        );
        foreach (ModelQuality model in report.Models)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"\ncalibration of {model.Model}: {model.Clicks:#,0} clicks, expected calibration error "
                    + $"{model.CalibrationError:0.0000}\n  "
                    + $"{"score",-12}{"clicks",10}{"mean score",12}{"invalid",10}\n"
            );
            foreach (CalibrationBin bin in model.Calibration)
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"  {FormattableString.Invariant($"{bin.From:0.0} to {bin.From + 0.1:0.0}"),-12}"
                        + $"{bin.Clicks,10:#,0}{bin.MeanScore,12:0.0000}"
                        + $"{bin.InvalidShare,10:0.0000}\n"
                );
            }
        }
        text.Append(
            "\nprecision: the share that labels call invalid, with its 95 % interval (Wilson). recall: the share of "
                + "all invalid labelled clicks."
        );
        return text.ToString();
    }

    private static void Rows(StringBuilder text, string of, IReadOnlyList<QualityRow> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        int wide = Math.Max(of.Length, rows.Max(row => row.Name.Length)) + 2;
        text.Append(
            CultureInfo.InvariantCulture,
            $"\n{of.PadRight(wide)}{"clicks",10}{"invalid",10}{"precision",11}"
                + $"{"interval",17}{"recall",9}{"mean score",12}\n"
        );
        foreach (QualityRow row in rows)
        {
            string interval = row.Low == null ? "" : $"{Number(row.Low)}-{Number(row.High)}";
            text.Append(
                CultureInfo.InvariantCulture,
                $"{row.Name.PadRight(wide)}{row.Clicks,10:#,0}{row.Invalid,10:#,0}{Number(row.Precision),11}"
                    + $"{interval,17}{Number(row.Recall),9}{Number(row.MeanScore),12}\n"
            );
        }
    }

    private static string Number(double? value) => value?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "-";
}

[JsonSerializable(typeof(QualityReport))]
internal sealed partial class QualityJson : JsonSerializerContext;
