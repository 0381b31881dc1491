using Engine.Pipeline.Decode;

namespace Engine.Pipeline.Clicks;

/// <summary>One record of the log, in memory that belongs to librdkafka or to a file's reader. The memory is valid as
/// long as the batch.</summary>
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

    /// <summary>The record's headers as encoded in a Kafka batch (<see cref="Consume.Fetch.RecordHeaders"/>), for a
    /// dead letter; null if librdkafka holds them, or if there are none.</summary>
    public byte* Headers;
    public int HeadersLength;

    /// <summary>librdkafka's message if it came from there; otherwise 0.</summary>
    public nint Message;
}
