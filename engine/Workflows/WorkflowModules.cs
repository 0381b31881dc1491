using Engine.Workflows.Module;

namespace Engine.Workflows;

/// <summary>The systems around the clicks. Adding one is its folder, and its line here.</summary>
public static class WorkflowModules
{
    public static IReadOnlyList<IWorkflow> All { get; } =
    [
        new ContentRequests.ContentRequestsWorkflow(),
        new Bindings.BindingsWorkflow(),
        new Priority.PriorityWorkflow(),
    ];
}
