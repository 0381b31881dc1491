using Engine.Pipeline.Decode;

namespace Engine.Pipeline;

/// <summary>How a value is encoded.</summary>
public enum ValueEncoding : byte
{
    Json,
    Protobuf,
}

/// <summary>CloudEvents' headers in binary mode; they win over the payload's fields.</summary>
public unsafe struct CloudEvent
{
    public Text Type,
        Id;

    /// <summary>ms since the epoch; negative where no header says it.</summary>
    public long Time;

    /// <summary>Whether <c>ce_time</c> is there and no time.</summary>
    public bool TimeIsWrong;

    public static readonly CloudEvent None = new() { Time = -1 };
}

/// <summary>
/// One record of the log where librdkafka, or a file, put it. Memory is the caller's, and lives as long as the batch.
/// </summary>
public unsafe struct Record
{
    public PartitionState Partition;
    public long Offset;

    /// <summary>The record's own timestamp, ms.</summary>
    public long Timestamp;

    public byte* Value;
    public int Length;
    public byte* Key;
    public int KeyLength;
    public ValueEncoding Encoding;
    public bool HasCloudEvent;
    public CloudEvent CloudEvent;

    /// <summary>
    /// Headers as they lie in a batch of Kafka's (<see cref="Consume.Fetch.RecordHeaders"/>), for a dead letter; null
    /// where librdkafka has them, or nobody.
    /// </summary>
    public byte* Headers;
    public int HeadersLength;

    /// <summary>librdkafka's message where it came from there, else 0.</summary>
    public nint Message;
}
