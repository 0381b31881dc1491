using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests.Chaos;

/// <summary>What is in Redis at the end, held against the log, the rescoring and itself.</summary>
internal static partial class ChaosResults
{
    private const int Shown = 8;

    /// <summary>Checks everything. Returns what there was, in a line.</summary>
    public static async Task<string> CheckAsync(Lab lab)
    {
        SortedDictionary<string, string> verdicts = await lab.Redis.StringsAsync("verdict:"),
            live = await WorkflowTraffic.ResultsAsync(lab.Redis);
        ChaosRecords records = ChaosRecords.Read(lab);
        Assert.NotEmpty(verdicts);
        string[] lines = await RescoreWorkflowTests.RescoreAsync(lab, "again.jsonl");
        MustEqual("verdicts", "rescored", VerdictsOf(lines), verdicts);
        MustEqual("workflows' results", "rescored", RescoreWorkflowTests.ResultsOf(lines), live);
        records.HaveOneOutcomeEach(lab, verdicts);
        MustEqual("totals", "by the verdicts", Text(records.TotalsOf(verdicts)), Text(await TotalsAsync(lab.Redis)));
        return $"{records.Count} records: {verdicts.Count} verdicts, {records.Duplicates} duplicates, {records.Paths} "
            + $"paths, {records.Confirmations} confirmations; {live.Count} results of workflows";
    }

    /// <summary>The last line of each click.</summary>
    private static SortedDictionary<string, string> VerdictsOf(string[] lines)
    {
        var verdicts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in lines.Where(line => line.StartsWith("{\"click\"", StringComparison.Ordinal)))
        {
            verdicts["verdict:" + JsonDocument.Parse(line).RootElement.GetProperty("click").GetString()] = line;
        }

        return verdicts;
    }

    /// <summary>The totals over all hours, as <c>campaign:cmp-7 2 clicks</c>.</summary>
    private static async Task<SortedDictionary<string, long>> TotalsAsync(LiveResults redis)
    {
        var totals = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (string kind in (string[])["campaign", "publisher"])
        {
            foreach ((string entry, string value) in await redis.HashesAsync($"stats:{kind}:"))
            {
                Match match = Total().Match(entry);
                Assert.True(match.Success, entry);
                string key = $"{match.Groups["of"]} {match.Groups["partition"]} {match.Groups["field"]}";
                totals[key] = totals.GetValueOrDefault(key) + long.Parse(value, CultureInfo.InvariantCulture);
            }
        }

        return totals;
    }

    private static SortedDictionary<string, string> Text(SortedDictionary<string, long> numbers) =>
        new(
            numbers
                .Where(one => one.Value != 0)
                .ToDictionary(one => one.Key, one => one.Value.ToString(CultureInfo.InvariantCulture)),
            StringComparer.Ordinal
        );

    private static void MustEqual(
        string what,
        string otherwise,
        SortedDictionary<string, string> expected,
        SortedDictionary<string, string> actual
    )
    {
        string[] differences =
        [
            .. expected
                .Keys.Union(actual.Keys)
                .Where(key => expected.GetValueOrDefault(key) != actual.GetValueOrDefault(key))
                .Select(key =>
                    $"{key}:\n  live {actual.GetValueOrDefault(key)}\n  {otherwise} {expected.GetValueOrDefault(key)}"
                ),
        ];
        Assert.True(
            differences.Length == 0,
            $"{differences.Length} of {expected.Count} {what} differ:\n{string.Join('\n', differences.Take(Shown))}"
        );
    }

    [GeneratedRegex(@"^stats:(?<of>.+):[^:]+:\{interactions-(?<partition>\d+)\} (?<field>.+)$")]
    private static partial Regex Total();
}
