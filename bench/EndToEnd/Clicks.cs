using System.Globalization;
using System.Text;
using Confluent.Kafka;

namespace Bench.EndToEnd;

/// <summary>Clicks of about 460 bytes without paths, like those of peers' benchmarks: 200,000 visitors on 60,000
/// addresses in 8,000 networks, 500 publishers and 300 campaigns, with Zipf distributions. The same seed gives the same
/// clicks, except for their times, which end at the time of sending.</summary>
internal sealed class Clicks(TimeProvider clock)
{
    private const int Visitors = 200_000,
        Addresses = 60_000,
        Networks = 8_000,
        Publishers = 500,
        Campaigns = 300,
        PerMillisecond = 20;

    private static readonly string[] Agents =
    [
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 "
            + "Safari/537.36",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 "
            + "Safari/605.1.15",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile "
            + "Safari/537.36",
    ];

    private readonly Random _random = new(7);

    /// <summary>Sends a number of clicks as fast as the broker accepts them.</summary>
    public void Send(string kafka, string topic, int count)
    {
        using IProducer<byte[], byte[]> producer = Producer(kafka, lingerMs: 10);
        long start = clock.GetUtcNow().ToUnixTimeMilliseconds() - count / PerMillisecond;
        for (int i = 0; i < count; i++)
        {
            Send(producer, topic, $"c-{i}", start + i / PerMillisecond);
        }

        producer.Flush(TimeSpan.FromMinutes(2));
    }

    /// <summary>Sends clicks at a rate per second. Reports every hundredth one and the time when it was sent.</summary>
    /// <param name="ids">The prefix of their ids. It must be new, or verdicts of earlier clicks would exist.</param>
    public void Send(string kafka, string topic, string ids, int count, int rate, Action<string, long> sent)
    {
        using IProducer<byte[], byte[]> producer = Producer(kafka, lingerMs: 1);
        using var pause = new ManualResetEventSlim();
        long since = clock.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            while (clock.GetElapsedTime(since).TotalSeconds * rate < i)
            {
                pause.Wait(1);
            }

            long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            string id = $"{ids}-{i}";
            Send(producer, topic, id, now);
            if (i % 100 == 0)
            {
                sent(id, now);
            }
        }
        producer.Flush(TimeSpan.FromMinutes(1));
    }

    /// <summary>As <see cref="Send(string, string, string, int, int, Action{string, long})"/>, and reports where in the
    /// log they lie.</summary>
    public void SendAt(
        string kafka,
        string topic,
        string ids,
        int count,
        int rate,
        Action<TopicPartitionOffset, long> sent
    )
    {
        using IProducer<byte[], byte[]> producer = Producer(kafka, lingerMs: 1, reports: true);
        using var pause = new ManualResetEventSlim();
        long since = clock.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            while (clock.GetElapsedTime(since).TotalSeconds * rate < i)
            {
                pause.Wait(1);
            }

            long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            Send(
                producer,
                topic,
                $"{ids}-{i}",
                now,
                i % 100 == 0 ? report => sent(report.TopicPartitionOffset, now) : null
            );
        }

        producer.Flush(TimeSpan.FromMinutes(1));
    }

    /// <param name="reports">Whether messages may ask where they lie.</param>
    public static IProducer<byte[], byte[]> Producer(string kafka, double lingerMs, bool reports = false) =>
        new ProducerBuilder<byte[], byte[]>(
            new ProducerConfig
            {
                BootstrapServers = kafka,
                Partitioner = Partitioner.Murmur2Random,
                LingerMs = lingerMs,
                BatchSize = 256 * 1024,
                QueueBufferingMaxMessages = 200_000,
                EnableDeliveryReports = reports,
            }
        ).Build();

    private void Send(
        IProducer<byte[], byte[]> producer,
        string topic,
        string id,
        long time,
        Action<DeliveryReport<byte[], byte[]>>? report = null
    )
    {
        int visitor = Zipf(Visitors, 2.2),
            address = (int)(visitor * 7_919L % Addresses),
            network = address % Networks,
            publisher = Zipf(Publishers, 2),
            campaign = Zipf(Campaigns, 2);
        string net = string.Create(
            CultureInfo.InvariantCulture,
            $"{23 + network / 2000}.{network / 50 % 40 * 6}.{network % 50 * 5}."
        );
        string json = string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"type\":\"click\",\"id\":\"{id}\",\"time\":{time}"
                + $",\"ip\":\"{net}{10 + 23 * (address / Networks)}\",\"ua\":\"{Agents[visitor % Agents.Length]}\""
                + $",\"visitor\":\"v-{visitor}\",\"publisher\":\"pub-{publisher}\",\"placement\":\"top\""
                + $",\"campaign\":\"cmp-{campaign}\",\"advertiser\":\"adv-{campaign % 90}\""
                + $",\"cost_micros\":{50_000 + 10_000 * _random.Next(60)}"
                + $",\"page\":\"https://p{publisher}.example/a/{_random.Next(1000)}\""
                + $",\"referrer\":\"\",\"target\":\"https://s{campaign % 90}.example/p/{campaign}\""
                + $",\"pointer\":\"mouse\",\"x\":{_random.Next(1280)},\"y\":{_random.Next(720)}"
                + $",\"viewport\":[1280,720]}}"
        );
        var message = new Message<byte[], byte[]>
        {
            Key = Encoding.ASCII.GetBytes(net + "0/24"),
            Value = Encoding.ASCII.GetBytes(json),
            Timestamp = new Timestamp(time, TimestampType.CreateTime),
        };
        Produce(producer, topic, message, report);
    }

    /// <summary>Sends a message, waiting while the client's queue is full.</summary>
    public static void Produce(
        IProducer<byte[], byte[]> producer,
        string topic,
        Message<byte[], byte[]> message,
        Action<DeliveryReport<byte[], byte[]>>? report = null
    )
    {
        while (true)
        {
            try
            {
                producer.Produce(topic, message, report);
                return;
            }
            catch (ProduceException<byte[], byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                producer.Poll(TimeSpan.FromMilliseconds(5));
            }
        }
    }

    private int Zipf(int size, double exponent) => (int)(size * Math.Pow(_random.NextDouble(), exponent));
}
