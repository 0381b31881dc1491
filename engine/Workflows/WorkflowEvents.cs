using Engine.Contracts.Events;

namespace Engine.Workflows;

/// <summary>The events of all workflows, and all events that there are.</summary>
public static class WorkflowEvents
{
    /// <summary>The events of the workflows: those of the message <c>WorkflowEvent</c>.</summary>
    public static readonly EventCatalog Own = new(WorkflowModules.All.SelectMany(module => module.Events));

    /// <summary>Every event that the engine takes, whatever its topic.</summary>
    public static readonly EventCatalog All = new([.. EventCatalog.Clicks.All, .. Own.All]);
}
