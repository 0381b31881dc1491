using System.Collections.Concurrent;
using System.Text;
using Confluent.Kafka;
using Engine.Contracts;
using Engine.Partitions.Kafka;
using Engine.Pipeline.Consume.Labels;
using Engine.Pipeline.Consume.Logs;
using Engine.Pipeline.History;
using Engine.Pipeline.Knowledge;
using Engine.Pipeline.Standing;
using Engine.Primitives;

namespace Engine.Pipeline.Consume.Followers;

/// <summary>Follows <c>standings</c>. It tells each partition's sums to all partitions that this process owns, which
/// use them as their marks say, and to a callback, and passes dimensions of labelled clicks to the labels that wait for
/// them. Lanes add and remove their partitions from any thread.</summary>
public sealed class StandingsFollower : IDisposable
{
    private readonly ConcurrentDictionary<PartitionKnowledge, bool> _owned = new();
    private readonly ConcurrentDictionary<int, long> _written = new();
    private readonly KeyedHash _hash;
    private readonly LabelIntake _labels;
    private readonly Action<WrittenSums> _also;
    private readonly TopicFollower _topic;

    /// <param name="also">Receives all sums, on the follower's thread.</param>
    public StandingsFollower(
        KafkaTarget kafka,
        string prefix,
        KeyedHash hash,
        LabelIntake labels,
        Action<WrittenSums> also,
        TimeProvider clock
    )
    {
        (_hash, _labels, _also) = (hash, labels, also);
        _topic = new TopicFollower(kafka, prefix + Topics.Standings, Apply, clock);
    }

    public void Start() => _topic.Start();

    /// <summary>Waits until everything that is in the topic now is processed. Returns false if that takes too
    /// long.</summary>
    public bool CatchUp(TimeSpan within) => _topic.CatchUp(within);

    /// <summary>The log time up to which a partition's sums are written, ms; 0 if unknown.</summary>
    public long WrittenUpTo(int partition) => _written.GetValueOrDefault(partition);

    /// <summary>Of each partition of the topic, the first offset that isn't told yet.</summary>
    public long[] ReadUpTo() => _topic.ReadUpTo();

    /// <summary>Tells sums that are read from now on to a partition. Its new owner reads the earlier ones
    /// itself.</summary>
    public void Join(PartitionKnowledge partition) => _owned[partition] = true;

    public void Leave(PartitionKnowledge partition) => _owned.TryRemove(partition, out _);

    private void Apply(ConsumeResult<byte[], byte[]> record)
    {
        if (StandingsReader.Read(record, _hash) is not { } written)
        {
            if (record.Message is not { Key: { } bytes, Value: { } value })
            {
                return;
            }

            string key = Encoding.ASCII.GetString(bytes);
            if (StandingRecord.ReadMark(key, value) is { } mark)
            {
                _written[mark.Partition] = mark.LogTime;
            }
            else if (ClickDimensions.Read(key, value, out string click) is { } place)
            {
                _labels.Place(click, place);
            }

            return;
        }
        _also(written);
        foreach (PartitionKnowledge partition in _owned.Keys)
        {
            partition.Tell(record.Partition.Value, record.Offset.Value, written);
        }
    }

    public void Dispose() => _topic.Dispose();
}
