namespace Engine.App.Running;

/// <summary>What <c>engine run</c> was asked for; null where engine.yaml decides.</summary>
public sealed record RunRequest
{
    public string? Kafka { get; init; }
    public string? Redis { get; init; }
    public string? Group { get; init; }
    public string? Config { get; init; }
    public string? Http { get; init; }
    public string? Prefix { get; init; }

    /// <summary>Whether a first start takes the sample traffic's sponsors, pages, processes and campaigns.</summary>
    public bool Samples { get; init; }

    public TimeSpan? UntilIdle { get; init; }
}
