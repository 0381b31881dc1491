using Engine.Contracts;

namespace Engine.Pipeline.History;

/// <summary>
/// What a person or a conversion said of a click: an event of <c>labels</c>, decoded. Texts are empty where the label
/// doesn't have them.
/// </summary>
public sealed record LabelEvent
{
    /// <summary>The click that it speaks of.</summary>
    public required string Click { get; init; }

    /// <summary>The claimed event time, ms since the epoch; log time decides.</summary>
    public required long Time { get; init; }

    /// <summary>Whether it calls the click valid.</summary>
    public required bool Valid { get; init; }

    /// <summary>Who says so: analyst, conversion, advertiser, refund, or whom producers name.</summary>
    public required string Source { get; init; }

    /// <summary>
    /// How much it counts, 0 to <see cref="EventLimits.MaxLabelWeight"/>; with 0 a later label takes the earlier back.
    /// </summary>
    public double Weight { get; init; } = 1;

    /// <summary>The click's address; null where the label doesn't say.</summary>
    public IpAddress? Ip { get; init; }

    public string Publisher { get; init; } = "";
    public string Placement { get; init; } = "";
    public string Campaign { get; init; } = "";

    /// <summary>Device model, operating system and its version, spelled as they came.</summary>
    public string Model { get; init; } = "";
    public string Os { get; init; } = "";
    public string OsVersion { get; init; } = "";

    /// <summary>The device's make, carrier, connection and language, and the address, as they came.</summary>
    public string Make { get; init; } = "";
    public string Carrier { get; init; } = "";
    public string Connection { get; init; } = "";
    public string Language { get; init; } = "";
    public string IpText { get; init; } = "";

    /// <summary>
    /// The click's own fields, where the label took them from the click; then the click has none that is empty here.
    /// </summary>
    public ClickDimensions? Place { get; init; }

    /// <summary>What the label adds to each of its keys.</summary>
    public HistoryCount Count => new(Valid ? 0 : Weight, Weight);
}
