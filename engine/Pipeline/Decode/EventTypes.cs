namespace Engine.Pipeline.Decode;

/// <summary>Parses the contract's words for an event's enumerations, for both decoders.</summary>
internal static class EventTypes
{
    public static EventType Of(ReadOnlySpan<byte> text) =>
        text.SequenceEqual("click"u8) ? EventType.Click
        : text.SequenceEqual("cursor-path"u8) ? EventType.CursorPath
        : text.SequenceEqual("confirmation"u8) ? EventType.Confirmation
        : text.SequenceEqual("tick"u8) ? EventType.Tick
        : EventType.Unknown;

    public static bool TryPointer(ReadOnlySpan<byte> text, out Pointer pointer)
    {
        pointer =
            text.SequenceEqual("mouse"u8) ? Pointer.Mouse
            : text.SequenceEqual("touch"u8) ? Pointer.Touch
            : text.SequenceEqual("pen"u8) ? Pointer.Pen
            : text.SequenceEqual("keyboard"u8) ? Pointer.Keyboard
            : Pointer.Unknown;
        return pointer != Pointer.Unknown;
    }

    public static bool TryOutcome(ReadOnlySpan<byte> text, out Outcome outcome)
    {
        outcome =
            text.SequenceEqual("confirmed"u8) ? Outcome.Confirmed
            : text.SequenceEqual("missed"u8) ? Outcome.Missed
            : text.SequenceEqual("expired"u8) ? Outcome.Expired
            : Outcome.Unknown;
        return outcome != Outcome.Unknown;
    }
}

/// <summary>Checks a path's points, for both decoders.</summary>
internal static class PathPoint
{
    /// <summary>Whether a point has a non-negative time that doesn't go back, and coordinates within bounds.</summary>
    public static bool InRange(double t, double x, double y, double before) =>
        t >= 0
        && t >= before
        && t <= Contracts.EventLimits.MaxMagnitude
        && Math.Abs(x) <= Contracts.EventLimits.MaxMagnitude
        && Math.Abs(y) <= Contracts.EventLimits.MaxMagnitude;
}
