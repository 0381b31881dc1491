using Engine.Workflows.Module;
using Engine.Workflows.Priority.Settings;

namespace Engine.Workflows.Priority.Decision;

/// <summary>Priority of business processes: gives each instance of a process its execution level, and maintains the
/// queues for workers.</summary>
public sealed class PriorityDecider : IDecider
{
    /// <summary>Zero: there are no windows, and everything about an instance is remembered.</summary>
    public TimeSpan LongestWindow => TimeSpan.Zero;

    public object Compile(SettingRecords records) =>
        new ProcessDefinitions(records.Of<ProcessDefinition>("process"), records.Of<LevelOverride>(OverrideKind.Name));

    public IDeciderPartition Open(string partition) => new PriorityPartition(partition);
}

/// <summary>The process definitions of one version of the settings.</summary>
/// <param name="overrides">By <c>process/instance</c>.</param>
public sealed class ProcessDefinitions(
    IEnumerable<KeyValuePair<string, ProcessDefinition>> definitions,
    IEnumerable<KeyValuePair<string, LevelOverride>> overrides
)
{
    private readonly Dictionary<string, ProcessDefinition> _definitions = new(definitions, StringComparer.Ordinal);
    private readonly Dictionary<string, LevelOverride> _overrides = new(overrides, StringComparer.Ordinal);

    /// <summary>The definition of a process, or <see cref="ProcessDefinition.Undefined"/>.</summary>
    public ProcessDefinition Of(string process) => _definitions.GetValueOrDefault(process, ProcessDefinition.Undefined);

    /// <summary>The definition of a process for one of its instances: with the level that a person has set.</summary>
    public ProcessDefinition Of(string process, string instance) =>
        OverrideOf(process, instance) is { } set ? Of(process) with { Override = set } : Of(process);

    /// <summary>Whether an instance is defined as in other settings.</summary>
    public bool Define(string process, string instance, ProcessDefinitions other) =>
        ReferenceEquals(Of(process), other.Of(process))
        && OverrideOf(process, instance) == other.OverrideOf(process, instance);

    private LevelOverride? OverrideOf(string process, string instance) =>
        _overrides.Count == 0 ? null : _overrides.GetValueOrDefault($"{process}/{instance}");
}
