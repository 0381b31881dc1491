using System.Globalization;
using System.Text;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Consume.Fetch;
using Engine.Pipeline.Decode;
using static Engine.Pipeline.Consume.Librdkafka.LibrdkafkaNative;

namespace Engine.Pipeline.Consume.Librdkafka;

/// <summary>
/// Reads the headers of a message in place: how its value is encoded, and CloudEvents' in binary mode.
/// </summary>
internal static unsafe class MessageHeaderReader
{
    /// <summary>
    /// Fills what librdkafka's message has of headers into a record. A message without headers costs one call.
    /// </summary>
    public static void Fill(Message* message, ref Record record)
    {
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

    /// <summary>The same from <see cref="Record.Headers"/>.</summary>
    public static void Fill(ref Record record)
    {
        Clear(ref record);
        if (record.HeadersLength <= 1)
        {
            return; // their number, 0
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

    /// <summary>Takes one header into a record.</summary>
    public static void Take(ref Record record, ReadOnlySpan<byte> key, Text text)
    {
        if (key.SequenceEqual("content-type"u8))
        {
            if (text.Span.StartsWith("application/protobuf"u8) || text.Span.StartsWith("application/x-protobuf"u8))
            {
                record.Encoding = ValueEncoding.Protobuf;
            }
        }
        else if (key.SequenceEqual("ce_type"u8))
        {
            (record.HasCloudEvent, record.CloudEvent.Type) = (true, text);
        }
        else if (key.SequenceEqual("ce_id"u8))
        {
            (record.HasCloudEvent, record.CloudEvent.Id) = (true, text);
        }
        else if (key.SequenceEqual("ce_time"u8))
        {
            record.HasCloudEvent = true;
            record.CloudEvent.TimeIsWrong = !TryTime(text.Span, out record.CloudEvent.Time);
        }
    }

    /// <summary>All headers as they are, for a dead letter.</summary>
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

    /// <summary>RFC 3339, as CloudEvents has it, to ms since the epoch.</summary>
    private static bool TryTime(ReadOnlySpan<byte> text, out long time)
    {
        bool parsed = DateTimeOffset.TryParse(
            Encoding.UTF8.GetString(text),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out DateTimeOffset value
        );
        time = parsed ? value.ToUnixTimeMilliseconds() : -1;
        return parsed && time >= 0;
    }
}
