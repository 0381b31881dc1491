using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Integration.Tests.Rig;
using Xunit;

namespace Integration.Tests.Chaos;

/// <summary>What is in Redis at the end, held against the log, the rescoring and itself.</summary>
internal sealed partial class ChaosResults(Lab lab, ChaosLosses losses)
{
    private const int Shown = 8;

    /// <summary>The number of differences that are excused.</summary>
    private int _lost;

    /// <summary>Checks everything. Returns what there was, in a line.</summary>
    public async Task<string> CheckAsync()
    {
        SortedDictionary<string, string> verdicts = await lab.Redis.StringsAsync("verdict:"),
            live = await WorkflowTraffic.ResultsAsync(lab.Redis);
        ChaosRecords records = ChaosRecords.Read(lab);
        Assert.NotEmpty(verdicts);
        string[] lines = await RescoreWorkflowTests.RescoreAsync(lab, "again.jsonl");
        SortedDictionary<string, string> rescored = VerdictsOf(lines);
        Dictionary<string, List<string>> versions = VersionsOf(lines);
        MustEqual("verdicts", "rescored", rescored, verdicts, versions);
        MustEqual("workflows' results", "rescored", RescoreWorkflowTests.ResultsOf(lines), live, versions);
        // But for what is excused, these are the live ones.
        records.HaveOneOutcomeEach(lab, rescored);
        MustEqual("totals", "by the verdicts", Text(records.TotalsOf(rescored)), Text(await TotalsAsync()), versions);
        return $"{records.Count} records: {verdicts.Count} verdicts, {records.Duplicates} duplicates, {records.Paths} "
            + $"paths, {records.Confirmations} confirmations; {live.Count} results of workflows; {_lost} lost by "
            + "failovers";
    }

    /// <summary>The last line of each click.</summary>
    private static SortedDictionary<string, string> VerdictsOf(string[] lines)
    {
        var verdicts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in lines.Where(IsVerdict))
        {
            verdicts[KeyOf(line)] = line;
        }

        return verdicts;
    }

    /// <summary>All values of each key, in order.</summary>
    private static Dictionary<string, List<string>> VersionsOf(string[] lines)
    {
        var versions = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        void Add(string key, string value)
        {
            if (!versions.TryGetValue(key, out List<string>? all))
            {
                versions[key] = all = [];
            }

            all.Add(value);
        }

        foreach (string line in lines)
        {
            if (IsVerdict(line))
            {
                Add(KeyOf(line), line);
                continue;
            }

            foreach ((string key, string value) in RescoreWorkflowTests.ResultsOf([line]))
            {
                Add(key, value);
            }
        }

        return versions;
    }

    private static bool IsVerdict(string line) => line.StartsWith("{\"click\"", StringComparison.Ordinal);

    private static string KeyOf(string verdict) =>
        "verdict:" + JsonDocument.Parse(verdict).RootElement.GetProperty("click").GetString();

    /// <summary>The totals over all hours, as <c>campaign:cmp-7 2 clicks</c>.</summary>
    private async Task<SortedDictionary<string, long>> TotalsAsync()
    {
        var totals = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (string kind in (string[])["campaign", "publisher"])
        {
            foreach ((string entry, string value) in await lab.Redis.HashesAsync($"stats:{kind}:"))
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

    private void MustEqual(
        string what,
        string otherwise,
        SortedDictionary<string, string> expected,
        SortedDictionary<string, string> actual,
        Dictionary<string, List<string>> versions
    )
    {
        string[] differing =
        [
            .. expected
                .Keys.Union(actual.Keys)
                .Where(key => expected.GetValueOrDefault(key) != actual.GetValueOrDefault(key)),
        ];
        string[] wrong =
        [
            .. differing.Where(key =>
                !losses.Excuse(key, actual.GetValueOrDefault(key), versions.GetValueOrDefault(key) ?? [], name =>
                    lab.Redis.Connection.GetHashSlot(name)
                )
            ),
        ];
        _lost += differing.Length - wrong.Length;
        Assert.True(
            wrong.Length == 0,
            $"{wrong.Length} of {expected.Count} {what} differ:\n"
                + string.Join(
                    '\n',
                    wrong
                        .Take(Shown)
                        .Select(key =>
                            $"{key}:\n  live {actual.GetValueOrDefault(key)}\n  {otherwise} "
                            + expected.GetValueOrDefault(key)
                        )
                )
        );
    }

    [GeneratedRegex(@"^stats:(?<of>.+):[^:]+:\{interactions-(?<partition>\d+)\} (?<field>.+)$")]
    private static partial Regex Total();
}
