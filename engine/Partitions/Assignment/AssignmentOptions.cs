using Microsoft.Extensions.Logging;

namespace Engine.Partitions.Assignment;

/// <summary>What a lane's assignment needs of its process.</summary>
public sealed record AssignmentOptions
{
    /// <summary>The one topic that the lane reads.</summary>
    public required string Topic { get; init; }

    /// <summary>The group's session timeout: who was fenced takes the partition over anew that much later.</summary>
    public required TimeSpan SessionTimeout { get; init; }

    /// <summary>Whether the process's lanes of this group have all joined it.</summary>
    public Func<bool> LanesHaveJoined { get; init; } = () => true;

    public required TimeProvider Clock { get; init; }
    public required ILogger Log { get; init; }
}
