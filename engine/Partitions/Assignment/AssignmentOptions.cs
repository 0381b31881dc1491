using Microsoft.Extensions.Logging;

namespace Engine.Partitions.Assignment;

/// <summary>The process's options for a lane's assignment.</summary>
public sealed record AssignmentOptions
{
    /// <summary>The one topic that the lane reads.</summary>
    public required string Topic { get; init; }

    /// <summary>The group's session timeout, after which a fenced lane tries to take a partition over again.</summary>
    public required TimeSpan SessionTimeout { get; init; }

    /// <summary>Whether the process's lanes of this group have all joined it.</summary>
    public Func<bool> LanesHaveJoined { get; init; } = () => true;

    /// <summary>Whether the lane must leave its group, until it no longer must.</summary>
    public Func<bool> MustStandAside { get; init; } = () => false;

    public required TimeProvider Clock { get; init; }
    public required ILogger Log { get; init; }
}
