using System.Globalization;
using Engine.App.Lookup;
using Engine.App.Running;
using Engine.Client;

namespace Engine.App.Terminal;

/// <summary>Writes the labels beside the verdicts, three verdicts in full, and what to do next.</summary>
internal static class DemoReport
{
    private static readonly string[] Classes = ["valid", "suspect", "givt", "sivt"];

    /// <summary>Writes the comparison and the examples. Returns the click of the first example, for a look-up, or
    /// null.</summary>
    public static async Task<string?> WriteAsync(
        TextWriter into,
        RunningProcess running,
        LabelledClick[] clicks,
        CancellationToken cancel
    )
    {
        Dictionary<string, Verdict> decided = await StoredVerdicts
            .ReadAsync(
                running.Host.Context.Redis.Redis.GetDatabase(),
                running.Address.Prefix,
                clicks.Select(click => click.Click).Distinct(),
                cancel
            )
            .ConfigureAwait(false);
        WriteMatrix(into, clicks, decided);
        Verdict[] examples = [.. Examples(clicks, decided)];
        foreach (Verdict verdict in examples)
        {
            into.WriteLine();
            into.WriteLine(VerdictText.Of(verdict));
        }
        return examples.FirstOrDefault()?.Click;
    }

    private static void WriteMatrix(TextWriter into, LabelledClick[] clicks, Dictionary<string, Verdict> decided)
    {
        into.WriteLine();
        into.WriteLine("Labels and verdicts (clicks):");
        int wide = 11 + clicks.Max(click => click.Kind.Length);
        into.WriteLine($"  {"who clicked".PadRight(wide)}{string.Concat(Classes.Select(c => $"{c,10}"))}{"none",8}");
        foreach (
            IGrouping<(bool? Invalid, string Kind), LabelledClick> kind in clicks
                .GroupBy(click => (click.Invalid, click.Kind))
                .OrderBy(kind =>
                    kind.Key.Invalid switch
                    {
                        false => 0,
                        true => 1,
                        null => 2,
                    }
                )
                .ThenByDescending(kind => kind.Count())
        )
        {
            string Row(string @class) =>
                $"{kind.Count(click => decided.GetValueOrDefault(click.Click)?.Class == @class),10}";
            string said = kind.Key.Invalid switch
            {
                false => "valid:   ",
                true => "invalid: ",
                null => "unknown: ",
            };
            into.WriteLine(
                $"  {(said + kind.Key.Kind).PadRight(wide)}{string.Concat(Classes.Select(Row))}"
                    + $"{kind.Count(click => !decided.ContainsKey(click.Click)),8}"
            );
        }
        bool Called(LabelledClick click) =>
            decided.TryGetValue(click.Click, out Verdict? verdict) && verdict.Class is "givt" or "sivt" or "suspect";
        LabelledClick[] invalid = [.. clicks.Where(click => click.Invalid == true)],
            valid = [.. clicks.Where(click => click.Invalid == false)];
        if (invalid.Length + valid.Length > 0)
        {
            into.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  of {invalid.Length:#,0} invalid clicks "
                        + $"{100.0 * invalid.Count(Called) / Math.Max(1, invalid.Length):0.0} % were flagged (givt, "
                        + $"sivt or suspect); of {valid.Length:#,0} valid clicks "
                        + $"{100.0 * valid.Count(Called) / Math.Max(1, valid.Length):0.00} % were flagged"
                )
            );
        }

        if (clicks.Any(click => !decided.ContainsKey(click.Click)))
        {
            into.WriteLine(
                "  none: no verdict, because the event is in dead-letters (its header error.detail names the field) "
                    + "or wasn't sent"
            );
        }
    }

    /// <summary>Picks a replay or other sophisticated click, one of a series, a crawler or other routine one, and a
    /// valid one.</summary>
    private static IEnumerable<Verdict> Examples(LabelledClick[] clicks, Dictionary<string, Verdict> decided)
    {
        // Prefers correct verdicts: an example shows what a verdict looks like; the table above shows the error rates.
        Verdict? First(bool invalid, Func<Verdict, bool> which) =>
            clicks
                .OrderBy(click =>
                    click.Invalid == invalid ? 0
                    : click.Invalid == null ? 1
                    : 2
                )
                .Select(click => decided.GetValueOrDefault(click.Click))
                .FirstOrDefault(verdict => verdict != null && which(verdict));
        Verdict?[] some =
        [
            First(true, verdict => verdict.Reasons.Contains("cursor.replay"))
                ?? First(true, verdict => verdict.Class == "sivt"),
            First(true, verdict =>
                verdict.Reasons.Contains("cursor.series") && !verdict.Reasons.Contains("cursor.replay")
            ),
            First(true, verdict => verdict.Class == "givt"),
            First(false, verdict => verdict is { Class: "valid", Path: "present" })
                ?? First(false, verdict => verdict.Class == "valid"),
        ];
        return some.OfType<Verdict>();
    }

    /// <param name="click">A click that has a verdict, for the look-up examples.</param>
    public static void WriteNext(TextWriter into, RunningProcess running, bool keep, string? click, string token)
    {
        into.WriteLine();
        if (!keep)
        {
            into.WriteLine(
                "Next: 'make run KEEP=1' keeps running for look-ups; 'out/engine run --kafka H:P --redis H:P' scores "
                    + "your own topic; README.md says how to write to it."
            );
            return;
        }
        string redis = running.Address.Redis.Hosts.Split(',')[0];
        int port = redis.LastIndexOf(':');
        click ??= "CLICK";
        into.WriteLine("The engine keeps running. Its console, signed in as demo:");
        into.WriteLine($"  http://{running.Http.Address}/console/sign-in?token={token}");
        into.WriteLine("Look up, in another terminal:");
        into.WriteLine($"  out/engine verdict {click}");
        into.WriteLine($"  out/engine path {click}");
        into.WriteLine($"  curl http://{running.Http.Address}/v1/verdicts/{click}");
        into.WriteLine(
            $"  redis-cli -h {redis[..port]} -p {redis[(port + 1)..]} get {running.Host.Context.Keys.Verdict(click)}"
        );
        into.WriteLine($"Stop it with Ctrl-C, or: kill {Environment.ProcessId}");
    }
}
