using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Bench.EndToEnd;

/// <summary>Writes medians as a table, everything as JSON, and the CPU time per click as a chart.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    private sealed record Row(
        string Name,
        double Rate,
        double Cpu,
        double Broker,
        double Store,
        double StoreMb,
        double Peak,
        double Ratio
    );

    public static void Write(Plan plan, List<Run> runs, List<Latency> latencies, string folder, TextWriter to)
    {
        List<Row> rows =
        [
            .. runs.GroupBy(run => (run.Contestant, run.Store))
                .Select(group => new Row(
                    $"{group.Key.Contestant}, {group.Key.Store}",
                    Median(group, run => run.ClicksPerSecond),
                    Median(group, run => run.CpuUs),
                    Median(group, run => run.BrokerUs),
                    Median(group, run => run.StoreUs),
                    Median(group, run => run.StoreMb),
                    Median(group, run => run.PeakMb),
                    Ratio(runs, group)
                )),
        ];
        to.WriteLine(
            "| who | clicks/s | CPU µs/click | of native-rdkafka's | broker µs | store µs | store MB | peak MB |"
        );
        to.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (Row row in rows)
        {
            string ratio = double.IsNaN(row.Ratio) ? "" : row.Ratio.ToString("0.00", CultureInfo.InvariantCulture);
            to.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {row.Name} | {row.Rate:#,0} | {row.Cpu:0.00} | {ratio} | "
                        + $"{row.Broker:0.00} | {row.Store:0.00} | {row.StoreMb:0} | {row.Peak:0} |"
                )
            );
        }

        if (latencies.Count > 0)
        {
            to.WriteLine();
            to.WriteLine("| at 20,000 clicks/s | p50 ms | p99 | p99.9 |");
            to.WriteLine("| --- | ---: | ---: | ---: |");
            foreach (Latency latency in latencies)
            {
                to.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"| {latency.Contestant} | {latency.P50:0} | {latency.P99:0} | {latency.P999:0} |"
                    )
                );
            }
        }
        File.WriteAllText(
            Path.Combine(folder, "bench.json"),
            JsonSerializer.Serialize(
                new
                {
                    Machine = Machine(),
                    Cores = Environment.ProcessorCount,
                    Commit = Output("git", "rev-parse HEAD", plan.Root),
                    plan.Clicks,
                    plan.Runs,
                    Settings = "bench/EndToEnd/settings",
                    Throughput = runs,
                    Latency = latencies,
                },
                Json
            )
        );
        if (rows.Count > 0)
        {
            File.WriteAllText(Path.Combine(folder, "bench.svg"), Chart(rows));
        }

        to.WriteLine();
        to.WriteLine($"{Path.Combine(folder, "bench.json")}, bench.svg");
    }

    /// <summary>Computes the median of the ratios to native-rdkafka's run in the same round: rounds differ more than
    /// contestants.</summary>
    private static double Ratio(List<Run> runs, IEnumerable<Run> group)
    {
        Run[] beside = [.. runs.Where(run => run.Contestant == "native-rdkafka")];
        return beside.Length == 0
            ? double.NaN
            : Middle([.. group.Zip(beside, (run, other) => run.CpuUs / other.CpuUs)]);
    }

    private static double Median(IEnumerable<Run> runs, Func<Run, double> of) => Middle([.. runs.Select(of)]);

    private static double Middle(double[] values)
    {
        Array.Sort(values);
        return (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }

    private static string Machine() =>
        File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo")
                .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
                ?.Split(':')[1]
                .Trim()
                ?? "unknown"
            : "unknown";

    private static string Output(string program, string arguments, string folder)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true }
        )!;
        string text = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return text;
    }

    private static string Chart(List<Row> rows)
    {
        const int Left = 190,
            Width = 700,
            Bar = 26;
        double maxTotal = rows.Max(row => row.Cpu + row.Broker + row.Store);
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Left + Width + 20}\" "
                + $"height=\"{rows.Count * (Bar + 10) + 50}\" font-family=\"sans-serif\" font-size=\"13\">\n"
        );
        for (int i = 0; i < rows.Count; i++)
        {
            double x = Left;
            int y = 10 + i * (Bar + 10);
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<text x=\"{Left - 8}\" y=\"{y + 18}\" text-anchor=\"end\">{rows[i].Name}</text>\n"
            );
            foreach (
                (double us, string colour) in new[]
                {
                    (rows[i].Cpu, "#2b6cb0"),
                    (rows[i].Broker, "#dd9a3c"),
                    (rows[i].Store, "#c05050"),
                }
            )
            {
                double width = us / maxTotal * Width;
                svg.Append(
                    CultureInfo.InvariantCulture,
                    $"<rect x=\"{x:0.0}\" y=\"{y}\" width=\"{width:0.0}\" height=\"{Bar}\" fill=\"{colour}\"/><text "
                        + $"x=\"{x + 4:0.0}\" y=\"{y + 18}\" fill=\"white\">{us:0.00}</text>\n"
                );
                x += width;
            }
        }
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<text x=\"{Left}\" y=\"{rows.Count * (Bar + 10) + 34}\">CPU µs a click: blue the process, yellow the "
                + $"broker, red the store</text>\n</svg>\n"
        );
        return svg.ToString();
    }
}
