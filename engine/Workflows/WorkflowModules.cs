using Engine.Workflows.Bindings;
using Engine.Workflows.ContentRequests;
using Engine.Workflows.Module;
using Engine.Workflows.Priority;

namespace Engine.Workflows;

/// <summary>The systems around the clicks. Adding one is its folder, and its line here.</summary>
public static class WorkflowModules
{
    public static IReadOnlyList<IWorkflow> All { get; } =
    [new ContentRequestsWorkflow(), new BindingsWorkflow(), new PriorityWorkflow()];
}
