using Confluent.Kafka;
using Engine.Contracts;
using Engine.Partitions.Kafka;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Consume.Librdkafka;
using Engine.Pipeline.Decode;
using Engine.Pipeline.History;

namespace Engine.Pipeline.Consume.Labels;

/// <summary>Reads single clicks of <c>interactions</c> again, by partition and offset. Not thread-safe.</summary>
internal sealed unsafe class ClickReader : IDisposable
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5);

    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly EventArena _arena = new();
    private readonly JsonEventDecoder _json;
    private readonly ProtobufEventDecoder _protobuf;

    public ClickReader(KafkaTarget kafka)
    {
        _consumer = KafkaClients.Reader(kafka, SmallestFetch);
        (_json, _protobuf) = (new JsonEventDecoder(_arena), new ProtobufEventDecoder(_arena));
    }

    /// <summary>Only one record is wanted, not the megabytes after it. The broker sends a larger record
    /// whole.</summary>
    private const int SmallestFetch = 16 * 1024;

    /// <summary>Reads a click's dimensions; null if the log no longer has the record, or if it isn't that
    /// click.</summary>
    public ClickDimensions? Read(int partition, long offset, string click)
    {
        _consumer.Assign(new TopicPartitionOffset(Topics.Interactions, partition, offset));
        ConsumeResult<byte[], byte[]>? found = _consumer.Consume(AnswerWithin);
        _consumer.Unassign();
        if (
            found == null
            || found.IsPartitionEOF
            || found.Offset.Value != offset
            || found.Message.Value is not { } value
        )
        {
            return null;
        }

        _arena.Reset();
        var texts = new List<System.Runtime.InteropServices.GCHandle>();
        try
        {
            Text Pinned(byte[] bytes)
            {
                var handle = System.Runtime.InteropServices.GCHandle.Alloc(
                    bytes,
                    System.Runtime.InteropServices.GCHandleType.Pinned
                );
                texts.Add(handle);
                return new Text((byte*)handle.AddrOfPinnedObject(), bytes.Length);
            }
            var record = new Record { CloudEvent = CloudEvent.None };
            foreach (IHeader header in found.Message.Headers ?? [])
            {
                MessageHeaderReader.Take(
                    ref record,
                    System.Text.Encoding.UTF8.GetBytes(header.Key),
                    header.GetValueBytes() is { } text ? Pinned(text) : default
                );
            }

            Text json = Pinned(value);
            InteractionEvent e = default;
            DecodeError error =
                record.Encoding == ValueEncoding.Json
                    ? _json.Decode(json.Start, json.Length, ref e, record.CloudEvent)
                    : _protobuf.Decode(json.Start, json.Length, ref e, record.CloudEvent);
            return error.IsError || e.Type != EventType.Click || e.Id.ToString() != click
                ? null
                : ClickDimensions.Of(e, offset);
        }
        finally
        {
            foreach (System.Runtime.InteropServices.GCHandle text in texts)
            {
                text.Free();
            }
        }
    }

    public void Dispose()
    {
        _consumer.Dispose();
        _arena.Dispose();
    }
}
