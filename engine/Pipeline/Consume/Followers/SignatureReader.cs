using Confluent.Kafka;
using Engine.Contracts;
using Engine.Partitions.Kafka;
using Engine.Pipeline.Consume.Logs;
using Engine.Pipeline.Replay;
using Engine.Pipeline.Replay.Signatures;

namespace Engine.Pipeline.Consume.Followers;

/// <summary>Reads <c>path-signatures</c> in full into the process's replay index, so that a replay is found in
/// whichever partition it lands, and a restart fills the index again. The process reads its own signatures back, too;
/// the index recognizes them by partition and offset.</summary>
public sealed class SignatureReader : IDisposable
{
    private readonly ReplayIndex _index;
    private readonly TopicFollower _topic;
    private long _unreadable;

    public SignatureReader(KafkaTarget kafka, string prefix, ReplayIndex index, TimeProvider clock)
    {
        _index = index;
        _topic = new TopicFollower(kafka, prefix + Topics.PathSignatures, Apply, clock);
    }

    /// <summary>The number of records that weren't signatures.</summary>
    public long Unreadable => Interlocked.Read(ref _unreadable);

    public void Start() => _topic.Start();

    /// <summary>Waits until the index contains everything that is in the topic now. Returns false if that takes too
    /// long.</summary>
    public bool CatchUp(TimeSpan within) => _topic.CatchUp(within);

    /// <summary>Of each partition of the topic, the first offset that isn't in the index yet.</summary>
    public long[] ReadUpTo() => _topic.ReadUpTo();

    private void Apply(ConsumeResult<byte[], byte[]> record)
    {
        if (!TryInsert(record, _index))
        {
            Interlocked.Increment(ref _unreadable);
        }
    }

    /// <summary>Adds a record's path to an index. Returns false if the record isn't a signature.</summary>
    internal static bool TryInsert(ConsumeResult<byte[], byte[]> record, ReplayIndex index)
    {
        Message<byte[], byte[]> message = record.Message;
        if (
            message.Key is { Length: >= 1 and <= EventLimits.MaxIdentifierBytes } click
            && message.Value is { } value
            && SignatureRecord.TryRead(
                value,
                out PathSignature signature,
                out long logTime,
                out int partition,
                out long offset
            )
        )
        {
            index.Insert(signature, click, logTime, partition, offset, record.Partition.Value, record.Offset.Value);
            return true;
        }

        return false;
    }

    public void Dispose() => _topic.Dispose();
}
