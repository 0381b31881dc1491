namespace Engine.Partitions.Kafka;

/// <summary>
/// The record that carries log time on where no event does. Owners append it; to those who count it is no event.
/// </summary>
public static class TickEvent
{
    /// <summary>Its value, byte for byte.</summary>
    public static ReadOnlySpan<byte> Json => """{"type":"tick"}"""u8;

    public static bool Is(ReadOnlySpan<byte> value) => value.SequenceEqual(Json);
}
