namespace Engine.Contracts;

/// <summary>Bounds that the contract sets on every event.</summary>
public static class EventLimits
{
    /// <summary>The maximum size of an event's value, in bytes.</summary>
    public const int MaxValueBytes = 256 * 1024;

    /// <summary>The maximum length of an identifier, in bytes of printable ASCII.</summary>
    public const int MaxIdentifierBytes = 128;

    /// <summary>The maximum number of points in a path.</summary>
    public const int MaxPathPoints = 4096;

    /// <summary>The maximum number of sizes in a content request or a definition.</summary>
    public const int MaxSizes = 64;

    /// <summary>The maximum number of parameters in a content request. Producers choose the names, and a sponsor's
    /// parameter types are kept, so the number is bounded.</summary>
    public const int MaxParameters = 32;

    /// <summary>The maximum length of a parameter's name, in bytes of UTF-8.</summary>
    public const int MaxParameterNameBytes = 64;

    /// <summary>The maximum length of a parameter's value, in bytes of UTF-8.</summary>
    public const int MaxParameterValueBytes = 256;

    /// <summary>The maximum length of a device field, in bytes of UTF-8.</summary>
    public const int MaxDeviceBytes = 128;

    /// <summary>The maximum nesting depth of JSON; deeper JSON is malformed.</summary>
    public const int MaxDepth = 64;

    /// <summary>The latest plausible time: the end of the year 9999, in milliseconds since the Unix epoch.</summary>
    public const long MaxTime = 253_402_300_799_999;

    /// <summary>The largest count or duration in milliseconds: 31 bits.</summary>
    public const int MaxCount = int.MaxValue;

    /// <summary>The maximum length of an address to notify somebody at, in bytes of UTF-8.</summary>
    public const int MaxAddressBytes = 2048;

    /// <summary>The maximum weight of a label.</summary>
    public const int MaxLabelWeight = 1000;

    /// <summary>The maximum cost of a click: a million units of any currency, in micros.</summary>
    public const long MaxCostMicros = 1_000_000_000_000;

    /// <summary>The largest plausible coordinate, duration or extent, in pixels or milliseconds; larger ones are
    /// forged.</summary>
    public const double MaxMagnitude = 1e9;

    /// <summary>The maximum number of attributes in a process event.</summary>
    public const int MaxAttributes = 256;

    /// <summary>The maximum length of an attribute's name, in bytes of UTF-8.</summary>
    public const int MaxAttributeNameBytes = 128;

    /// <summary>The maximum length of an attribute's text, in bytes of UTF-8.</summary>
    public const int MaxAttributeTextBytes = 1024;
}
