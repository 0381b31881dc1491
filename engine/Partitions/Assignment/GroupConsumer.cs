using Confluent.Kafka;

namespace Engine.Partitions.Assignment;

/// <summary>A lane's consumer as a member of its group. A fatal error of the Kafka client fails the lane.</summary>
public sealed class GroupConsumer : IGroupMember
{
    private IGroupHandler? _handler;
    private bool _isClosing;

    public GroupConsumer(ConsumerConfig config, LaneThread lane) =>
        Consumer = new ConsumerBuilder<byte[], byte[]>(config)
            .SetErrorHandler(
                (_, error) =>
                {
                    if (error.IsFatal)
                    {
                        lane.Fail(new KafkaException(error));
                    }
                }
            )
            .SetLogHandler((_, _) => { })
            .SetPartitionsAssignedHandler((_, partitions) => _handler!.Assigned(partitions))
            .SetPartitionsRevokedHandler(
                (consumer, partitions) =>
                {
                    _handler!.Revoked(partitions);
                    Resume(consumer, partitions);
                }
            )
            .SetPartitionsLostHandler(
                (consumer, partitions) =>
                {
                    _handler!.Lost(partitions);
                    Resume(consumer, partitions);
                }
            )
            .Build();

    public IConsumer<byte[], byte[]> Consumer { get; }

    public void Join(string topic, IGroupHandler handler)
    {
        _handler = handler;
        Consumer.Subscribe(topic);
    }

    public bool IsAssigned(TopicPartition partition) => Consumer.Assignment.Contains(partition);

    /// <summary>A seek doesn't revive a partition whose offset was out of the log's range, so it is assigned
    /// anew.</summary>
    public void ReadFrom(TopicPartitionOffset start)
    {
        Consumer.IncrementalUnassign([start.TopicPartition]);
        Consumer.IncrementalAssign([start]);
    }

    public void StoreOffset(TopicPartitionOffset offset) => Consumer.StoreOffset(offset);

    public void StandAside() => Consumer.Unsubscribe();

    /// <summary>librdkafka keeps a partition paused when it goes, and when it comes back, so that it would never be
    /// read again.</summary>
    private static void Resume(IConsumer<byte[], byte[]> consumer, List<TopicPartitionOffset> partitions)
    {
        try
        {
            consumer.Resume(partitions.Select(partition => partition.TopicPartition));
        }
        catch (KafkaException)
        {
            // The topic was deleted, and librdkafka no longer knows the partition. Nothing may pass through its frames.
        }
    }

    /// <summary>The Kafka client waits for a rebalance in progress, however long that takes. After
    /// <paramref name="within"/> this stops waiting for it.</summary>
    public bool TryLeave(TimeSpan within)
    {
        var closing = Task.Run(Consumer.Close);
        _isClosing = Task.WaitAny([closing], within) < 0;
        if (_isClosing)
        {
            return false;
        }

        closing.GetAwaiter().GetResult();
        return true;
    }

    /// <summary>Disposes of the consumer, unless it is still leaving the group, which can't be interrupted.</summary>
    public void Dispose()
    {
        if (!_isClosing)
        {
            Consumer.Dispose();
        }
    }
}
