namespace Engine.Workflows.Priority.Decision;

/// <summary>
/// Keys and channel of priorities, as the contract names them; a group's prefix comes before. Those of a process share
/// its slot.
/// </summary>
public static class PriorityKeys
{
    /// <summary>Says each change of an instance's level or state, as its record.</summary>
    public const string Channel = "priority";

    public static string Record(string process, string instance) => $"priority:{{{process}}}:{instance}";

    /// <summary>Waiting instances; a worker takes the highest.</summary>
    public static string Queue(string process) => $"priority:queue:{{{process}}}";

    /// <summary>The share of workers of each level.</summary>
    public static string Shares(string process) => $"priority:shares:{{{process}}}";

    /// <summary>A place in the queue: by level, then by age.</summary>
    public static double Score(int level, long start) => level * 1e13 - start;
}
