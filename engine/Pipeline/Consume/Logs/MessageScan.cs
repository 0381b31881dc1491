using Confluent.Kafka;
using Engine.Pipeline.Consume.Librdkafka;

namespace Engine.Pipeline.Consume.Logs;

/// <summary>Reads the records of a partition between two offsets, once, in place: without objects for each, which cost
/// more than to decide a click. Call <see cref="TryNext"/> until it returns false. Not thread-safe.</summary>
/// <param name="consumer">Reads nothing else meanwhile.</param>
internal sealed unsafe class MessageScan(
    IConsumer<byte[], byte[]> consumer,
    TopicPartition partition,
    long from,
    long end
) : IDisposable
{
    private const int BatchMessages = 1024;

    private readonly MessageBatch _batch = new(consumer, BatchMessages);
    private long _next = from;
    private int _at;
    private bool _isAssigned;

    /// <summary>Called before messages that were returned lose their memory.</summary>
    public Action? Releasing { get; init; }

    /// <summary>Moves to the next record. Throws a <see cref="TimeoutException"/> if the broker doesn't deliver
    /// it.</summary>
    /// <param name="message">Stays in place until <see cref="Releasing"/>.</param>
    public bool TryNext(out LibrdkafkaNative.Message* message)
    {
        if (!_isAssigned && _next < end)
        {
            consumer.Assign(new TopicPartitionOffset(partition, _next));
            _isAssigned = true;
        }

        while (_next < end)
        {
            if (_at == _batch.Count)
            {
                Receive();
                continue;
            }

            message = _batch[_at++];
            if (message->Error == LibrdkafkaNative.PartitionEof)
            {
                // Past the last record if the partition ends in a transaction marker.
                _next = Math.Max(_next, message->Offset);
                continue;
            }

            if (message->Error != 0)
            {
                throw new KafkaException(new Error((ErrorCode)message->Error));
            }

            // Still in flight from what was read before.
            if (message->Partition != partition.Partition.Value || message->Offset < _next)
            {
                continue;
            }

            _next = message->Offset + 1;
            return message->Offset < end;
        }

        message = null;
        return false;
    }

    private void Receive()
    {
        Release();
        if (_batch.Take((int)PartitionScan.AnswerWithin.TotalMilliseconds) == 0)
        {
            throw PartitionScan.NothingDelivered(partition, _next, end);
        }
    }

    private void Release()
    {
        Releasing?.Invoke();
        _batch.Release();
        _at = 0;
    }

    public void Dispose()
    {
        Release();
        _batch.Dispose();
    }
}
