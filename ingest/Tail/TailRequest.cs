namespace Ingest.Tail;

/// <summary>The options of <c>ingest tail</c>.</summary>
public sealed record TailRequest
{
    /// <summary>The logs.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>The broker; null for that in engine.yaml or of the engine that runs here.</summary>
    public string? Kafka { get; init; }

    /// <summary>The path of engine.yaml, which secures connections; null for plain ones.</summary>
    public string? Config { get; init; }

    /// <summary>Whether the lines are events in JSON rather than requests in the combined format.</summary>
    public bool IsJson { get; init; }

    /// <summary>The path of the click-redirect endpoint; requests for other paths aren't clicks.</summary>
    public string Endpoint { get; init; } = "/click";

    /// <summary>Whether to continue at the end of the log until stopped.</summary>
    public bool Follow { get; init; }

    /// <summary>The folder for place files; null for beside each log.</summary>
    public string? Places { get; init; }
}
