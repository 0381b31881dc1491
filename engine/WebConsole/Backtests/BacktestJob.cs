using System.Text.Json.Nodes;

namespace Engine.WebConsole.Backtests;

/// <summary>The states of a back-test.</summary>
public enum BacktestState
{
    Running,
    Done,
    Cancelled,
    Failed,
}

/// <summary>A back-test of one rule, under way in this engine or over.</summary>
/// <param name="Rule">The rule's id; empty if what is in force is compared with itself.</param>
/// <param name="Value">The rule as it was tried, as JSON without who and why; null if its removal was.</param>
/// <param name="By">Who started it.</param>
/// <param name="Started">In ms since the Unix epoch.</param>
/// <param name="Settings">The version of the settings that it compares with.</param>
public sealed record BacktestJob(string Id, string Rule, string? Value, string By, long Started, string Settings)
{
    public BacktestState State { get; init; }

    /// <summary>The number of records decided so far.</summary>
    public long Decided { get; init; }

    /// <summary>The number of records of the log; 0 until it is known.</summary>
    public long Of { get; init; }

    /// <summary>Why it failed; null if it didn't.</summary>
    public string? Problem { get; init; }

    /// <summary>What <c>engine backtest --json</c> prints; null until it is done.</summary>
    public JsonObject? Report { get; init; }

    /// <summary>What it tries, in words.</summary>
    public string Words =>
        Rule.Length == 0 ? "the rules in force"
        : Value == null ? $"without rule {Rule}"
        : $"rule {Rule}";

    /// <summary>One line of JSON, for Redis.</summary>
    public string ToJson() =>
        new JsonObject
        {
            ["id"] = Id,
            ["rule"] = Rule,
            ["value"] = Value,
            ["by"] = By,
            ["started"] = Started,
            ["settings"] = Settings,
            ["state"] = State.ToString(),
            ["decided"] = Decided,
            ["of"] = Of,
            ["problem"] = Problem,
            ["report"] = Report?.DeepClone(),
        }.ToJsonString();

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    public static BacktestJob FromJson(string json)
    {
        JsonObject fields = JsonNode.Parse(json)!.AsObject();
        return new BacktestJob(
            (string)fields["id"]!,
            (string)fields["rule"]!,
            (string?)fields["value"],
            (string)fields["by"]!,
            (long)fields["started"]!,
            (string)fields["settings"]!
        )
        {
            State = Enum.Parse<BacktestState>((string)fields["state"]!),
            Decided = (long)fields["decided"]!,
            Of = (long)fields["of"]!,
            Problem = (string?)fields["problem"],
            Report = fields["report"]?.DeepClone().AsObject(),
        };
    }
}
