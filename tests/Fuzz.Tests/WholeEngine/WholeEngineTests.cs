using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Confluent.Kafka;
using Engine.App.Embedded;
using Engine.Contracts;
using Engine.Workflows;
using Tests.Support;
using Xunit;

namespace Fuzz.Tests.WholeEngine;

/// <summary>Hostile producers of all topics against a running engine. <c>make fuzz ENGINE=200000</c> sends more, to a
/// real broker.</summary>
public sealed class WholeEngineTests
{
    /// <summary>Seconds, also on a busy machine, and little enough for the embedded broker, which keeps 5 MiB of each
    /// partition.</summary>
    private const long DefaultRecords = 4_000;

    /// <summary>What the engine may need at most: tables at their bounds, the runtime, models and buffers.</summary>
    private const long MaxPeakMb = 1_024;

    private static readonly TimeSpan Within = TimeSpan.FromMinutes(20);

    [Fact]
    public async Task Every_record_has_an_outcome_and_honest_clicks_are_decided()
    {
        long records = Variable("FUZZ_ENGINE", DefaultRecords);
        bool isLong = records > DefaultRecords;
        Assert.SkipWhen(isLong && !LiveBroker.IsThere, "needs a real Kafka: set KAFKA_BOOTSTRAP or KAFKA_TOOL");
        await using LiveBroker? broker = isLong ? await LiveBroker.StartAsync() : null;
        using EmbeddedKafka? embedded = isLong
            ? null
            : new EmbeddedKafka(
                4,
                [Topics.Interactions, Topics.Labels, .. WorkflowModules.All.Select(module => module.Topic)]
            );
        string brokers = broker?.Brokers ?? embedded!.Brokers;
        using EmbeddedRedis server = EmbeddedRedis.Start(TimeProvider.System);
        await using var redis = new LiveAddress(server.Address);
        using var folder = new LiveFolder();
        using var log = new LiveLog(brokers);

        if (isLong)
        {
            await MakeTopicsAsync(log);
        }

        // Some is there when it starts, and the rest comes while it runs.
        Send(brokers, 0, records / 2);
        await using LiveProcess engine = Start(folder, brokers, server.Address);
        Task<long> memory = PeakMbAsync(engine.Id);
        Send(brokers, records / 2, records);
        int exitCode = await engine.ExitAsync(Within);
        long peakMb = await memory;

        Assert.True(exitCode == 0, $"exit code {exitCode}\n{engine.Error}\n{engine.Out}");
        Assert.StartsWith("Ended: nothing left to do.", engine.Out);
        Tell(engine.Out + $"\npeak memory {peakMb} MB");
        new Accounts(log, engine.Out, engine.Error).Balance();
        Assert.Equal(
            Enumerable.Range(0, (int)records).Count(number => HostileRecords.IsHonest(number)),
            redis.Keys("verdict:honest-").Count
        );
        Assert.True(peakMb <= MaxPeakMb, $"the engine's memory was {peakMb} MB");
    }

    /// <summary>Creates the topics that records are sent to. The embedded broker has them.</summary>
    private static async Task MakeTopicsAsync(LiveLog log)
    {
        foreach (string topic in HostileRecords.AllTopics)
        {
            await log.MakeTopicAsync(topic, topic == Topics.Settings ? 1 : 4);
        }
    }

    private static LiveProcess Start(LiveFolder folder, string brokers, string redis)
    {
        string configs = Path.Combine(SharedData.Repository, "configs"),
            artifacts = Path.Combine(SharedData.Repository, "models", "Artifacts"),
            yaml = folder.Write(
                "engine.yaml",
                $$"""
                settings: {{SharedData.Settings}}
                files: [{{Path.Combine(configs, "lists")}}, {{artifacts}}]
                topics: { timestamps: create }
                """
            );
        string[] arguments = ["--kafka", brokers, "--redis", redis, "--config", yaml, "--http", "127.0.0.1:0"];
        return LiveProcess.Start(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "engine.dll"), "run", .. arguments, "--until-idle", "4"]
        );
    }

    /// <summary>Sends the records, and waits until the broker has them.</summary>
    private static void Send(string brokers, long first, long end)
    {
        using IProducer<byte[], byte[]> producer = new ProducerBuilder<byte[], byte[]>(
            new ProducerConfig
            {
                BootstrapServers = brokers,
                Partitioner = Partitioner.Murmur2Random,
                EnableDeliveryReports = false,
            }
        ).SetLogHandler((_, _) => { }).Build();
        using var hostile = new HostileRecords((ulong)Variable("FUZZ_SEED", 1), LiveEvents.Now);
        for (long number = first; number < end; number++)
        {
            (string topic, Message<byte[], byte[]> message) = hostile.Make(number);
            while (true)
            {
                try
                {
                    producer.Produce(topic, message);
                    break;
                }
                catch (ProduceException<byte[], byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
                {
                    producer.Poll(TimeSpan.FromMilliseconds(5));
                }
            }
        }

        Assert.Equal(0, producer.Flush(Within));
    }

    /// <summary>The peak of a process's memory until it ends; 0 where the system doesn't tell.</summary>
    private static async Task<long> PeakMbAsync(int process)
    {
        long peakKb = 0;
        try
        {
            while (true)
            {
                string status = await File.ReadAllTextAsync($"/proc/{process}/status");
                Match peak = Regex.Match(status, @"VmHWM:\s*(\d+)");
                if (!peak.Success)
                {
                    break;
                }

                peakKb = long.Parse(peak.Groups[1].Value, CultureInfo.InvariantCulture);
                await Task.Delay(50);
            }
        }
        catch (IOException)
        {
            // It has ended.
        }

        return peakKb / 1024;
    }

    private static void Tell(string text)
    {
        if (Environment.GetEnvironmentVariable("FUZZ_ENGINE") != null)
        {
            Console.Error.WriteLine(text);
        }
    }

    private static long Variable(string name, long otherwise) =>
        long.TryParse(Environment.GetEnvironmentVariable(name), out long value) ? value : otherwise;

    /// <summary>Compares what the engine says it read with the log and with the dead letters.</summary>
    private sealed class Accounts(LiveLog log, string summary, string errors)
    {
        private readonly ILookup<string, ConsumeResult<byte[], byte[]>> _letters = log.ReadAll(Topics.DeadLetters)
            .ToLookup(letter => LastHeader(letter, "error.topic")!);

        public void Balance()
        {
            List<ConsumeResult<byte[], byte[]>> clicks = log.ReadAll(Topics.Interactions);
            Assert.Equal(clicks.Count(record => !IsTick(record)), Number("without ticks: "));
            Assert.Equal(Number("  dead letters "), LettersOf(clicks));
            foreach (string topic in WorkflowModules.All.Select(module => module.Topic))
            {
                List<ConsumeResult<byte[], byte[]>> events = log.ReadAll(topic);
                Match told = Regex.Match(
                    summary,
                    $"Records of {topic}: ([0-9,]+); decided ([0-9,]+), duplicates ([0-9,]+), dead letters ([0-9,]+)"
                );
                long[] counts = [.. told.Groups.Values.Skip(1).Select(count => Long(count.Value))];
                Assert.Equal(events.Count(record => !Tick.Is(record.Message.Value)), counts[0]);
                Assert.Equal(counts[0], counts[1] + counts[2] + counts[3]);
                Assert.Equal(counts[3], LettersOf(events));
            }

            LettersOf(log.ReadAll(Topics.Labels));
            Assert.Equal(Regex.Count(errors, "settings offset [0-9]+: "), LettersOf(log.ReadAll(Topics.Settings)));
        }

        /// <summary>Counts a topic's dead letters, each of a record of its own, which it still is.</summary>
        private int LettersOf(List<ConsumeResult<byte[], byte[]>> records)
        {
            if (records.Count == 0)
            {
                return 0;
            }

            Dictionary<string, byte[]?> values = records.ToDictionary(
                record =>
                    string.Create(CultureInfo.InvariantCulture, $"{record.Partition.Value} {record.Offset.Value}"),
                record => (byte[]?)record.Message.Value
            );
            ConsumeResult<byte[], byte[]>[] letters = [.. _letters[records[0].Topic]];
            foreach (ConsumeResult<byte[], byte[]> letter in letters)
            {
                string place = $"{LastHeader(letter, "error.partition")} {LastHeader(letter, "error.offset")}";
                Assert.True(values.Remove(place, out byte[]? value), $"a second dead letter, or of no record: {place}");
                Assert.Equal(value, letter.Message.Value);
            }

            return letters.Length;
        }

        private long Number(string behind)
        {
            Match match = Regex.Match(summary, Regex.Escape(behind) + @"\s*([\d,]+)");
            Assert.True(match.Success, $"'{behind}' isn't in {summary}");
            return Long(match.Groups[1].Value);
        }

        /// <summary>Of interactions, a tick whose timestamp isn't accepted is a dead letter.</summary>
        private static bool IsTick(ConsumeResult<byte[], byte[]> record) =>
            Tick.Is(record.Message.Value) && RecordTime.IsAccepted(record.Message.Timestamp.UnixTimestampMs);

        private static long Long(string number) =>
            long.Parse(number, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

        /// <summary>A hostile record may have a header of the same name; the engine's comes last.</summary>
        private static string? LastHeader(ConsumeResult<byte[], byte[]> letter, string name) =>
            letter.Message.Headers.TryGetLastBytes(name, out byte[] value) ? Encoding.UTF8.GetString(value) : null;
    }
}
