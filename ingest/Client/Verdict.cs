using System.Text.Json.Nodes;

namespace Engine.Client;

/// <summary>A click's verdict. Values that the stored verdict omits to save memory are filled in if they can be
/// inferred.</summary>
public sealed record Verdict
{
    /// <summary>The id of the click.</summary>
    public required string Click { get; init; }

    /// <summary><c>valid</c>, <c>suspect</c>, <c>givt</c> or <c>sivt</c>.</summary>
    public required string Class { get; init; }

    /// <summary>Whether the click has no stored verdict because it is plain and valid, and the engine doesn't write
    /// such verdicts. Its score, path, model and settings aren't known.</summary>
    public bool IsAssumed { get; init; }

    /// <summary>The calibrated probability that the click is invalid, 0 to 1; NaN if the verdict is assumed.</summary>
    public required double Score { get; init; }

    /// <summary><c>allow</c>, <c>review</c>, <c>challenge</c> or <c>block</c>.</summary>
    public required string Band { get; init; }

    /// <summary><c>accept</c>, <c>flag</c>, <c>confirm</c> or <c>deny</c>.</summary>
    public required string Action { get; init; }

    /// <summary>Whether the advertiser should pay.</summary>
    public required bool Billable { get; init; }

    /// <summary>The codes of the reasons, strongest first; empty if there are none.</summary>
    public required IReadOnlyList<string> Reasons { get; init; }

    /// <summary>The numbers behind each reason, by its code; empty if there are none.</summary>
    public required JsonObject Evidence { get; init; }

    /// <summary>Whether the click had a cursor path: <c>present</c>, <c>missing</c> or <c>none</c>; empty if the
    /// verdict is assumed.</summary>
    public required string Path { get; init; }

    /// <summary>The time of the click, in milliseconds since the Unix epoch; null if the stored verdict omits
    /// it.</summary>
    public required long? Time { get; init; }

    /// <summary>The click's place in the log, such as <c>interactions-2@118233</c>; null if the stored verdict omits
    /// it.</summary>
    public required string? At { get; init; }

    /// <summary>The models that scored the click; empty if the verdict is assumed.</summary>
    public required string Model { get; init; }

    /// <summary>The version of the settings in force, such as <c>s-118</c>; empty if the verdict is assumed.</summary>
    public required string Settings { get; init; }
}
