using System.Text;
using Confluent.Kafka;

namespace Engine.Workflows.Runtime;

/// <summary>A record as Kafka's client gives it, as deciders' partitions take it.</summary>
internal static class KafkaRecord
{
    public static WorkflowRecord Of(ConsumeResult<byte[], byte[]> message)
    {
        Headers? headers = message.Message.Headers;
        return new WorkflowRecord(
            message.Offset.Value,
            message.Message.Timestamp.UnixTimestampMs,
            message.Message.Key,
            message.Message.Value ?? [],
            name =>
                headers != null && headers.TryGetLastBytes(name, out byte[] value)
                    ? Encoding.UTF8.GetString(value)
                    : null
        );
    }
}
