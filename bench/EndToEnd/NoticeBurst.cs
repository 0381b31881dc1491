using System.Globalization;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Engine.Client.Provisioning;
using Engine.Contracts;

namespace Bench.EndToEnd;

/// <summary>Measures how late notices to absent invitees are appended that all fall due within one second: the broker's
/// timestamp of each notice, against its due time.</summary>
internal sealed class NoticeBurst : IDisposable
{
    private const string Rule = "default";

    private static readonly TimeSpan Within = TimeSpan.FromMinutes(3),
        Quiet = TimeSpan.FromSeconds(5);

    private readonly Plan _plan;
    private readonly TimeProvider _clock = TimeProvider.System;
    private readonly string _folder = Directory.CreateTempSubdirectory("engine-bench-").FullName;
    private readonly Broker _broker;
    private readonly Store _store;

    public NoticeBurst(Plan plan)
    {
        _plan = plan;
        _broker = new Broker(plan.KafkaTool, _folder);
        _store = new Store("redis", plan.Root, _folder);
    }

    /// <param name="notices">How many notices fall due.</param>
    /// <param name="invitees">How many invitees a meeting has.</param>
    /// <param name="kills">How often the engine is killed, and started again, from a second before the burst
    /// on.</param>
    public async Task RunAsync(int notices, int invitees, int kills, TextWriter to)
    {
        await new TopicProvisioner(_broker.Address)
            .EnsureAsync([Topics.Interactions, Topics.Meetings, Topics.Settings], TopicTimestamps.LogAppendTime)
            .ConfigureAwait(false);
        Contestant engine = Start();
        engine.HttpAddress(Within);
        using IProducer<byte[], byte[]> producer = Clicks.Producer(_broker.Address, lingerMs: 5);
        await producer
            .ProduceAsync(Topics.Settings, Record($"meeting-rule/{Rule}", """{"after_s":0}"""))
            .ConfigureAwait(false);
        long begins = Now + 45_000 + notices / 4;
        for (int meeting = 0; meeting < notices / invitees; meeting++)
        {
            while (!TryProduce(producer, meeting, invitees, begins))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), _clock).ConfigureAwait(false);
            }
        }

        producer.Flush(Within);
        await to.WriteLineAsync($"{(begins - Now) / 1000} s left when all meetings were sent").ConfigureAwait(false);
        double cpuBefore = engine.CpuUs;
        await Task.Delay(TimeSpan.FromMilliseconds(begins - 1000 - Now), _clock).ConfigureAwait(false);
        double cpuWaiting = engine.CpuUs - cpuBefore;
        for (int i = 0; i < kills; i++)
        {
            engine.Kill();
            engine.Dispose();
            engine = Start();
            await Task.Delay(TimeSpan.FromSeconds(2), _clock).ConfigureAwait(false);
        }

        (double[] late, int repeated) = Read(notices);
        engine.CheckAlive();
        Array.Sort(late);
        await to.WriteLineAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{late.Length} of {notices} notices ({invitees} invitees a meeting, {kills} kills): p50 "
                        + $"{At(late, 0.5):F0} ms, p99 {At(late, 0.99):F0} ms, latest {late[^1]:F0} ms; {repeated} "
                        + $"appended twice; CPU before {cpuWaiting / 1e6:F1} s, in all {engine.CpuUs / 1e6:F1} s, "
                        + $"{engine.PeakMb:F0} MB"
                )
            )
            .ConfigureAwait(false);
        engine.Dispose();
    }

    public void Dispose()
    {
        _store.Dispose();
        _broker.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private long Now => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    private Contestant Start() =>
        new(_plan, "engine", _broker.Address, Topics.Meetings, _store.Port, _folder, "notices");

    private bool TryProduce(IProducer<byte[], byte[]> producer, int meeting, int invitees, long begins)
    {
        // Starts, and within a meeting graces, spread the notices over the second.
        long start = begins + meeting * 7919L % 1000;
        string all = string.Join(
            ',',
            Enumerable
                .Range(0, invitees)
                .Select(p => $$"""{"person":"p-{{p}}","channels":[{"email":"p{{p}}@corp.example"}]}""")
        );
        try
        {
            producer.Produce(
                Topics.Meetings,
                Record(
                    $"m-{meeting}",
                    $$"""{"type":"meeting-scheduled","id":"e-{{meeting}}","time":{{Now}},"meeting":"m-{{meeting}}","title":"Meeting","start":{{start}},"rules":["{{Rule}}"],"invitees":[{{all}}]}"""
                )
            );
            return true;
        }
        catch (ProduceException<byte[], byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
        {
            return false;
        }
    }

    private static Message<byte[], byte[]> Record(string key, string value) =>
        new() { Key = Encoding.UTF8.GetBytes(key), Value = Encoding.UTF8.GetBytes(value) };

    private (double[] Late, int Repeated) Read(int notices)
    {
        using IConsumer<byte[], byte[]> consumer = new ConsumerBuilder<byte[], byte[]>(
            new ConsumerConfig
            {
                BootstrapServers = _broker.Address,
                GroupId = "bench-reader",
                AutoOffsetReset = AutoOffsetReset.Earliest,
            }
        ).Build();
        consumer.Subscribe(Topics.Notifications);
        List<double> late = [];
        HashSet<string> seen = [];
        int repeated = 0;
        long since = _clock.GetTimestamp(),
            last = since;
        while (_clock.GetElapsedTime(since) < Within && (seen.Count < notices || _clock.GetElapsedTime(last) < Quiet))
        {
            if (consumer.Consume(TimeSpan.FromMilliseconds(200)) is not { } record)
            {
                continue;
            }

            last = _clock.GetTimestamp();
            using JsonDocument notice = JsonDocument.Parse(record.Message.Value);
            if (!seen.Add(Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes("id"))))
            {
                repeated++;
                continue;
            }

            late.Add(record.Message.Timestamp.UnixTimestampMs - notice.RootElement.GetProperty("due").GetInt64());
        }

        consumer.Close();
        return ([.. late], repeated);
    }

    private static double At(double[] sorted, double share) => sorted[(int)((sorted.Length - 1) * share)];
}
