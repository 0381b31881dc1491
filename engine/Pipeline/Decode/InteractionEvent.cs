using System.Runtime.CompilerServices;
using Engine.Contracts;

namespace Engine.Pipeline.Decode;

/// <summary>
/// A piece of text where it lies: in the message, in the decoder's side buffer, or in a waiting click's copy.
/// </summary>
public readonly unsafe struct Text(byte* start, int length)
{
    public readonly byte* Start = start;
    public readonly int Length = length;

    public bool IsEmpty => Length == 0;
    public ReadOnlySpan<byte> Span => new(Start, Length);

    public override string ToString() => System.Text.Encoding.UTF8.GetString(Span);
}

/// <summary>The types that <c>interactions</c> holds; ticks are no events to anyone who counts.</summary>
public enum EventType : byte
{
    Unknown,
    Click,
    CursorPath,
    Confirmation,
    Tick,
}

/// <summary>Pointer Events' names, and whether one was given.</summary>
public enum Pointer : byte
{
    Unknown,
    Mouse,
    Touch,
    Pen,
    Keyboard,
}

/// <summary>What a confirmation says.</summary>
public enum Outcome : byte
{
    Unknown,
    Confirmed,
    Missed,
    Expired,
}

/// <summary>The fields of <c>device</c> that are kept, in OpenRTB's names.</summary>
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

/// <summary>Texts of the device, by <see cref="DeviceField"/>.</summary>
[InlineArray(7)]
public struct DeviceTexts
{
    private Text _first;
}

/// <summary>
/// One event of <c>interactions</c>, decoded. Filled by a decoder, read until the batch that it came with is done;
/// texts point into memory that lives that long. A click that waits is copied (<see cref="Join.JoinBuffer{T}"/>).
/// </summary>
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

    /// <summary>The click that a path or a confirmation speaks of.</summary>
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

    /// <summary>Position of the click in CSS pixels.</summary>
    public double X,
        Y;

    /// <summary>The viewport's extent in CSS pixels.</summary>
    public double ViewportWidth,
        ViewportHeight;

    /// <summary>
    /// Where the path's points begin in the decoder's buffer, and how many they are; 0 where there is no path.
    /// </summary>
    public int PathStart,
        PathCount;

    public int Attempts;
    public long LatencyMs;
}

/// <summary>Why an event can't be used: nothing where it can.</summary>
/// <param name="Reason">The contract's reason.</param>
/// <param name="Detail">The field, or what was wrong.</param>
public readonly record struct DecodeError(DeadLetterReason Reason, string? Detail)
{
    public bool IsError => Reason != DeadLetterReason.None;
}
