using System.Globalization;
using Confluent.Kafka;
using Engine.Client;
using Engine.Client.Provisioning;
using Engine.Contracts;

namespace Bench.EndToEnd;

/// <summary>Measures what hostile producers cost: for each kind of hostility the same number of events beside honest
/// ones, in turns; and what clicks of other partitions wait while one partition is flooded.</summary>
internal sealed class Hostility : IDisposable
{
    private const string Honest = "honest",
        Group = "hostility";
    private const int HonestPerSecond = 1_000,
        HonestSeconds = 30;
    private static readonly TimeSpan Within = TimeSpan.FromMinutes(6);

    private readonly Plan _plan;
    private readonly TimeProvider _clock = TimeProvider.System;
    private readonly string _folder = Directory.CreateTempSubdirectory("engine-bench-").FullName;
    private readonly Broker _broker;
    private readonly ManualResetEventSlim _pause = new();

    public Hostility(Plan plan)
    {
        _plan = plan;
        _broker = new Broker(plan.KafkaTool, _folder);
    }

    public void Run(TextWriter to)
    {
        Measure(Honest); // the first run finds the broker cold, so it doesn't count
        to.WriteLine($"| {_plan.Clicks:#,0} events | clicks/s | of honest | CPU µs/click | of honest | peak MB |");
        to.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: |");
        foreach (string kind in HostileClicks.Kinds)
        {
            Figure honest = Measure(Honest),
                hostile = Measure(kind);
            Write(to, "honest, before the next", honest, honest);
            Write(to, kind, hostile, honest);
        }

        to.WriteLine();
        to.WriteLine($"| {HonestPerSecond:#,0} honest clicks/s on other partitions | p50 ms | p99 | max |");
        to.WriteLine("| --- | ---: | ---: | ---: |");
        Write(to, "alone", Latency(isFlooded: false));
        Write(to, "while one partition is flooded", Latency(isFlooded: true));
    }

    private static void Write(TextWriter to, string kind, Figure figure, Figure honest) =>
        to.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {kind} | {figure.PerSecond:#,0} | {figure.PerSecond / honest.PerSecond:0.00} | "
                    + $"{figure.CpuUs:0.00} | {figure.CpuUs / honest.CpuUs:0.00} | {figure.PeakMb:0} |"
            )
        );

    private static void Write(TextWriter to, string what, double[] times) =>
        to.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {what} | {times[times.Length / 2]:0} | {times[(int)(times.Length * 0.99)]:0} | {times[^1]:0} |"
            )
        );

    /// <summary>Measures from the first commit of progress until it covers everything.</summary>
    private Figure Measure(string kind)
    {
        MakeTopics();
        Send(Topics.Settings, kind == HostileClicks.Settings ? [] : HostileClicks.SettingsOf(kind));
        Send(Topics.Interactions, Events(kind, _plan.Clicks));
        using var store = new Store("redis", _plan.Root, _folder);
        using Contestant engine = Start(store);
        Until("the engine begins", () => Progress(store) > 0);
        Task meanwhile = Task.Run(() =>
            Send(Topics.Settings, kind == HostileClicks.Settings ? HostileClicks.SettingsOf(kind) : [])
        );
        long since = _clock.GetTimestamp(),
            before = Progress(store);
        double cpuUs = engine.CpuUs;
        Until($"everything is decided ({kind})", () =>
        {
            engine.CheckAlive();
            return Progress(store) >= _plan.Clicks;
        });
        double seconds = _clock.GetElapsedTime(since).TotalSeconds;
        meanwhile.GetAwaiter().GetResult();
        long clicks = _plan.Clicks - before;
        var figure = new Figure(clicks / seconds, (engine.CpuUs - cpuUs) / clicks, engine.PeakMb);
        Console.Error.WriteLine($"bench: {kind}: {figure}");
        engine.End();
        return figure;
    }

    /// <summary>The times from sending honest clicks until their verdicts are found, ms, in order. The flood is on one
    /// partition, and the honest clicks are on the others.</summary>
    private double[] Latency(bool isFlooded)
    {
        MakeTopics();
        using var store = new Store("redis", _plan.Root, _folder);
        using Contestant engine = Start(store);
        engine.HttpAddress(Within);
        _pause.Wait(TimeSpan.FromSeconds(5));
        Task flood = Task.Run(() =>
            Send(Topics.Interactions, isFlooded ? Events(HostileClicks.OneKey, _plan.Clicks) : [])
        );
        int flooded = PartitionOf(HostileClicks.Make(HostileClicks.OneKey, 0, 0).Key);
        using IProducer<byte[], byte[]> producer = Clicks.Producer(_broker.Address, lingerMs: 1);
        var waiting = new List<(string Key, long At)>();
        var times = new List<double>();
        long since = _clock.GetTimestamp();
        for (int i = 0; i < HonestPerSecond * HonestSeconds || waiting.Count > 0;)
        {
            if (_clock.GetElapsedTime(since) > Within)
            {
                throw new TimeoutException($"{waiting.Count} verdicts never arrived");
            }

            for (
                double due = Math.Min(_clock.GetElapsedTime(since).TotalSeconds, HonestSeconds) * HonestPerSecond;
                i < due;
                i++
            )
            {
                Message<byte[], byte[]> click = HostileClicks.Make(
                    Honest,
                    i,
                    _clock.GetUtcNow().ToUnixTimeMilliseconds() - i / HostileClicks.PerMillisecond
                );
                if (PartitionOf(click.Key) == flooded)
                {
                    continue;
                }

                producer.Produce(Topics.Interactions, click);
                if (i % 10 == 0)
                {
                    waiting.Add(($"verdict:h-{i}", _clock.GetTimestamp()));
                }
            }

            bool[] there = store.Exist([.. waiting.Select(one => one.Key)]);
            for (int at = there.Length - 1; at >= 0; at--)
            {
                if (there[at])
                {
                    times.Add(_clock.GetElapsedTime(waiting[at].At).TotalMilliseconds);
                    waiting.RemoveAt(at);
                }
            }

            _pause.Wait(1);
        }

        flood.GetAwaiter().GetResult();
        engine.End();
        times.Sort();
        return [.. times];
    }

    private IEnumerable<Message<byte[], byte[]>> Events(string kind, int count)
    {
        long start = _clock.GetUtcNow().ToUnixTimeMilliseconds() - count / HostileClicks.PerMillisecond;
        return Enumerable.Range(0, count).Select(number => HostileClicks.Make(kind, number, start));
    }

    private void Send(string topic, IEnumerable<Message<byte[], byte[]>> messages)
    {
        using IProducer<byte[], byte[]> producer = Clicks.Producer(_broker.Address, lingerMs: 10);
        foreach (Message<byte[], byte[]> message in messages)
        {
            Clicks.Produce(producer, topic, message);
        }

        producer.Flush(TimeSpan.FromMinutes(2));
    }

    /// <summary>Creates empty topics. All others are deleted, so that no run reads what an earlier one wrote.</summary>
    private void MakeTopics()
    {
        using IAdminClient admin = new AdminClientBuilder(
            new AdminClientConfig { BootstrapServers = _broker.Address }
        ).Build();
        string[] Existing() =>
            [
                .. admin
                    .GetMetadata(TimeSpan.FromSeconds(10))
                    .Topics.Select(topic => topic.Topic)
                    .Where(topic => !topic.StartsWith("__", StringComparison.Ordinal)),
            ];
        if (Existing() is { Length: > 0 } existing)
        {
            admin.DeleteTopicsAsync(existing).GetAwaiter().GetResult();
            Until("the topics are gone", () => Existing().Length == 0);
        }

        new TopicProvisioner(_broker.Address)
            .EnsureAsync([Topics.Interactions, Topics.Settings], TopicTimestamps.CreateTime)
            .GetAwaiter()
            .GetResult();
    }

    private Contestant Start(Store store) =>
        new(_plan, "engine", _broker.Address, Topics.Interactions, store.Port, _folder, Group);

    private static long Progress(Store store) =>
        Enumerable.Range(0, TopicProvisioner.DefaultPartitions).Sum(partition => store.Progress(Group, partition));

    private static int PartitionOf(byte[] key) => Murmur2.Partition(key, TopicProvisioner.DefaultPartitions);

    private void Until(string what, Func<bool> holds) => Waiting.Until(what, holds, Within, _clock);

    public void Dispose()
    {
        _broker.Dispose();
        _pause.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private sealed record Figure(double PerSecond, double CpuUs, double PeakMb);
}
