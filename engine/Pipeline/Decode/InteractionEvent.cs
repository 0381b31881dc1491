using System.Runtime.CompilerServices;
using Engine.Contracts;

namespace Engine.Pipeline.Decode;

/// <summary>A piece of text that isn't copied: it points into the message, the arena, or a waiting click's
/// buffer.</summary>
public readonly unsafe struct Text(byte* start, int length)
{
    public readonly byte* Start = start;
    public readonly int Length = length;

    public bool IsEmpty => Length == 0;
    public ReadOnlySpan<byte> Span => new(Start, Length);

    public override string ToString() => System.Text.Encoding.UTF8.GetString(Span);
}

/// <summary>The event types in <c>interactions</c>. Ticks aren't counted as events.</summary>
public enum EventType : byte
{
    Unknown,
    Click,
    CursorPath,
    Confirmation,
    Tick,
}

/// <summary>The pointer type, named as in Pointer Events; unknown if the click has none.</summary>
public enum Pointer : byte
{
    Unknown,
    Mouse,
    Touch,
    Pen,
    Keyboard,
}

/// <summary>The outcome of a confirmation.</summary>
public enum Outcome : byte
{
    Unknown,
    Confirmed,
    Missed,
    Expired,
}

/// <summary>The fields of <c>device</c> that are kept, named as in OpenRTB.</summary>
public enum DeviceField
{
    Make,
    Model,
    Os,
    Osv,
    Carrier,
    ConnectionType,
    Language,
}

/// <summary>The device's texts, by <see cref="DeviceField"/>.</summary>
[InlineArray(7)]
public struct DeviceTexts
{
    private Text _first;
}

/// <summary>A decoded event of <c>interactions</c>. A decoder fills it, and it is valid until its batch is done, as are
/// its texts. A click that waits keeps copies of its texts (<see cref="Clicks.ClickRow.KeepTexts"/>).</summary>
public struct InteractionEvent
{
    public EventType Type;
    public Pointer Pointer;
    public Outcome Outcome;
    public bool ExpectsPath;
    public bool HasPosition;
    public bool HasViewport;
    public bool HasIp;

    /// <summary>The click's own id.</summary>
    public Text Id;

    /// <summary>The id of the click that a path or a confirmation refers to.</summary>
    public Text Click;

    public Text Ip,
        Ua,
        Visitor,
        Publisher,
        Placement,
        Campaign,
        Advertiser,
        Page,
        Referrer,
        Target;
    public DeviceTexts Device;
    public IpAddress Address;

    /// <summary>The claimed event time, milliseconds since the epoch.</summary>
    public long Time;

    /// <summary>Cost in micros of the account's currency.</summary>
    public long CostMicros;

    /// <summary>The click's position in CSS pixels.</summary>
    public double X,
        Y;

    /// <summary>The viewport's width and height in CSS pixels.</summary>
    public double ViewportWidth,
        ViewportHeight;

    /// <summary>The index of the path's first point in the arena, and the number of points; 0 without a path.</summary>
    public int PathStart,
        PathCount;

    public int Attempts;
    public long LatencyMs;
}

/// <summary>The reason why an event can't be used; default if it can.</summary>
/// <param name="Reason">The contract's reason.</param>
/// <param name="Detail">The field, or a description of the error.</param>
public readonly record struct DecodeError(DeadLetterReason Reason, string? Detail)
{
    public bool IsError => Reason != DeadLetterReason.None;
}
