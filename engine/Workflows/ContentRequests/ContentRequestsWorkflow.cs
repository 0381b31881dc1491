using System.Globalization;
using Engine.Contracts;
using Engine.Contracts.Events;
using Engine.Contracts.Settings;
using Engine.Workflows.ContentRequests.Decision;
using Engine.Workflows.ContentRequests.Events;
using Engine.Workflows.ContentRequests.Settings;
using Engine.Workflows.ContentRequests.Traffic;
using Engine.Workflows.ContentRequests.Web;
using Engine.Workflows.Module;
using Engine.Workflows.Module.Traffic;

namespace Engine.Workflows.ContentRequests;

/// <summary>Content requests: a sponsor's pages request content and get an item that conforms to a
/// definition.</summary>
public sealed class ContentRequestsWorkflow : IWorkflow
{
    public string Name => "content requests";

    public string Topic => Topics.ContentRequests;

    public IReadOnlyList<EventSchema> Events => ContentRequestSchemas.All;

    public IReadOnlyList<ISettingKind> SettingKinds { get; } =
    [new SponsorKind(), new DefinitionKind(), new ContentLimitsKind()];

    public IReadOnlyList<KeyPattern> Keys =>
        [
            new("content:<request>", "the decision on a content request"),
            new("suggestions:<sponsor>:{content-requests-<p>}", "the types of invalid requests, with their counts"),
            new("session:<hash>", "the session of somebody signed in"),
        ];

    public string Documentation => "content-requests.md";

    public ISampleTraffic Traffic { get; } = new ContentRequestTraffic();

    public IDecider CreateDecider(DeciderServices services) => new ContentRequestDecider();

    public void MapEndpoints(WorkflowEndpoints endpoints)
    {
        ContentEndpoints.Map(endpoints);
        var suggestions = new SuggestionService(endpoints);
        SponsorEndpoints.Map(endpoints.Routes, suggestions);
        SponsorPages.Map(endpoints.Routes, suggestions, endpoints.Visitors);
    }

    public Task<IReadOnlyList<string>> ReportAsync(ReportSource source) =>
        Task.FromResult<IReadOnlyList<string>>(
            source.Decided == 0
                ? []
                :
                [
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{source.Decided:#,0} answered; http://{source.Http}/sponsors shows sponsors which "
                            + $"requests match no definition"
                    ),
                ]
        );
}
