using System.Globalization;
using System.Text.RegularExpressions;
using Engine.Client.Provisioning;
using Engine.Contracts;

namespace Bench.EndToEnd;

/// <summary>Runs an engine for long at a constant rate, tells of it once a minute, and judges by the second half
/// whether memory, handles and threads stay flat.</summary>
internal sealed partial class Soak : IDisposable
{
    /// <summary>What a line through the second half may rise by: a share of the memory, and so many handles or
    /// threads.</summary>
    private const double MemoryMayRise = 0.05,
        CountMayRise = 3;

    private readonly Plan _plan;
    private readonly TimeProvider _clock = TimeProvider.System;
    private readonly string _folder = Directory.CreateTempSubdirectory("engine-bench-").FullName;
    private readonly Broker _broker;
    private readonly Store _store;

    public Soak(Plan plan)
    {
        _plan = plan;
        _broker = new Broker(plan.KafkaTool, _folder);
        _store = new Store("redis", plan.Root, _folder);
    }

    /// <returns>Whether everything is flat.</returns>
    public bool Run(int minutes, int rate, TextWriter to)
    {
        new TopicProvisioner(_broker.Address)
            .EnsureAsync([Topics.Interactions], TopicTimestamps.CreateTime)
            .GetAwaiter()
            .GetResult();
        using var engine = new Contestant(_plan, "engine", _broker.Address, Topics.Interactions, _store.Port, _folder);
        using var http = new HttpClient { BaseAddress = engine.HttpAddress(TimeSpan.FromMinutes(1)) };
        Task sending = Task.Run(() =>
            new Clicks(_clock).Send(_broker.Address, Topics.Interactions, "s", minutes * 60 * rate, rate, (_, _) => { })
        );
        using var minute = new PeriodicTimer(TimeSpan.FromMinutes(1), _clock);
        var samples = new List<Sample>();
        to.WriteLine(
            $"| minute at {rate:#,0} clicks/s | RSS MB | managed heap MB | handles | threads | lag | verdicts |"
        );
        to.WriteLine("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        for (int i = 1; i <= minutes; i++)
        {
            minute.WaitForNextTickAsync().AsTask().GetAwaiter().GetResult();
            engine.CheckAlive();
            Sample now = Look(engine.ProcessId, http);
            samples.Add(now);
            to.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {i} | {now.RssMb:0} | {now.HeapMb:0.0} | {now.Handles} | {now.Threads} | {now.Lag:0} | "
                        + $"{_store.Size():#,0} |"
                )
            );
        }

        sending.GetAwaiter().GetResult();
        Sample[] half = [.. samples.Skip(samples.Count / 2)];
        double rss = Rise(half, sample => sample.RssMb),
            heap = Rise(half, sample => sample.HeapMb),
            handles = Rise(half, sample => sample.Handles),
            threads = Rise(half, sample => sample.Threads);
        double mayRiseMb = MemoryMayRise * half.Average(sample => sample.RssMb);
        bool isFlat = rss <= mayRiseMb && heap <= mayRiseMb && handles <= CountMayRise && threads <= CountMayRise;
        to.WriteLine();
        to.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{(isFlat ? "flat" : "not flat")}: a line through the last {half.Length} minutes rises by "
                    + $"{rss:0.0} MB of RSS, {heap:0.0} MB of managed heap, {handles:0.0} handles and "
                    + $"{threads:0.0} threads"
            )
        );
        return isFlat;
    }

    private static Sample Look(int process, HttpClient http)
    {
        string metrics = http.GetStringAsync("/metrics").GetAwaiter().GetResult();
        return new Sample(
            Processes.RssMb(process),
            Sum(metrics, "dotnet_gc_last_collection_heap_size_bytes") / (1024 * 1024),
            Directory.GetFiles($"/proc/{process}/fd").Length,
            Directory.GetDirectories($"/proc/{process}/task").Length,
            Sum(metrics, "engine_lag")
        );
    }

    /// <summary>The sum of a metric's values over its labels. Prometheus names may end with the unit.</summary>
    private static double Sum(string metrics, string name) =>
        MetricLine()
            .Matches(metrics)
            .Where(line => line.Groups[1].Value.StartsWith(name, StringComparison.Ordinal))
            .Sum(line => double.Parse(line.Groups[2].Value, CultureInfo.InvariantCulture));

    /// <summary>What the least-squares line through samples rises by, from the first to the last.</summary>
    private static double Rise(Sample[] samples, Func<Sample, double> value)
    {
        double middle = (samples.Length - 1) / 2.0,
            mean = samples.Average(value),
            across = 0,
            square = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            across += (i - middle) * (value(samples[i]) - mean);
            square += (i - middle) * (i - middle);
        }

        return square == 0 ? 0 : across / square * (samples.Length - 1);
    }

    public void Dispose()
    {
        _store.Dispose();
        _broker.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private sealed record Sample(double RssMb, double HeapMb, int Handles, int Threads, double Lag);

    [GeneratedRegex(@"^([a-z_]+)(?:\{[^}]*\})? (\S+)", RegexOptions.Multiline)]
    private static partial Regex MetricLine();
}
