using Engine.Contracts;

namespace Engine.Pipeline.History;

/// <summary>A decoded event of <c>labels</c>: what a person or a conversion says about a click. Texts are empty if the
/// label lacks them.</summary>
public sealed record LabelEvent
{
    /// <summary>The id of the labelled click.</summary>
    public required string Click { get; init; }

    /// <summary>The claimed event time, ms since the epoch. Decisions use log time instead.</summary>
    public required long Time { get; init; }

    /// <summary>Whether the label calls the click valid.</summary>
    public required bool Valid { get; init; }

    /// <summary>The source of the label: analyst, conversion, advertiser, refund, or any name that producers
    /// choose.</summary>
    public required string Source { get; init; }

    /// <summary>The label's weight, 0 to <see cref="EventLimits.MaxLabelWeight"/>. A later label with weight 0 revokes
    /// the earlier one.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>The click's address; null if the label lacks it.</summary>
    public IpAddress? Ip { get; init; }

    public string Publisher { get; init; } = "";
    public string Placement { get; init; } = "";
    public string Campaign { get; init; } = "";

    /// <summary>The device's model, operating system and version, as spelled in the event.</summary>
    public string Model { get; init; } = "";
    public string Os { get; init; } = "";
    public string OsVersion { get; init; } = "";

    /// <summary>The device's make, carrier, connection and language, and the address, as spelled in the
    /// event.</summary>
    public string Make { get; init; } = "";
    public string Carrier { get; init; } = "";
    public string Connection { get; init; } = "";
    public string Language { get; init; } = "";
    public string IpText { get; init; } = "";

    /// <summary>The click's own dimensions, if the label took them from the click. Then an empty text here means that
    /// the click has none.</summary>
    public ClickDimensions? Place { get; init; }

    /// <summary>The count that the label adds to each of its keys.</summary>
    public HistoryCount Count => new(Valid ? 0 : Weight, Weight);
}
