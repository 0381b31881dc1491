using System.Globalization;
using Engine.App.Hosting;
using Engine.Contracts;
using Engine.Pipeline.Clicks;
using Engine.Workflows.Runtime;

namespace Engine.App.Terminal;

/// <summary>Summarises a run for people, accounting for every record.</summary>
internal static class RunSummary
{
    public static string Of(EngineHost host, string why)
    {
        PartitionCounts c = host.Counts;
        long paths = c.PathsJoined + c.PathsSurplus + c.PathsUnmatched,
            confirmations = c.ConfirmationsUsed + c.ConfirmationsUnused;
        var lines = new List<string>
        {
            $"Ended: {why}. Records of interactions, without ticks: "
                + $"{N(c.Verdicts + c.Duplicates + paths + confirmations + c.AllDeadLetters)}",
            $"  verdicts      {N(c.Verdicts), 12}   {ByClass(c)}",
            $"  duplicates    {N(c.Duplicates), 12}",
            $"  cursor paths  {N(paths), 12}   joined {N(c.PathsJoined)}, surplus {N(c.PathsSurplus)}, unmatched "
                + $"{N(c.PathsUnmatched)}; {N(c.PathsCompared)} paths had enough shape to be compared",
            $"  confirmations {N(confirmations), 12}   used {N(c.ConfirmationsUsed)}, unused "
                + $"{N(c.ConfirmationsUnused)}",
            $"  dead letters  {N(c.AllDeadLetters), 12}   {DeadLetters(c)}".TrimEnd(),
        };
        if (c.KeysMismatched > 0)
        {
            lines.Add(
                $"  of these {N(c.KeysMismatched)} had a key that isn't their network: check the producer's "
                    + $"partitioning."
            );
        }

        string reasons = string.Join(
            ", ",
            Reasons
                .Table.Where(entry => c.ByReason[(int)entry.Reason] > 0)
                .OrderByDescending(entry => c.ByReason[(int)entry.Reason])
                .Take(8)
                .Select(entry => $"{entry.Code} {N(c.ByReason[(int)entry.Reason])}")
        );
        if (reasons.Length > 0)
        {
            lines.Add($"  reasons: {reasons}");
        }

        lines.Add(
            string.Create(
                CultureInfo.InvariantCulture,
                $"  process: {Environment.WorkingSet / 1e6:0} MB, {GC.GetTotalAllocatedBytes() / 1e6:0} MB "
                    + $"allocated since the start, collections gen0 {GC.CollectionCount(0)}, gen1 "
                    + $"{GC.CollectionCount(1)}, gen2 {GC.CollectionCount(2)}"
            )
        );
        foreach (
            (string topic, WorkflowCounts flow) in host
                .Workflows.Counts.Where(flow => flow.Value.Read > 0)
                .OrderBy(flow => flow.Key, StringComparer.Ordinal)
        )
        {
            lines.Add(
                $"Records of {topic}: {N(flow.Read)}; decided {N(flow.Decided)}, duplicates {N(flow.Duplicates)}, "
                    + $"dead letters {N(flow.DeadLetters)}"
            );
        }

        return string.Join(Environment.NewLine, lines);
    }

    public static string ByClass(PartitionCounts c) =>
        string.Join(
            ", ",
            Enum.GetValues<VerdictClass>()
                .Select(@class => $"{@class.ToString().ToLowerInvariant()} {N(c.ByClass[(int)@class])}")
        );

    public static string N(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    private static string DeadLetters(PartitionCounts c) =>
        string.Join(
            ", ",
            Enum.GetValues<DeadLetterReason>()
                .Where(reason => c.DeadLetters[(int)reason] > 0)
                .Select(reason => $"{reason.Word()} {N(c.DeadLetters[(int)reason])}")
        );
}
