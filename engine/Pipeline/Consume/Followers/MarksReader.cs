using System.Collections.Concurrent;
using System.Text;
using Confluent.Kafka;
using Engine.Contracts;
using Engine.Partitions.Kafka;
using Engine.Pipeline.Consume.Logs;
using Engine.Pipeline.Knowledge;

namespace Engine.Pipeline.Consume.Followers;

/// <summary>Reads the topic <c>marks</c> in full: the marks of all partitions of a group, in the order of the log,
/// which alone decides whose count. Owners use their own only once they have come back from here.</summary>
public sealed class MarksReader : IDisposable
{
    private readonly ConcurrentDictionary<string, MarkSequence> _sequences = new();
    private readonly string _group;
    private readonly TopicFollower _topic;

    private readonly Func<int>? _kept;

    /// <param name="kept">How many marks of a partition a takeover may need; null for all.</param>
    public MarksReader(KafkaTarget kafka, string prefix, string group, Func<int>? kept, TimeProvider clock)
    {
        (_group, _kept) = (group + "/", kept);
        _topic = new TopicFollower(kafka, prefix + Topics.Marks, Apply, clock);
    }

    public void Start() => _topic.Start();

    /// <summary>
    /// Waits until everything that is in the topic now is read. Returns false if that takes too long.
    /// </summary>
    public bool CatchUp(TimeSpan within) => _topic.CatchUp(within);

    /// <summary>The marks of a partition of the group, <c>interactions-2</c>.</summary>
    public MarkSequence Of(string partition) => _sequences.GetOrAdd(partition, _ => new MarkSequence(_kept));

    private void Apply(ConsumeResult<byte[], byte[]> record)
    {
        if (
            record.Message is { Key: { } key, Value: { } value }
            && Encoding.UTF8.GetString(key) is var name
            && name.StartsWith(_group, StringComparison.Ordinal)
            && Mark.Read(value) is { } mark
        )
        {
            Of(name[_group.Length..]).Add(mark);
        }
    }

    public void Dispose() => _topic.Dispose();
}
