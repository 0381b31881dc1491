namespace Ingest.Http;

/// <summary>What <c>ingest http</c> was asked for.</summary>
public sealed record HttpServing
{
    /// <summary>Where to listen; port 0 takes a free one.</summary>
    public string Listen { get; init; } = "127.0.0.1:8081";

    /// <summary>The broker; null for that of the engine that runs here.</summary>
    public string? Kafka { get; init; }

    /// <summary>Whether the last address of X-Forwarded-For is the client's.</summary>
    public bool BehindProxy { get; init; }

    /// <summary>How long an event waits for Kafka before the client is told that it isn't there.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromSeconds(10);
}
