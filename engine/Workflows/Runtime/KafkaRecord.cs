using Confluent.Kafka;
using Engine.Partitions.Kafka;

namespace Engine.Workflows.Runtime;

/// <summary>Converts a record of Kafka's client to the form that partitions consume.</summary>
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
            name => HeaderText.Of(headers, name)
        );
    }
}
