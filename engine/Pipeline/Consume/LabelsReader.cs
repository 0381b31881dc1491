using Confluent.Kafka;
using Engine.Contracts;
using Engine.Pipeline.Decode;
using Engine.Pipeline.Deliver;
using Engine.Pipeline.History;

namespace Engine.Pipeline.Consume;

/// <summary>
/// Reads <c>labels</c> in full on a thread of its own into the process's histories: from the topic's beginning at each start, so that nothing
/// of them need be kept elsewhere. Every instance does, so each sends a bad label to <c>dead-letters</c>, once, under the same id.
/// </summary>
public sealed class LabelsReader : IDisposable
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5);

    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly KafkaOut _kafka;
    private readonly KafkaOut.Sender _sender = new();
    private readonly TimeProvider _clock;
    private readonly TopicPartition[] _partitions;
    private readonly long[] _next, _logTimes;
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;

    public LabelsReader(string brokers, Histories histories, KafkaOut kafka, TimeProvider clock)
    {
        (Intake, _kafka, _clock) = (new LabelIntake(histories), kafka, clock);
        _consumer = KafkaClients.Reader(brokers);
        int count = KafkaClients.Partitions(_consumer, Topics.Labels, AnswerWithin, clock);
        _partitions = [.. Enumerable.Range(0, count).Select(i => new TopicPartition(Topics.Labels, i))];
        (_next, _logTimes) = (new long[count], new long[count]);
        _thread = new Thread(Run) { Name = "labels", IsBackground = true };
    }

    /// <summary>What became of the labels so far, and the histories that they made.</summary>
    public LabelIntake Intake { get; }

    public void Start()
    {
        _consumer.Assign(_partitions.Select(partition => new TopicPartitionOffset(partition, Offset.Beginning)));
        _thread.Start();
    }

    /// <summary>Waits until everything that is in the topic now is in the histories; false if that takes longer than it may.</summary>
    public bool CatchUp(TimeSpan within)
    {
        long since = _clock.GetTimestamp();
        for (int i = 0; i < _partitions.Length; i++)
        {
            WatermarkOffsets ends = KafkaClients.Ends(_consumer, _partitions[i], AnswerWithin, _clock);
            while (ends.High.Value > ends.Low.Value && Volatile.Read(ref _next[i]) < ends.High.Value)
            {
                if (_clock.GetElapsedTime(since) > within || _stop.IsCancellationRequested) return false;
                _stop.Token.WaitHandle.WaitOne(5);
            }
        }
        return true;
    }

    private void Run()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                ConsumeResult<byte[], byte[]>? record = _consumer.Consume(TimeSpan.FromMilliseconds(100));
                if (record == null) continue;
                if (!record.IsPartitionEOF) Take(record);
                Volatile.Write(ref _next[record.Partition.Value], record.IsPartitionEOF ? record.Offset.Value : record.Offset.Value + 1);
            }
            catch (KafkaException e) when (!e.Error.IsFatal)
            {
                _stop.Token.WaitHandle.WaitOne(200);
            }
        }
    }

    private void Take(ConsumeResult<byte[], byte[]> record)
    {
        int partition = record.Partition.Value;
        _logTimes[partition] = Math.Max(_logTimes[partition], record.Message.Timestamp.UnixTimestampMs);
        DecodeError error = Intake.Take(record.Message, _logTimes[partition]);
        if (!error.IsError) return;
        Headers headers = record.Message.Headers ?? [];
        DeadLetters.AddHeaders(headers, error.Reason, error.Detail ?? "", Topics.Labels, partition, record.Offset.Value);
        _kafka.SendOwn(_sender, Topics.DeadLetters, record.Message.Key, record.Message.Value, $"{RedisKeys.Partition(Topics.Labels, partition)}-{record.Offset.Value}-0", headers);
    }

    public void Dispose()
    {
        _stop.Cancel();
        if (_thread.IsAlive) _thread.Join();
        _consumer.Dispose();
        _stop.Dispose();
    }
}
