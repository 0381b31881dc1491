using System.Runtime.CompilerServices;
using Confluent.Kafka;
using Engine.Partitions.Kafka;

namespace Engine.Pipeline.Consume.Logs;

/// <summary>Reads a topic in full from its beginning and then follows it, on its own thread: for topics that every
/// instance must know entirely. Passes the records of each partition in order, on that thread. Partitions that are
/// added to the topic are read, too. Call <see cref="Start"/> once; <see cref="CatchUp"/> may be called from any
/// thread.</summary>
public sealed class TopicFollower : IDisposable
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5),
        PollFor = TimeSpan.FromMilliseconds(100),
        CaughtUpLookEvery = TimeSpan.FromMilliseconds(5),
        RetryAfter = TimeSpan.FromMilliseconds(200);

    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly Action<ConsumeResult<byte[], byte[]>> _take;
    private readonly TimeProvider _clock;
    private readonly string _topic;
    private readonly EndWatch? _ends;
    private readonly Lock _growing = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;

    /// <summary>Of each partition, the first offset that isn't processed yet. Replaced as a whole when partitions are
    /// added, which keep their boxes.</summary>
    private volatile StrongBox<long>[] _next;
    private long _lookedAt;

    /// <param name="take">Receives each record, with its partition and offset.</param>
    /// <param name="watchesEnd">Whether <see cref="Age"/> is needed, which takes a request about twice a
    /// second.</param>
    public TopicFollower(
        KafkaTarget kafka,
        string topic,
        Action<ConsumeResult<byte[], byte[]>> take,
        TimeProvider clock,
        bool watchesEnd = false
    )
    {
        (_topic, _take, _clock) = (topic, take, clock);
        _consumer = KafkaClients.Reader(kafka);
        _next = Boxes(KafkaClients.Partitions(_consumer, topic, AnswerWithin, clock));
        _ends = watchesEnd ? new EndWatch(_consumer.Handle, topic, clock) : null;
        _thread = new Thread(Run) { Name = topic, IsBackground = true };
    }

    /// <summary>The time since everything that was in the topic is known to have been processed.</summary>
    public TimeSpan Age => _ends?.Age ?? TimeSpan.MaxValue;

    /// <summary>Of each partition, the first offset that isn't processed yet.</summary>
    public long[] ReadUpTo()
    {
        StrongBox<long>[] next = _next;
        long[] offsets = new long[next.Length];
        for (int i = 0; i < offsets.Length; i++)
        {
            offsets[i] = Volatile.Read(ref next[i].Value);
        }

        return offsets;
    }

    public void Start()
    {
        _consumer.Assign(FromBeginning(0, _next.Length));
        _lookedAt = _clock.GetTimestamp();
        _thread.Start();
    }

    /// <summary>Waits until everything that is in the topic now is processed. Returns false if that takes too
    /// long.</summary>
    public bool CatchUp(TimeSpan within)
    {
        long since = _clock.GetTimestamp();
        Grow();
        StrongBox<long>[] next = _next;
        for (int i = 0; i < next.Length; i++)
        {
            WatermarkOffsets ends = KafkaClients.Ends(_consumer, new TopicPartition(_topic, i), AnswerWithin, _clock);
            while (ends.High.Value > ends.Low.Value && Volatile.Read(ref next[i].Value) < ends.High.Value)
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
                if (_clock.GetElapsedTime(_lookedAt) >= KafkaClients.LookForPartitionsEvery)
                {
                    _lookedAt = _clock.GetTimestamp();
                    Grow();
                }

                if (_consumer.Consume(PollFor) is { } record)
                {
                    if (!record.IsPartitionEOF)
                    {
                        _take(record);
                    }

                    Volatile.Write(ref _next[record.Partition.Value].Value, PartitionScan.OffsetAfter(record));
                }

                _ends?.Look(_next);
            }
            catch (Exception e) when (e is TimeoutException or KafkaException { Error.IsFatal: false })
            {
                // The broker is unavailable for a while; try again.
                _stop.Token.WaitHandle.WaitOne(RetryAfter);
            }
        }
    }

    /// <summary>Reads partitions that were added to the topic, from their beginning.</summary>
    private void Grow()
    {
        int count = KafkaClients.Partitions(_consumer, _topic, AnswerWithin, _clock);
        lock (_growing)
        {
            int known = _next.Length;
            if (count <= known)
            {
                return;
            }

            _next = [.. _next, .. Boxes(count - known)];
            _consumer.IncrementalAssign(FromBeginning(known, count - known));
        }
    }

    private IEnumerable<TopicPartitionOffset> FromBeginning(int first, int count) =>
        Enumerable.Range(first, count).Select(i => new TopicPartitionOffset(_topic, i, Offset.Beginning));

    private static StrongBox<long>[] Boxes(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => new StrongBox<long>())];

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
