using Engine.Workflows.Module;

namespace Engine.Workflows;

/// <summary>The systems beside the clicks. To add one, add its folder and a line here.</summary>
public static class WorkflowModules
{
    public static IReadOnlyList<IWorkflow> All { get; } =
    [
        new ContentRequests.ContentRequestsWorkflow(),
        new Bindings.BindingsWorkflow(),
        new Priority.PriorityWorkflow(),
        new Associations.AssociationsWorkflow(),
        new Meetings.MeetingsWorkflow(),
        new TaggedContent.TaggedContentWorkflow(),
        new Messages.MessagesWorkflow(),
    ];
}
