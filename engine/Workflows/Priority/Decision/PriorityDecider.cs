using Engine.Workflows.Module;
using Engine.Workflows.Priority.Settings;

namespace Engine.Workflows.Priority.Decision;

/// <summary>Priority of business processes: gives each instance of a process its execution level, and maintains the
/// queues for workers.</summary>
public sealed class PriorityDecider : IDecider
{
    /// <summary>Zero: there are no windows, and everything about an instance is remembered.</summary>
    public TimeSpan LongestWindow => TimeSpan.Zero;

    public object Compile(SettingRecords records) => new ProcessDefinitions(records.Of<ProcessDefinition>("process"));

    public IDeciderPartition Open(string partition) => new PriorityPartition(partition);
}

/// <summary>The process definitions of one version of the settings.</summary>
public sealed class ProcessDefinitions(IEnumerable<KeyValuePair<string, ProcessDefinition>> definitions)
{
    private readonly Dictionary<string, ProcessDefinition> _definitions = new(definitions, StringComparer.Ordinal);

    /// <summary>The definition of a process, or <see cref="ProcessDefinition.Undefined"/>.</summary>
    public ProcessDefinition Of(string process) => _definitions.GetValueOrDefault(process, ProcessDefinition.Undefined);
}
