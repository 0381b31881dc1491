using Ingest.Tail.Formats;

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

    /// <summary>The format of the lines, one of <see cref="LogFormats.Choices"/>.</summary>
    public string Format { get; init; } = LogFormats.Auto;

    /// <summary>Whether the lines are events of the contract rather than requests.</summary>
    internal bool IsEvents => Format == LogFormats.Events;

    /// <summary>Whether a proxy stands in front of the server and appends the client's address to
    /// X-Forwarded-For.</summary>
    public bool BehindProxy { get; init; }

    /// <summary>The path of the click-redirect endpoint; requests for other paths aren't clicks.</summary>
    public string Endpoint { get; init; } = "/click";

    /// <summary>Whether to continue at the end of the log until stopped.</summary>
    public bool Follow { get; init; }

    /// <summary>The folder for place files; null for beside each log.</summary>
    public string? Places { get; init; }
}
