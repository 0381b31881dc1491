using Confluent.Kafka;
using Engine.Partitions.Kafka;

namespace Engine.Pipeline.Consume.Logs;

/// <summary>Reads a topic in full from its beginning and then follows it, on its own thread: for topics that every
/// instance must know entirely. Passes the records of each partition in order, on that thread. Call <see cref="Start"/>
/// once; <see cref="CatchUp"/> may be called from any thread.</summary>
public sealed class TopicFollower : IDisposable
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5),
        PollFor = TimeSpan.FromMilliseconds(100),
        CaughtUpLookEvery = TimeSpan.FromMilliseconds(5),
        RetryAfter = TimeSpan.FromMilliseconds(200);

    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly Action<ConsumeResult<byte[], byte[]>> _take;
    private readonly TimeProvider _clock;
    private readonly TopicPartition[] _partitions;
    private readonly long[] _next;
    private readonly EndWatch? _ends;
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;

    /// <param name="take">Receives each record, with its partition and offset.</param>
    /// <param name="watchesEnd">Whether <see cref="Age"/> is needed, which takes a request about twice a second.</param>
    public TopicFollower(
        KafkaTarget kafka,
        string topic,
        Action<ConsumeResult<byte[], byte[]>> take,
        TimeProvider clock,
        bool watchesEnd = false
    )
    {
        (_take, _clock) = (take, clock);
        _consumer = KafkaClients.Reader(kafka);
        int count = KafkaClients.Partitions(_consumer, topic, AnswerWithin, clock);
        _partitions = [.. Enumerable.Range(0, count).Select(i => new TopicPartition(topic, i))];
        _next = new long[count];
        _ends = watchesEnd ? new EndWatch(_consumer.Handle, _partitions, clock) : null;
        _thread = new Thread(Run) { Name = topic, IsBackground = true };
    }

    /// <summary>The number of partitions of the topic.</summary>
    public int Partitions => _partitions.Length;

    /// <summary>The time since everything that was in the topic is known to have been processed.</summary>
    public TimeSpan Age => _ends?.Age ?? TimeSpan.MaxValue;

    /// <summary>Of each partition, the first offset that isn't processed yet.</summary>
    public long[] ReadUpTo()
    {
        long[] offsets = new long[_next.Length];
        for (int i = 0; i < offsets.Length; i++)
        {
            offsets[i] = Volatile.Read(ref _next[i]);
        }

        return offsets;
    }

    public void Start()
    {
        _consumer.Assign(_partitions.Select(partition => new TopicPartitionOffset(partition, Offset.Beginning)));
        _thread.Start();
    }

    /// <summary>Waits until everything that is in the topic now is processed. Returns false if that takes too
    /// long.</summary>
    public bool CatchUp(TimeSpan within)
    {
        long since = _clock.GetTimestamp();
        for (int i = 0; i < _partitions.Length; i++)
        {
            WatermarkOffsets ends = KafkaClients.Ends(_consumer, _partitions[i], AnswerWithin, _clock);
            while (ends.High.Value > ends.Low.Value && Volatile.Read(ref _next[i]) < ends.High.Value)
            {
                if (_clock.GetElapsedTime(since) > within || _stop.IsCancellationRequested)
                {
                    return false;
                }

                _stop.Token.WaitHandle.WaitOne(CaughtUpLookEvery);
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
                if (_consumer.Consume(PollFor) is { } record)
                {
                    if (!record.IsPartitionEOF)
                    {
                        _take(record);
                    }

                    Volatile.Write(ref _next[record.Partition.Value], PartitionScan.OffsetAfter(record));
                }

                _ends?.Look(_next);
            }
            catch (KafkaException e) when (!e.Error.IsFatal)
            {
                // The broker is unavailable for a while; try again.
                _stop.Token.WaitHandle.WaitOne(RetryAfter);
            }
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _ends?.Dispose();
        _consumer.Dispose();
        _stop.Dispose();
    }
}
