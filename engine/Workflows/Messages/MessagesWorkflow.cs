using Engine.Contracts;
using Engine.Contracts.Events;
using Engine.Contracts.Settings;
using Engine.Workflows.Messages.Decision;
using Engine.Workflows.Messages.Events;
using Engine.Workflows.Messages.Settings;
using Engine.Workflows.Messages.Traffic;
using Engine.Workflows.Messages.Web;
using Engine.Workflows.Module;
using Engine.Workflows.Module.Traffic;

namespace Engine.Workflows.Messages;

/// <summary>Chat messages that pass through handling rules.</summary>
public sealed class MessagesWorkflow : IWorkflow
{
    public string Name => "messages";

    public string Topic => Topics.Messages;

    public IReadOnlyList<EventSchema> Events => MessageSchemas.All;

    public IReadOnlyList<ISettingKind> SettingKinds { get; } = [new MessageRuleKind(), new DeclinedSuggestionKind()];

    public IReadOnlyList<KeyPattern> Keys =>
        [
            new("message:<id>", "the rules that matched a message, and what was done"),
            new(
                "suggestions:messages:<person>:{messages-<p>}",
                "rules that are suggested to a person, by what the person did by hand"
            ),
        ];

    public string Documentation => "messages.md";

    public ISampleTraffic Traffic { get; } = new MessageTraffic();

    public IDecider CreateDecider(DeciderServices services) => new MessageDecider();

    public void MapEndpoints(WorkflowEndpoints endpoints) => MessageEndpoints.Map(endpoints);

    public Task<IReadOnlyList<string>> ReportAsync(ReportSource source) => MessageReport.LinesAsync(source);
}
