using Engine.Contracts;
using Engine.Pipeline.Settings;
using Engine.WebConsole.WorkflowResults;
using Engine.Workflows.ContentRequests.Decision;
using Engine.Workflows.ContentRequests.Settings;
using Engine.Workflows.ContentRequests.Web;
using StackExchange.Redis;

namespace Engine.WebConsole.Sponsors;

/// <summary>Reads sponsors, their requests and what is suggested to them. Thread-safe.</summary>
internal sealed class SponsorDesk(ResultReader results, SettingsTimeline timeline, IDatabase redis, RedisKeys keys)
{
    private const string SponsorSettings = "sponsor",
        DefinitionSettings = "definition";

    private const int MaxRequests = 100;

    /// <summary>The sponsors of the latest settings whose id or name contains a text, by id.</summary>
    public IReadOnlyList<Sponsor> List(string find)
    {
        ILookup<string, DefinitionSetting> definitions = Definitions().ToLookup(one => one.Sponsor);
        return
        [
            .. timeline
                .Latest.Others(SponsorSettings)
                .Values.Select(setting => (SponsorSetting)setting.Value)
                .Where(sponsor =>
                    sponsor.Id.Contains(find, StringComparison.OrdinalIgnoreCase)
                    || sponsor.Name.Contains(find, StringComparison.OrdinalIgnoreCase)
                )
                .Select(sponsor => new Sponsor(sponsor, definitions[sponsor.Id])),
        ];
    }

    /// <summary>A sponsor of the latest settings; null for none.</summary>
    public Sponsor? Find(string sponsor) =>
        timeline.Latest.Others(SponsorSettings).GetValueOrDefault(sponsor)?.Value is SponsorSetting setting
            ? new Sponsor(setting, Definitions().Where(definition => definition.Sponsor == sponsor))
            : null;

    /// <summary>The recurring types of a sponsor's invalid requests, the most frequent first.</summary>
    public async Task<IReadOnlyList<Suggestion>> SuggestionsAsync(Sponsor sponsor) =>
        (
            await SponsorCounts
                .ReadAsync(redis, keys, [.. results.PartitionsOf(Topics.ContentRequests)], sponsor)
                .ConfigureAwait(false)
        ).Recurring;

    /// <summary>The latest requests of a sponsor's pages, the latest first.</summary>
    public async Task<IReadOnlyList<EventResult>> LatestAsync(string sponsor, CancellationToken cancel) =>
        await results
            .ResultsOfAsync(
                await results.LatestOfAsync(Topics.ContentRequests, sponsor, cancel).ConfigureAwait(false),
                "id",
                ContentKeys.Answer,
                MaxRequests
            )
            .ConfigureAwait(false);

    private IEnumerable<DefinitionSetting> Definitions() =>
        timeline.Latest.Others(DefinitionSettings).Values.Select(setting => (DefinitionSetting)setting.Value);
}
