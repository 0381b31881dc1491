using System.Text;
using Engine.Contracts.Events;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Consume.Fetch;
using Engine.Pipeline.Decode;
using static Engine.Pipeline.Consume.Librdkafka.LibrdkafkaNative;

namespace Engine.Pipeline.Consume.Librdkafka;

/// <summary>Reads a message in place, with those of its headers that matter: the encoding of its value, and CloudEvents
/// headers in binary mode.</summary>
internal static unsafe class MessageHeaderReader
{
    /// <summary>Points a record at all of librdkafka's message, and copies the relevant headers. A message without
    /// headers costs one call.</summary>
    public static void Fill(Message* message, ref Record record)
    {
        record.Timestamp = MessageTimestamp(message, out _);
        record.Value = message->Payload;
        record.Length = (int)message->Length;
        record.Key = message->Key;
        record.KeyLength = (int)message->KeyLength;
        record.Headers = null;
        record.Message = (nint)message;
        Clear(ref record);
        if (MessageHeaders(message, out nint headers) != 0)
        {
            return;
        }

        for (nuint i = 0; HeaderAt(headers, i, out byte* name, out byte* value, out nuint size) == 0; i++)
        {
            Take(
                ref record,
                System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name),
                new Text(value, (int)size)
            );
        }
    }

    /// <summary>Does the same from <see cref="Record.Headers"/>.</summary>
    public static void Fill(ref Record record)
    {
        Clear(ref record);
        if (record.HeadersLength <= 1)
        {
            return; // a count of 0 only
        }

        var headers = new RecordHeaders(record.Headers, record.HeadersLength);
        while (headers.TryNext())
        {
            Take(ref record, headers.Name, new Text(headers.Value, headers.ValueLength));
        }
    }

    private static void Clear(ref Record record)
    {
        record.Encoding = ValueEncoding.Json;
        record.HasCloudEvent = false;
        record.CloudEvent = CloudEvent.None;
    }

    /// <summary>Applies one header to a record.</summary>
    public static void Take(ref Record record, ReadOnlySpan<byte> key, Text text)
    {
        if (text.Start == null)
        {
            return; // a header without a value is ignored
        }

        switch (EventHeaders.NameOf(key))
        {
            case EventHeader.ContentType:
                record.Encoding = EventHeaders.IsProtobufType(text.Span) ? ValueEncoding.Protobuf : ValueEncoding.Json;
                break;
            case EventHeader.Type:
                (record.HasCloudEvent, record.CloudEvent.Type) = (true, text);
                break;
            case EventHeader.Id:
                (record.HasCloudEvent, record.CloudEvent.Id) = (true, text);
                break;
            case EventHeader.Time:
                (record.HasCloudEvent, record.CloudEvent.Time) = (true, HeaderTime.Parse(text.Span));
                break;
        }
    }

    /// <summary>Copies all headers unchanged, for a dead letter.</summary>
    public static Confluent.Kafka.Headers Copy(in Record record)
    {
        var copy = new Confluent.Kafka.Headers();
        if (record.Headers != null)
        {
            var own = new RecordHeaders(record.Headers, record.HeadersLength);
            while (own.TryNext())
            {
                copy.Add(
                    Encoding.UTF8.GetString(own.Name),
                    own.Value == null ? null : new ReadOnlySpan<byte>(own.Value, own.ValueLength).ToArray()
                );
            }
        }
        if (record.Message == 0 || MessageHeaders((Message*)record.Message, out nint headers) != 0)
        {
            return copy;
        }

        for (nuint i = 0; HeaderAt(headers, i, out byte* name, out byte* value, out nuint size) == 0; i++)
        {
            copy.Add(
                Encoding.UTF8.GetString(
                    System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name)
                ),
                value == null ? null : new ReadOnlySpan<byte>(value, (int)size).ToArray()
            );
        }

        return copy;
    }
}
