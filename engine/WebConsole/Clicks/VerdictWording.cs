using System.Globalization;
using System.Text.Json.Nodes;
using Engine.Client;
using Engine.Contracts;
using Engine.Web;
using Engine.WebConsole.Pages;

namespace Engine.WebConsole.Clicks;

/// <summary>Says a verdict in words that an advertiser understands.</summary>
internal static class VerdictWording
{
    /// <summary>What the verdict is.</summary>
    public static string Class(Verdict verdict) =>
        verdict.Class switch
        {
            "valid" => "Valid: this looks like a person's click.",
            "suspect" => "Suspect: this click is doubtful, but not shown to be invalid.",
            "givt" => "Invalid: general invalid traffic (GIVT), known by lists and routine checks.",
            _ => "Invalid: sophisticated invalid traffic (SIVT), found by analysis.",
        };

    /// <summary>Who pays.</summary>
    public static string Billable(Verdict verdict) =>
        verdict.Billable ? "The advertiser pays for it."
        : verdict.Action == "confirm" ? "The advertiser doesn't pay for it unless the visitor has confirmed it."
        : "The advertiser doesn't pay for it.";

    /// <summary>What the ad server was told.</summary>
    public static string Action(Verdict verdict) =>
        verdict.Action switch
        {
            "accept" => "Accept the click.",
            "flag" => "Accept the click, and flag it for review.",
            "confirm" => "Ask the visitor to confirm the click.",
            _ => "Refuse the click.",
        };

    /// <summary>The model's score.</summary>
    public static string Score(Verdict verdict) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{verdict.Score * 100:0.0} % probability of being invalid, by the model alone"
        );

    /// <summary>What a band means.</summary>
    public static string Band(Verdict verdict) =>
        verdict.Band switch
        {
            "allow" => "Allow: nothing speaks against it",
            "review" => "Review: worth a look",
            "challenge" => "Challenge: worth a question to the visitor",
            _ => "Block: not to be paid for",
        };

    /// <summary>What became of the path.</summary>
    public static string Path(Verdict verdict) =>
        verdict.Path switch
        {
            "present" => "The cursor's movement before the click was recorded.",
            "missing" => "The cursor's movement was announced, but never came.",
            _ => "No cursor movement was expected.",
        };

    /// <summary>A reason in a sentence with its numbers.</summary>
    public static string Reason(string code, JsonNode? evidence)
    {
        var numbers = new Numbers(evidence as JsonObject);
        if (code.StartsWith("rule.", StringComparison.Ordinal))
        {
            return $"The rule “{code[5..]}” holds.";
        }

        if (code.StartsWith("allow.", StringComparison.Ordinal))
        {
            return numbers["because"] is { Length: > 0 } because
                ? $"The allow list “{code[6..]}” names it: {because}"
                : $"The allow list “{code[6..]}” names it.";
        }

        return Reasons.Of(code) switch
        {
            Contracts.Reason.CursorReplay => $"The cursor moved as it did for click {numbers["click"]}"
                + (numbers["transformed"] == "true" ? ", in another size, direction or pace" : "")
                + $": the paths differ by {numbers["residual_px"]} pixels. "
                + "People don't repeat themselves to the pixel: a recording was played again.",
            Contracts.Reason.CursorForged => "The times of the cursor's movement can't come from a browser."
                + Often(numbers),
            Contracts.Reason.CursorNone => "The mouse clicked without having moved." + Often(numbers),
            Contracts.Reason.CursorStraight => "The cursor moved in one exactly straight line." + Often(numbers),
            Contracts.Reason.CursorEven => "The cursor moved in equal steps at equal times." + Often(numbers),
            Contracts.Reason.CursorMissing =>
                $"The page announced the cursor's movement, but it didn't come within {Seconds(numbers, "waited_ms")}.",
            Contracts.Reason.CursorSeries =>
                $"Of {numbers["paths"]} cursor paths of the same {numbers["by"]} within an hour, each alone may be a "
                    + $"person's; together they are a program's (mean log-odds {numbers["mean_log_odds"]}, limit "
                    + $"{numbers["limit"]}).",
            Contracts.Reason.CursorProgram =>
                $"The cursor moved more like a program than like a person: with probability "
                    + $"{Percent(numbers, "probability")}, "
                    + $"and from {Percent(numbers, "cut_off")} on it counts.",
            Contracts.Reason.RateVisitor => $"The same visitor clicked {Rate(numbers)}",
            Contracts.Reason.RateIp => $"The same address clicked {Rate(numbers)}",
            Contracts.Reason.RateNetwork => $"The same network clicked {Rate(numbers)}",
            Contracts.Reason.RatePair => "The same visitor clicked "
                + (numbers["pair"] == "publisher" ? "at this publisher " : "on this campaign ")
                + Rate(numbers),
            Contracts.Reason.ClickDouble =>
                $"The same visitor had clicked on the same campaign {numbers["since_ms"]} ms before: a double click.",
            Contracts.Reason.ListDatacentre =>
                $"The address belongs to a data centre (list “{numbers["list"]}”), where no visitors sit.",
            Contracts.Reason.ListProxy => $"The address belongs to a proxy or a relay (list “{numbers["list"]}”).",
            Contracts.Reason.ListCrawler =>
                $"The browser says that it is a crawler or an automation tool (“{numbers["pattern"]}”, list "
                    + $"“{numbers["list"]}”).",
            Contracts.Reason.AgentContradiction =>
                $"The browser says that it is “{numbers["claim"]}”, which “{numbers["but"]}” contradicts.",
            Contracts.Reason.ClickPosition =>
                $"The click lies outside the window: at {numbers["x"]}, {numbers["y"]} in {numbers["viewport"]}.",
            Contracts.Reason.ClickPage => $"The page isn't a web address: “{numbers["page"]}”.",
            Contracts.Reason.PublisherShare =>
                $"At this publisher {Percent(numbers, "share")} of recent clicks were invalid, after "
                    + $"{Percent(numbers, "past")} in its past.",
            Contracts.Reason.StandingNetwork => Standing("this network's earlier clicks", numbers),
            Contracts.Reason.StandingVisitor => Standing("this visitor's earlier clicks", numbers),
            Contracts.Reason.History => Standing("comparable clicks, by later labels,", numbers),
            Contracts.Reason.Model =>
                $"Everything together makes it invalid with probability {Percent(numbers, "score")}, says the model; "
                    + "from "
                    + $"{Percent(numbers, "review")} on a click is looked at.",
            Contracts.Reason.TimeOutOfRange =>
                "The time that the click claims is too far from the time at which it came, which is used instead.",
            Contracts.Reason.ConfirmationConfirmed =>
                $"The visitor confirmed the click, after {Count(numbers, "attempts", "attempt")}.",
            Contracts.Reason.ConfirmationMissed =>
                $"The visitor was asked to confirm the click, and failed in {Count(numbers, "attempts", "attempt")}.",
            Contracts.Reason.ConfirmationExpired => "The visitor was asked to confirm the click, and didn't answer.",
            _ => "",
        };
    }

    /// <summary>The reasons that apply and don't act, each in a sentence.</summary>
    public static IEnumerable<(string Code, string Words)> Snoozed(Verdict verdict) =>
        verdict
            .Evidence.Where(entry => !verdict.Reasons.Contains(entry.Key) && entry.Value?["snoozed"] != null)
            .Select(entry => (entry.Key, Snoozed(entry.Key, entry.Value)));

    private static string Snoozed(string code, JsonNode? evidence)
    {
        var numbers = new Numbers(evidence as JsonObject);
        string because = numbers["because"] is { Length: > 0 } why ? $": {why}" : "";
        return $"{Reason(code, evidence)} It doesn't count: snoozed for this publisher until "
            + $"{ConsoleWording.Second((long)numbers.Of("until"))} (“{numbers["snoozed"]}”){because}";
    }

    private static string Rate(Numbers numbers) =>
        $"{numbers["count"]} times within {numbers["window_s"]} seconds; up to {numbers["limit"]} are allowed.";

    private static string Standing(string of, Numbers numbers) =>
        $"Of {of} {Percent(numbers, "share")} were invalid; more than {Percent(numbers, "limit")} counts.";

    private static string Often(Numbers numbers) =>
        numbers.Of("count") > 1
            ? $" That came {numbers["count"]} times from this visitor or network within {numbers["window_s"]} seconds."
            : "";

    private static string Percent(Numbers numbers, string name) =>
        (numbers.Of(name) * 100).ToString("0.#", CultureInfo.InvariantCulture) + " %";

    private static string Seconds(Numbers numbers, string name) =>
        (numbers.Of(name) / 1000).ToString("0.#", CultureInfo.InvariantCulture) + " seconds";

    private static string Count(Numbers numbers, string name, string one) =>
        $"{Wording.Count((long)numbers.Of(name))} {one}{(numbers.Of(name) == 1 ? "" : "s")}";

    /// <summary>The fields of an entry of evidence.</summary>
    private readonly record struct Numbers(JsonObject? Fields)
    {
        public string this[string name] =>
            Fields?[name] switch
            {
                null => "?",
                JsonValue value => value.ToString(),
                JsonArray list => string.Join(" × ", list.Select(one => one?.ToString())),
                var other => other.ToJsonString(),
            };

        public double Of(string name) =>
            double.TryParse(this[name], NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                ? number
                : 0;
    }
}
