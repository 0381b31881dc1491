using System.Globalization;

namespace Bench.Micro.Priority;

/// <summary>Compares the policies on the same load, as tables in Markdown for docs/priority.md.</summary>
public static class PriorityReport
{
    private const int Seed = 7;

    public static void Run(int count)
    {
        string bare = PriorityLoad.Definition.Replace(
            "\"hold_off_ms\":1000,\"lower_after_ms\":5000",
            "\"hold_off_ms\":0,\"lower_after_ms\":0",
            StringComparison.Ordinal
        );
        foreach (
            (string name, Func<int, double> load) in new (string, Func<int, double>)[]
            {
                ("95 % of capacity", _ => 0.95),
                ("120 % of capacity for the middle third, else 90 %", i =>
                    i >= count / 3 && i < count * 2 / 3 ? 1.2 : 0.9
                ),
            }
        )
        {
            PriorityLoad traffic = PriorityLoad.Of(count, Seed, load);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{count:N0} instances, {PriorityLoad.Workers} workers of 10 s each, {name}; seconds\n"
                )
            );
            Console.WriteLine(
                "| policy | urgent: median | p99 | longest | gold: p99 | silver: p99 | others: p99 | longest of all "
                    + "| over first come, at most | changes of an instance, mean | most | closest two |"
            );
            Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
            Served[] first = PrioritySimulation.Run(traffic, Policy.FirstComeFirstServed);
            Row("first come, first served", traffic, first, first);
            Row("static priority", traffic, PrioritySimulation.Run(traffic, Policy.StaticPriority), first);
            Row("engine", traffic, PrioritySimulation.Run(traffic, Policy.Engine), first);
            Row(
                "engine, ageing_s 300",
                traffic,
                PrioritySimulation.Run(
                    traffic,
                    Policy.Engine,
                    PriorityLoad.Definition.Replace("\"ageing_s\":60", "\"ageing_s\":300", StringComparison.Ordinal)
                ),
                first
            );
            Row(
                "engine, no hold-off and no wait downwards",
                traffic,
                PrioritySimulation.Run(traffic, Policy.Engine, bare),
                first
            );
            Console.WriteLine();
        }
    }

    private static void Row(string name, PriorityLoad load, Served[] served, Served[] first)
    {
        long[] urgent = [.. served.Where(one => one.UrgentWait != null).Select(one => one.UrgentWait!.Value).Order()];
        long[] Of(Func<LoadInstance, bool> which) =>
            [
                .. served
                    .Where((_, i) => load.Instances[i].Urgent == null && which(load.Instances[i]))
                    .Select(one => one.Wait)
                    .Order(),
            ];
        string[] cells =
        [
            Seconds(At(urgent, 0.5)),
            Seconds(At(urgent, 0.99)),
            Seconds(At(urgent, 1)),
            Seconds(At(Of(one => one.Static == 8), 0.99)),
            Seconds(At(Of(one => one.Static == 5), 0.99)),
            Seconds(At(Of(one => one.Static == 3), 0.99)),
            Seconds(served.Max(one => one.Wait)),
            Seconds(served.Zip(first, (mine, theirs) => mine.Wait - theirs.Wait).Max()),
            served.Average(one => one.Changes).ToString("0.00", CultureInfo.InvariantCulture),
            served.Max(one => one.Changes).ToString(CultureInfo.InvariantCulture),
            served.Min(one => one.ClosestChanges) is var closest && closest == long.MaxValue
                ? ""
                : (closest / 1000.0).ToString("0.0##", CultureInfo.InvariantCulture),
        ];
        Console.WriteLine($"| {name} | {string.Join(" | ", cells)} |");
    }

    private static long At(long[] sorted, double share) =>
        sorted.Length == 0 ? 0 : sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];

    private static string Seconds(long ms) => (ms / 1000.0).ToString("0", CultureInfo.InvariantCulture);
}
