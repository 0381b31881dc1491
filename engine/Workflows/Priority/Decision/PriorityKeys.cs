namespace Engine.Workflows.Priority.Decision;

/// <summary>The Redis keys and the channel of priorities, without the group's prefix. The keys of a process share a
/// slot.</summary>
public static class PriorityKeys
{
    /// <summary>The channel that publishes an instance's record on each change of its level or state.</summary>
    public const string Channel = "priority";

    public static string Record(string process, string instance) => $"priority:{{{process}}}:{instance}";

    /// <summary>The waiting instances; a worker takes the one with the highest score.</summary>
    public static string Queue(string process) => $"priority:queue:{{{process}}}";

    /// <summary>The share of workers for each level.</summary>
    public static string Shares(string process) => $"priority:shares:{{{process}}}";

    /// <summary>The score in the queue: by level, then by age.</summary>
    public static double Score(int level, long start) => level * 1e13 - start;
}
