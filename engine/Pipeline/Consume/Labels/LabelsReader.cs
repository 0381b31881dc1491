using Confluent.Kafka;
using Engine.Contracts;
using Engine.Contracts.Settings;
using Engine.Partitions.Kafka;
using Engine.Pipeline.Consume.Logs;
using Engine.Pipeline.Decode;

namespace Engine.Pipeline.Consume.Labels;

/// <summary>Reads <c>labels</c> in full into the process's histories. It reads from the topic's beginning at each
/// start, so histories needn't be stored elsewhere. As every instance does so, each sends a bad label to
/// <c>dead-letters</c> once, under the same id.</summary>
public sealed class LabelsReader : IDisposable
{
    private readonly KafkaOut _output;
    private readonly DeliveryTracker _sent = new();
    private readonly TopicFollower _topic;
    private readonly Dictionary<int, long> _logTimes = [];

    public LabelsReader(KafkaTarget kafka, LabelIntake intake, KafkaOut output, TimeProvider clock)
    {
        (Intake, _output) = (intake, output);
        _topic = new TopicFollower(kafka, Topics.Labels, Apply, clock, watchesEnd: true);
    }

    /// <summary>The outcomes of the labels so far, and their histories.</summary>
    public LabelIntake Intake { get; }

    /// <summary>Whether everything that was in the topic within the activation delay is in the histories.</summary>
    public bool IsFresh => _topic.Age <= Activation.Delay;

    public void Start() => _topic.Start();

    /// <summary>Waits until the histories contain everything that is in the topic now. Returns false if that takes too
    /// long.</summary>
    public bool CatchUp(TimeSpan within) => _topic.CatchUp(within);

    /// <summary>Of each partition of the topic, the first offset that isn't in the histories yet.</summary>
    public long[] ReadUpTo() => _topic.ReadUpTo();

    private void Apply(ConsumeResult<byte[], byte[]> record)
    {
        int partition = record.Partition.Value;
        long logTime = _logTimes[partition] = RecordTime.Advance(
            _logTimes.GetValueOrDefault(partition),
            record.Message.Timestamp.UnixTimestampMs
        );
        DecodeError error = Intake.Take(record.Message, logTime);
        if (!error.IsError)
        {
            return;
        }

        Headers headers = record.Message.Headers ?? [];
        DeadLetters.AddHeaders(
            headers,
            error.Reason,
            error.Detail ?? "",
            Topics.Labels,
            partition,
            record.Offset.Value
        );
        _output.WaitForRoom();
        _output.SendPrefixed(
            _sent,
            Topics.DeadLetters,
            record.Message.Key,
            record.Message.Value,
            $"{RedisKeys.Partition(Topics.Labels, partition)}-{record.Offset.Value}-0",
            headers
        );
    }

    public void Dispose() => _topic.Dispose();
}
