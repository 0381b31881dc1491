namespace Ingest.Tail;

/// <summary>What <c>ingest tail</c> was asked for.</summary>
public sealed record TailRequest
{
    /// <summary>The logs.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>The broker; null for that of the engine that runs here.</summary>
    public string? Kafka { get; init; }

    /// <summary>Whether the lines are events in JSON; else requests in the combined format.</summary>
    public bool IsJson { get; init; }

    /// <summary>The path of the click-redirect endpoint; requests for others are no clicks.</summary>
    public string Endpoint { get; init; } = "/click";

    /// <summary>Whether to go on at the end until stopped.</summary>
    public bool Follow { get; init; }

    /// <summary>The folder that places are kept in; null for beside each log.</summary>
    public string? Places { get; init; }
}
