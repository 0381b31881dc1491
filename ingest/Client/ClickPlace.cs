namespace Engine.Client;

/// <summary>What the one who looks a verdict up knows of where its click lies. An engine that doesn't write plain
/// verdicts (<c>deliver.verdicts: noteworthy</c>) tells by it whether a click without a verdict is decided.</summary>
public readonly record struct ClickPlace
{
    /// <summary>The key of the click's record: its client network, such as <c>203.0.113.0/24</c>. Null if
    /// <see cref="Partition"/> is known.</summary>
    public string? Key { get; private init; }

    /// <summary>The partition of the click's record; null if <see cref="Key"/> tells it.</summary>
    public int? Partition { get; private init; }

    /// <summary>The offset of the click's record; null if <see cref="Sent"/> is known instead.</summary>
    public long? Offset { get; private init; }

    /// <summary>When the click was sent, in milliseconds since the Unix epoch; null if <see cref="Offset"/> is
    /// known.</summary>
    public long? Sent { get; private init; }

    /// <summary>The place that Kafka acknowledged: <see cref="EventPublisher.SendAsync"/> returns it.</summary>
    public static ClickPlace At(Acknowledged acknowledged) =>
        new() { Partition = acknowledged.Partition, Offset = acknowledged.Offset };

    /// <summary>A place by the key and the offset of the click's record.</summary>
    /// <param name="key">The client network.</param>
    /// <param name="offset">The offset, 0 or more.</param>
    /// <exception cref="ArgumentException">The key is empty, or the offset negative.</exception>
    public static ClickPlace At(string key, long offset)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        return new ClickPlace { Key = key, Offset = offset };
    }

    /// <summary>A place by a time at which the click had been sent, or was about to be. It is taken to have reached
    /// Kafka within a second.</summary>
    /// <param name="key">The client network.</param>
    /// <param name="sentMs">The time, in milliseconds since the Unix epoch.</param>
    /// <exception cref="ArgumentException">The key is empty, or the time negative.</exception>
    public static ClickPlace SentAt(string key, long sentMs)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentOutOfRangeException.ThrowIfNegative(sentMs);
        return new ClickPlace { Key = key, Sent = sentMs };
    }
}
