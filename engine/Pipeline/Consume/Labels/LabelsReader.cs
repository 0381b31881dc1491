using Confluent.Kafka;
using Engine.Contracts;
using Engine.Partitions.Kafka;
using Engine.Pipeline.Consume.Logs;
using Engine.Pipeline.Decode;

namespace Engine.Pipeline.Consume.Labels;

/// <summary>
/// Reads <c>labels</c> in full into the process's histories: from the topic's beginning at each start, so that nothing
/// of them need be kept elsewhere. Every instance does, so each sends a bad label to <c>dead-letters</c>, once, under
/// the same id.
/// </summary>
public sealed class LabelsReader : IDisposable
{
    private readonly KafkaOut _output;
    private readonly DeliveryTracker _sent = new();
    private readonly TopicFollower _topic;
    private readonly long[] _logTimes;

    public LabelsReader(KafkaTarget kafka, LabelIntake intake, KafkaOut output, TimeProvider clock)
    {
        (Intake, _output) = (intake, output);
        _topic = new TopicFollower(kafka, Topics.Labels, Take, clock);
        _logTimes = new long[_topic.Partitions];
    }

    /// <summary>What became of the labels so far, and the histories that they made.</summary>
    public LabelIntake Intake { get; }

    public void Start() => _topic.Start();

    /// <summary>
    /// Waits until everything that is in the topic now is in the histories; false if that takes longer than it may.
    /// </summary>
    public bool CatchUp(TimeSpan within) => _topic.CatchUp(within);

    private void Take(ConsumeResult<byte[], byte[]> record)
    {
        int partition = record.Partition.Value;
        _logTimes[partition] = Math.Max(_logTimes[partition], record.Message.Timestamp.UnixTimestampMs);
        DecodeError error = Intake.Take(record.Message, _logTimes[partition]);
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
