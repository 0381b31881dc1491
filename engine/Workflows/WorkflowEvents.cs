using Engine.Contracts.Events;

namespace Engine.Workflows;

/// <summary>The events of all workflows, and all events of the engine.</summary>
public static class WorkflowEvents
{
    /// <summary>The events of the workflows, which form the message <c>WorkflowEvent</c>.</summary>
    public static readonly EventCatalog Own = new(WorkflowModules.All.SelectMany(module => module.Events));

    /// <summary>Every event that the engine accepts, on any topic.</summary>
    public static readonly EventCatalog All = new([.. EventCatalog.Clicks.All, .. Own.All]);
}
