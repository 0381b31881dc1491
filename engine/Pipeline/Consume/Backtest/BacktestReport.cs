using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Engine.Primitives;

namespace Engine.Pipeline.Consume.Backtest;

/// <summary>Clicks that a draft moves one way, with what their labels say.</summary>
public sealed class MovedClicks
{
    /// <summary>The number of examples kept.</summary>
    private const int MaxExamples = 20;

    private readonly List<MovedClick> _examples = [];

    public long Clicks { get; private set; }

    /// <summary>In micros.</summary>
    public long Cost { get; private set; }

    /// <summary>Those that labels call invalid.</summary>
    public long LabelledInvalid { get; private set; }

    /// <summary>Those that labels call valid.</summary>
    public long LabelledValid { get; private set; }

    public IReadOnlyList<MovedClick> Examples => _examples;

    /// <param name="invalid">What its labels say; null for none.</param>
    internal void Add(MovedClick click, bool? invalid)
    {
        Clicks++;
        Cost += click.Cost;
        LabelledInvalid += invalid == true ? 1 : 0;
        LabelledValid += invalid == false ? 1 : 0;
        if (_examples.Count < MaxExamples)
        {
            _examples.Add(click);
        }
    }

    internal JsonObject ToJson()
    {
        (double low, double high) = WilsonInterval.Of(LabelledInvalid, LabelledInvalid + LabelledValid);
        return new JsonObject
        {
            ["clicks"] = Clicks,
            ["cost_micros"] = Cost,
            ["labels"] = new JsonObject
            {
                ["invalid"] = LabelledInvalid,
                ["valid"] = LabelledValid,
                ["unknown"] = Clicks - LabelledInvalid - LabelledValid,
                ["invalid_share_95"] = LabelledInvalid + LabelledValid == 0 ? null : new JsonArray(low, high),
            },
            ["examples"] = new JsonArray([.. _examples.Select(example => example.ToJson())]),
        };
    }
}

/// <summary>A click that a draft decides otherwise.</summary>
/// <param name="At">Its place in the log.</param>
/// <param name="Cost">In micros.</param>
/// <param name="Before">Its class, action and reasons by the settings in force.</param>
/// <param name="After">Those by the draft.</param>
public sealed record MovedClick(string Click, string At, long Cost, string Before, string After)
{
    internal JsonNode ToJson() =>
        new JsonObject
        {
            ["click"] = Click,
            ["at"] = At,
            ["cost_micros"] = Cost,
            ["before"] = Before,
            ["after"] = After,
        };
}

/// <summary>What a draft of settings would change about the recorded log.</summary>
public sealed class BacktestReport
{
    private const double MicrosPerUnit = 1_000_000;

    /// <summary>The clicks that were decided both ways.</summary>
    public long Clicks { get; internal set; }

    /// <summary>Those whose verdict differs in anything but versions.</summary>
    public long Changed { get; internal set; }

    /// <summary>Clicks that are paid for now, and wouldn't be.</summary>
    public MovedClicks NewlyDenied { get; } = new();

    /// <summary>Clicks that aren't paid for now, and would be.</summary>
    public MovedClicks Freed { get; } = new();

    /// <summary>How long it took.</summary>
    public TimeSpan Took { get; internal set; }

    /// <summary>One line of JSON.</summary>
    public JsonObject ToJson() =>
        new()
        {
            ["clicks"] = Clicks,
            ["changed"] = Changed,
            ["newly_denied"] = NewlyDenied.ToJson(),
            ["freed"] = Freed.ToJson(),
            ["seconds"] = Math.Round(Took.TotalSeconds, 1),
        };

    public string Text()
    {
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"{Clicks:#,0} clicks, {Changed:#,0} decided otherwise, in {Took.TotalSeconds:0.0} s\n"
        );
        Append(text, "newly denied", NewlyDenied);
        Append(text, "freed", Freed);
        return text.ToString().TrimEnd();
    }

    private static void Append(StringBuilder text, string what, MovedClicks moved)
    {
        long known = moved.LabelledInvalid + moved.LabelledValid;
        text.Append(
            CultureInfo.InvariantCulture,
            $"\n{what}: {moved.Clicks:#,0} clicks, cost {moved.Cost / MicrosPerUnit:#,0.00####}; labels: "
                + $"{moved.LabelledInvalid:#,0} invalid, {moved.LabelledValid:#,0} valid, "
                + $"{moved.Clicks - known:#,0} unknown"
        );
        if (known > 0)
        {
            (double low, double high) = WilsonInterval.Of(moved.LabelledInvalid, known);
            text.Append(
                CultureInfo.InvariantCulture,
                $" (invalid {100.0 * moved.LabelledInvalid / known:0.0} %, 95 % interval {100 * low:0.0} to "
                    + $"{100 * high:0.0})"
            );
        }

        text.Append('\n');
        foreach (MovedClick click in moved.Examples)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"  {click.Click}  {click.At}: {click.Before} -> {click.After}\n"
            );
        }
    }
}
