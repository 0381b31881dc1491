using Engine.Contracts.Access;

namespace Engine.App.Running;

/// <summary>The options of <c>engine run</c>; null means that engine.yaml decides.</summary>
public sealed record RunRequest
{
    public string? Kafka { get; init; }
    public string? Redis { get; init; }
    public string? Group { get; init; }
    public string? Config { get; init; }
    public string? Http { get; init; }
    public string? Prefix { get; init; }

    /// <summary>Whether a first start loads the sample traffic's sponsors, pages, processes and campaigns.</summary>
    public bool Samples { get; init; }

    /// <summary>An account that only this process knows, besides the users; null for none.</summary>
    public Account? Own { get; init; }

    public TimeSpan? UntilIdle { get; init; }
}
