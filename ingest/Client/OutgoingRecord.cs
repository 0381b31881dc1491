namespace Engine.Client;

/// <summary>The encoding of an event, which the record's header <c>content-type</c> declares.</summary>
public enum EventEncoding
{
    /// <summary>JSON in UTF-8, without a header.</summary>
    Json,

    /// <summary>The message <c>Event</c> of Engine.Contracts.Protobuf, as <c>application/protobuf</c>.</summary>
    Protobuf,
}

/// <summary>A record to send.</summary>
/// <param name="Topic">One of the topics in <see cref="Engine.Contracts.Topics"/>.</param>
/// <param name="Key">The record's key, encoded in UTF-8. It determines the partition.</param>
/// <param name="Value">The encoded event, at most 256 KiB. Don't modify the buffer until the event is
/// acknowledged.</param>
/// <param name="TimestampMs">The record's timestamp in milliseconds since the Unix epoch, or null for this machine's
/// clock. Topics with <c>LogAppendTime</c> ignore it.</param>
/// <param name="Encoding">The encoding of <paramref name="Value"/>.</param>
public readonly record struct OutgoingRecord(
    string Topic,
    string Key,
    ReadOnlyMemory<byte> Value,
    long? TimestampMs = null,
    EventEncoding Encoding = EventEncoding.Json
);
