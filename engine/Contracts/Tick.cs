namespace Engine.Contracts;

/// <summary>The record that an engine appends to advance log time when no other records arrive. Its timestamp is the
/// new log time. Only this exact spelling takes the fast path; any other record is parsed as an event, and may still be
/// a tick.</summary>
public static class Tick
{
    /// <summary>The value of the record.</summary>
    public static ReadOnlySpan<byte> Json => """{"type":"tick"}"""u8;

    public static bool Is(ReadOnlySpan<byte> value) => value.SequenceEqual(Json);
}
