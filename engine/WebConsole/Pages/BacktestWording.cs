using System.Globalization;
using System.Text.Json.Nodes;
using Engine.Web;
using Engine.WebConsole.Backtests;

namespace Engine.WebConsole.Pages;

/// <summary>Says what a back-test has found.</summary>
internal static class BacktestWording
{
    /// <summary>Clicks that are moved one way, as a report has them.</summary>
    public sealed record Moved(long Clicks, long Cost, string Labels, IReadOnlyList<Example> Examples);

    /// <summary>A click that is decided otherwise.</summary>
    public sealed record Example(string Click, long Cost, string Before, string After);

    /// <summary>The result in a line.</summary>
    public static string Summary(BacktestJob job)
    {
        if (job.Report is not { } report)
        {
            return State(job.State);
        }

        Moved denied = Of(report, "newly_denied"),
            freed = Of(report, "freed");
        return $"{Clicks(denied.Clicks)} newly denied, {ConsoleWording.Money(denied.Cost)}; "
            + $"{Clicks(freed.Clicks)} freed, {ConsoleWording.Money(freed.Cost)}";
    }

    /// <summary>A state in words.</summary>
    public static string State(BacktestState state) =>
        state switch
        {
            BacktestState.Running => "under way",
            BacktestState.Done => "done",
            BacktestState.Cancelled => "cancelled",
            _ => "failed",
        };

    /// <summary>The clicks that a report has under a name.</summary>
    public static Moved Of(JsonObject report, string name)
    {
        JsonObject moved = report[name]!.AsObject();
        return new Moved(
            (long)moved["clicks"]!,
            (long)moved["cost_micros"]!,
            Labels(moved["labels"]!.AsObject()),
            [.. moved["examples"]!.AsArray().Select(one => Of(one!.AsObject()))]
        );
    }

    private static Example Of(JsonObject example) =>
        new(
            (string)example["click"]!,
            (long)example["cost_micros"]!,
            (string)example["before"]!,
            (string)example["after"]!
        );

    private static string Labels(JsonObject labels)
    {
        long invalid = (long)labels["invalid"]!,
            valid = (long)labels["valid"]!,
            unknown = (long)labels["unknown"]!;
        string counts =
            $"{Wording.Count(invalid)} labelled invalid, {Wording.Count(valid)} valid, "
            + $"{Wording.Count(unknown)} not labelled";
        return labels["invalid_share_95"] is JsonArray and [var low, var high]
            ? $"{counts}: {Percent((double)low!)} to {Percent((double)high!)} of such clicks are invalid, with 95 % "
                + "confidence"
            : counts;
    }

    private static string Clicks(long count) => $"{Wording.Count(count)} {(count == 1 ? "click" : "clicks")}";

    private static string Percent(double share) => share.ToString("0.0 %", CultureInfo.InvariantCulture);
}
