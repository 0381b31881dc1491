namespace Engine.Contracts;

/// <summary>
/// The record by which an engine carries log time on where nothing else comes; its timestamp is the time that it speaks
/// of. What isn't spelled so is read as an event like any other, which may be a tick, too.
/// </summary>
public static class Tick
{
    /// <summary>Its value.</summary>
    public static ReadOnlySpan<byte> Json => """{"type":"tick"}"""u8;

    public static bool Is(ReadOnlySpan<byte> value) => value.SequenceEqual(Json);
}
