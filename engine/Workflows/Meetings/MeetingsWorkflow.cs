using System.Text.Json.Nodes;
using Engine.Contracts;
using Engine.Contracts.Events;
using Engine.Contracts.Settings;
using Engine.Workflows.Meetings.Decision;
using Engine.Workflows.Meetings.Events;
using Engine.Workflows.Meetings.Settings;
using Engine.Workflows.Meetings.Traffic;
using Engine.Workflows.Meetings.Web;
using Engine.Workflows.Module;
using Engine.Workflows.Module.Traffic;

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

    public ISampleTraffic Traffic { get; } = new MeetingTraffic();

    public IDecider CreateDecider(DeciderServices services) => new MeetingDecider();

    public void MapEndpoints(WorkflowEndpoints endpoints)
    {
        var links = new HostLinks(endpoints.SigningSecrets);
        MeetingEndpoints.Map(endpoints, links);
        HostPages.Map(endpoints, links);
    }

    public async Task<IReadOnlyList<string>> ReportAsync(ReportSource source)
    {
        List<string> lines = [];
        for (
            int i = 0;
            await source
                .Redis.StringGetAsync(source.Keys.Prefix + MeetingKeys.Record(MeetingTraffic.IdOf(i)))
                .ConfigureAwait(false)
                is { IsNull: false } json;
            i++
        )
        {
            JsonNode record = JsonNode.Parse(json.ToString())!;
            int present = record["present"]!.AsArray().Count,
                invited = present + record["absent"]!.AsArray().Count,
                notified = record["notices"]!
                    .AsArray()
                    .Count(notice => (string?)notice!["state"] is not ("pending" or "cancelled"));
            lines.Add(
                $"{record["title"]}: {present} of {invited} came, {notified} were notified: "
                    + $"GET http://{source.Http}/v1/meetings/{record["meeting"]}"
            );
        }

        return lines;
    }
}
