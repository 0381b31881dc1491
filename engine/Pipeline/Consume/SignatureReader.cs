using Confluent.Kafka;
using Engine.Contracts;
using Engine.Pipeline.Replay;

namespace Engine.Pipeline.Consume;

/// <summary>
/// Reads <c>path-signatures</c> in full on a thread of its own into the process's replay index, so that a replay is found wherever it lands
/// and a restart fills the index again. What this process wrote itself comes back, and is known by its place in the log.
/// </summary>
public sealed class SignatureReader : IDisposable
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5);

    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly ReplayIndex _index;
    private readonly TimeProvider _clock;
    private readonly TopicPartition[] _partitions;
    private readonly long[] _next;
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private long _unreadable;

    public SignatureReader(KafkaTarget kafka, string prefix, ReplayIndex index, TimeProvider clock)
    {
        (_index, _clock) = (index, clock);
        _consumer = KafkaClients.Reader(kafka);
        string topic = prefix + Topics.PathSignatures;
        int count = KafkaClients.Partitions(_consumer, topic, AnswerWithin, clock);
        _partitions = [.. Enumerable.Range(0, count).Select(i => new TopicPartition(topic, i))];
        _next = new long[count];
        _thread = new Thread(Run) { Name = "signatures", IsBackground = true };
    }

    /// <summary>Records that were no signatures.</summary>
    public long Unreadable => Interlocked.Read(ref _unreadable);

    public void Start()
    {
        _consumer.Assign(_partitions.Select(partition => new TopicPartitionOffset(partition, Offset.Beginning)));
        _thread.Start();
    }

    /// <summary>Waits until everything that is in the topic now is in the index; false if that takes longer than it may.</summary>
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
                if (!record.IsPartitionEOF) Take(record.Message);
                Volatile.Write(ref _next[record.Partition.Value], record.IsPartitionEOF ? record.Offset.Value : record.Offset.Value + 1);
            }
            catch (KafkaException e) when (!e.Error.IsFatal)
            {
                _stop.Token.WaitHandle.WaitOne(200);
            }
        }
    }

    private void Take(Message<byte[], byte[]> message)
    {
        if (message.Key is { Length: >= 1 and <= EventLimits.MaxIdentifierBytes } click && message.Value is { } value
            && SignatureRecord.TryRead(value, out PathSignature signature, out long logTime, out int partition, out long offset))
            _index.Insert(signature, click, logTime, partition, offset);
        else Interlocked.Increment(ref _unreadable);
    }

    public void Dispose()
    {
        _stop.Cancel();
        if (_thread.IsAlive) _thread.Join();
        _consumer.Dispose();
        _stop.Dispose();
    }
}
