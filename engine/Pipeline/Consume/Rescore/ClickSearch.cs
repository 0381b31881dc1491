using System.Text;
using Confluent.Kafka;
using Engine.Contracts;
using Engine.Partitions.Kafka;
using Engine.Pipeline.Consume.Labels;
using Engine.Pipeline.Consume.Librdkafka;
using Engine.Pipeline.Consume.Logs;

namespace Engine.Pipeline.Consume.Rescore;

/// <summary>A click's place in <c>interactions</c>.</summary>
/// <param name="Timestamp">The record's timestamp, ms.</param>
public readonly record struct FoundClick(int Partition, long Offset, long Timestamp);

/// <summary>Finds single clicks in the log. Not thread-safe.</summary>
public sealed unsafe class ClickSearch(KafkaTarget kafka) : IDisposable
{
    /// <summary>Progress is reported after this many records.</summary>
    private const int ReportEvery = 1_000_000;

    private readonly IConsumer<byte[], byte[]> _consumer = KafkaClients.Reader(kafka);
    private readonly ClickReader _clicks = new(kafka);

    /// <summary>The number of partitions of the log.</summary>
    public int Partitions =>
        KafkaClients.Partitions(_consumer, Topics.Interactions, PartitionScan.AnswerWithin, TimeProvider.System);

    /// <summary>The click at a place; null if the log no longer has it, or if it isn't that click.</summary>
    public FoundClick? At(int partition, long offset, string click)
    {
        var place = new TopicPartition(Topics.Interactions, partition);
        WatermarkOffsets ends = KafkaClients.Ends(_consumer, place, PartitionScan.AnswerWithin, TimeProvider.System);
        return offset < ends.Low || offset >= ends.High || _clicks.Read(partition, offset, click) == null
            ? null
            : PartitionScan.Read(_consumer, place, offset, offset + 1).Select(PlaceOf).FirstOrDefault();
    }

    /// <summary>The first click with an id in a partition; null if there is none.</summary>
    /// <param name="report">Receives the number of records read so far, every now and then.</param>
    public FoundClick? Find(int partition, string click, Action<long> report, CancellationToken cancel)
    {
        byte[] id = Encoding.ASCII.GetBytes(click);
        long read = 0;
        var place = new TopicPartition(Topics.Interactions, partition);
        WatermarkOffsets ends = KafkaClients.Ends(_consumer, place, PartitionScan.AnswerWithin, TimeProvider.System);
        using var scan = new MessageScan(_consumer, place, ends.Low.Value, ends.High.Value);
        while (scan.TryNext(out LibrdkafkaNative.Message* message))
        {
            cancel.ThrowIfCancellationRequested();
            if (++read % ReportEvery == 0)
            {
                report(read);
            }

            if (
                new ReadOnlySpan<byte>(message->Payload, (int)message->Length).IndexOf(id) >= 0
                && _clicks.Read(partition, message->Offset, click) != null
            )
            {
                return new FoundClick(partition, message->Offset, LibrdkafkaNative.MessageTimestamp(message, out _));
            }
        }

        return null;
    }

    public void Dispose()
    {
        _clicks.Dispose();
        _consumer.Dispose();
    }

    private static FoundClick PlaceOf(ConsumeResult<byte[], byte[]> record) =>
        new(record.Partition.Value, record.Offset.Value, record.Message.Timestamp.UnixTimestampMs);
}
