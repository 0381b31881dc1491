using Engine.Contracts;
using Engine.Contracts.Events;
using Engine.Contracts.Settings;
using Engine.Workflows.Meetings.Decision;
using Engine.Workflows.Meetings.Events;
using Engine.Workflows.Meetings.Settings;
using Engine.Workflows.Meetings.Web;
using Engine.Workflows.Module;

namespace Engine.Workflows.Meetings;

/// <summary>Meetings whose absent invitees are notified.</summary>
public sealed class MeetingsWorkflow : IWorkflow
{
    public string Name => "meetings";

    public string Topic => Topics.Meetings;

    public IReadOnlyList<EventSchema> Events => MeetingSchemas.All;

    public IReadOnlyList<ISettingKind> SettingKinds { get; } = [new MeetingRuleKind()];

    public IReadOnlyList<KeyPattern> Keys => [new("meeting:<id>", "attendance of a meeting, and its notices")];

    public string Documentation => "meetings.md";

    public IDecider CreateDecider(DeciderServices services) => new MeetingDecider();

    public void MapEndpoints(WorkflowEndpoints endpoints)
    {
        MeetingEndpoints.Map(endpoints);
    }
}
