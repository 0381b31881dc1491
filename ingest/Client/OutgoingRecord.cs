namespace Engine.Client;

/// <summary>How an event is encoded. The record's header <c>content-type</c> tells the engine.</summary>
public enum EventEncoding
{
    /// <summary>JSON in UTF-8, without a header.</summary>
    Json,

    /// <summary>The message <c>Event</c> of Engine.Contracts.Protobuf, as <c>application/protobuf</c>.</summary>
    Protobuf,
}

/// <summary>A record about to be sent.</summary>
/// <param name="Topic">One of the topics in <see cref="Engine.Contracts.Topics"/>.</param>
/// <param name="Key">The record's key, encoded in UTF-8. The partition follows from it.</param>
/// <param name="Value">The encoded event, at most 256 KiB. Don't write to it until it is acknowledged.</param>
/// <param name="TimestampMs">The record's timestamp in milliseconds since the Unix epoch, or null for this machine's
/// clock. Topics with <c>LogAppendTime</c> ignore it.</param>
/// <param name="Encoding">How <paramref name="Value"/> is encoded.</param>
public readonly record struct OutgoingRecord(
    string Topic,
    string Key,
    ReadOnlyMemory<byte> Value,
    long? TimestampMs = null,
    EventEncoding Encoding = EventEncoding.Json
);
