using Engine.Pipeline.Decode;

namespace Engine.Pipeline.Clicks;

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
