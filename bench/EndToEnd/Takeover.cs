using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Engine.Client.Provisioning;
using Engine.Contracts;

namespace Bench.EndToEnd;

/// <summary>Measures how long a partition stands still when its owner is killed, and how long the audit of a click
/// takes, both with many clicks in the windows. A second engine of the group is up before the kill and idle, as the
/// log has a single partition: the longest rebuild that so many clicks can cause.</summary>
internal sealed class Takeover : IDisposable
{
    private const string Group = "takeover";
    private const int PerSecond = 1000;
    private static readonly TimeSpan Within = TimeSpan.FromMinutes(10),
        Sending = TimeSpan.FromSeconds(90);

    private readonly Plan _plan;
    private readonly TimeProvider _clock = TimeProvider.System;
    private readonly string _folder = Directory.CreateTempSubdirectory("engine-bench-").FullName;
    private readonly Broker _broker;
    private readonly Store _store;
    private readonly ManualResetEventSlim _pause = new();

    public Takeover(Plan plan)
    {
        _plan = plan;
        _broker = new Broker(plan.KafkaTool, _folder);
        _store = new Store("redis", plan.Root, _folder);
    }

    public void Run(TextWriter to)
    {
        new TopicProvisioner(_broker.Address)
            .EnsureAsync([Topics.Interactions], TopicTimestamps.CreateTime, partitions: 1)
            .GetAwaiter()
            .GetResult();
        Console.Error.WriteLine($"bench: sending {_plan.Clicks:#,0} clicks to one partition");
        new Clicks(_clock).Send(_broker.Address, Topics.Interactions, _plan.Clicks);
        using Contestant owner = Start();
        Until("everything is decided", () => _store.Size() > _plan.Clicks && ProgressOffset() >= _plan.Clicks);
        string ownerToken = Owner()!;
        using Contestant standby = Start();
        standby.HttpAddress(Within);
        _pause.Wait(TimeSpan.FromSeconds(5)); // it joins the group, and gets nothing

        var sent = new ConcurrentQueue<(string Key, long At)>();
        Task sending = Task.Run(() =>
            new Clicks(_clock).Send(
                _broker.Address,
                Topics.Interactions,
                "t",
                (int)Sending.TotalSeconds * PerSecond,
                PerSecond,
                (id, _) => sent.Enqueue(("verdict:" + id, _clock.GetTimestamp()))
            )
        );
        _pause.Wait(TimeSpan.FromSeconds(10));
        owner.Kill();
        long killed = _clock.GetTimestamp();
        Until("the standby has the lease", () => Owner() != ownerToken);
        long leased = _clock.GetTimestamp();
        double cpuUs = standby.CpuUs;
        string first = sent.First(click => click.At > killed).Key,
            last = sent.Last().Key;
        Until("a click sent since the kill has a verdict", () => _store.Exist([first])[0]);
        double firstS = _clock.GetElapsedTime(leased).TotalSeconds,
            rebuildCpuS = (standby.CpuUs - cpuUs) / 1e6;
        Until("so have those that came until the takeover", () => _store.Exist([last])[0]);
        double caughtUpS = _clock.GetElapsedTime(leased).TotalSeconds;
        double peakMb = standby.PeakMb;
        sending.GetAwaiter().GetResult();
        standby.End();

        (double auditS, string read) = Audit($"c-{_plan.Clicks - 1}");
        to.WriteLine($"| {_plan.Clicks:#,0} clicks in the windows of one partition | figure |");
        to.WriteLine("| --- | ---: |");
        to.WriteLine(Row("from the kill to the lease (session timeout and assignment)", Seconds(killed, leased)));
        to.WriteLine(Row("from the lease to the first verdict", firstS));
        to.WriteLine(Row("CPU time of the new owner meanwhile", rebuildCpuS));
        to.WriteLine(Row("from the lease until what had come meanwhile was decided", caughtUpS));
        to.WriteLine(Row($"`engine audit` of the last click ({read})", auditS));
        to.WriteLine($"| peak memory of the new owner | {peakMb:0} MB |");
    }

    private (double Seconds, string Read) Audit(string click)
    {
        long since = _clock.GetTimestamp();
        var start = new ProcessStartInfo(
            _plan.EngineOf("engine")!,
            [
                "audit",
                click,
                "--config",
                Path.Combine(_plan.Root, "bench", "EndToEnd", "engine.yaml"),
                "--kafka",
                _broker.Address,
                "--redis",
                $"127.0.0.1:{_store.Port}",
                "--group",
                Group,
            ]
        )
        {
            RedirectStandardOutput = true,
        };
        using Process audit = Process.Start(start)!;
        string output = audit.StandardOutput.ReadToEnd();
        audit.WaitForExit();
        double seconds = _clock.GetElapsedTime(since).TotalSeconds;
        return audit.ExitCode == 0
            ? (
                seconds,
                output.Split('\n').First(line => line.StartsWith("read ", StringComparison.Ordinal))[4..].Trim()
            )
            : throw new InvalidOperationException($"engine audit ended with exit code {audit.ExitCode}:\n{output}");
    }

    private Contestant Start() =>
        new(_plan, "engine", _broker.Address, Topics.Interactions, _store.Port, _folder, Group);

    private long ProgressOffset() => _store.Progress(Group, 0);

    private string? Owner() => _store.Get($"owner:{Group}:{{interactions-0}}");

    private double Seconds(long from, long to) => _clock.GetElapsedTime(from, to).TotalSeconds;

    private static string Row(string what, double seconds) =>
        string.Create(CultureInfo.InvariantCulture, $"| {what} | {seconds:0.0} s |");

    private void Until(string what, Func<bool> holds) => Waiting.Until(what, holds, Within, _clock);

    public void Dispose()
    {
        _store.Dispose();
        _broker.Dispose();
        _pause.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
