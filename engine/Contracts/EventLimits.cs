namespace Engine.Contracts;

/// <summary>Bounds that the contract sets on every event.</summary>
public static class EventLimits
{
    /// <summary>The largest value of an event, in bytes.</summary>
    public const int MaxValueBytes = 256 * 1024;

    /// <summary>The longest identifier, in bytes of printable ASCII.</summary>
    public const int MaxIdentifierBytes = 128;

    /// <summary>The most points of a path.</summary>
    public const int MaxPathPoints = 4096;

    /// <summary>The most sizes of one content request, and of one definition.</summary>
    public const int MaxSizes = 64;

    /// <summary>
    /// The most parameters of one content request: a sponsor's types of them are kept, and producers choose them.
    /// </summary>
    public const int MaxParameters = 32;

    /// <summary>The longest name of a parameter, in bytes of UTF-8.</summary>
    public const int MaxParameterNameBytes = 64;

    /// <summary>The longest value of a parameter, in bytes of UTF-8.</summary>
    public const int MaxParameterValueBytes = 256;

    /// <summary>The longest text of a device's field, in bytes of UTF-8.</summary>
    public const int MaxDeviceBytes = 128;

    /// <summary>The deepest nesting of JSON that is read; deeper is malformed.</summary>
    public const int MaxDepth = 64;

    /// <summary>
    /// The last time that is believed to be one: the end of the year 9999, in milliseconds since the epoch.
    /// </summary>
    public const long MaxTime = 253_402_300_799_999;

    /// <summary>The largest count or span of milliseconds: what 31 bits hold.</summary>
    public const int MaxCount = int.MaxValue;

    /// <summary>The most that one label may count.</summary>
    public const int MaxLabelWeight = 1000;

    /// <summary>The most that one click may cost: a million units of any currency, in micros.</summary>
    public const long MaxCostMicros = 1_000_000_000_000;

    /// <summary>
    /// The largest coordinate, duration or extent that is a number of the page's and not a forgery, in pixels or
    /// milliseconds.
    /// </summary>
    public const double MaxMagnitude = 1e9;

    /// <summary>The most attributes in one event of a process.</summary>
    public const int MaxAttributes = 256;

    /// <summary>The longest name of an attribute, in bytes of UTF-8.</summary>
    public const int MaxAttributeNameBytes = 128;

    /// <summary>The longest text of an attribute, in bytes of UTF-8.</summary>
    public const int MaxAttributeTextBytes = 1024;
}
