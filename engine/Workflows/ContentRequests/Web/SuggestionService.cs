using Engine.Contracts.Settings;
using Engine.Web;
using Engine.Workflows.ContentRequests.Decision;
using Engine.Workflows.ContentRequests.Settings;
using Engine.Workflows.Module;

namespace Engine.Workflows.ContentRequests.Web;

/// <summary>A sponsor's suggestions over all partitions: lists them, accepts them and undoes acceptances.</summary>
internal sealed class SuggestionService(WorkflowEndpoints endpoints)
{
    /// <summary>The delay after which an acceptance comes into force, in words.</summary>
    public static string InForceAfter { get; } = $"{Activation.Delay.TotalSeconds:0} seconds";

    /// <summary>The latest settings, including those that come into force after the activation delay.</summary>
    public ContentSettings Settings => (ContentSettings)endpoints.Settings.Latest;

    /// <summary>The counts of a sponsor's types over all partitions, and the log time up to which they count.</summary>
    public Task<SponsorCounts> CountsAsync(Sponsor sponsor) =>
        SponsorCounts.ReadAsync(endpoints.Redis.GetDatabase(), endpoints.Keys, [.. endpoints.Partitions], sponsor);

    /// <summary>The definition that accepting a suggestion creates.</summary>
    public DefinitionSetting DefinitionOf(Suggestion suggestion, string item, string by) =>
        Acceptance.Of(
            suggestion.Answer.Sponsor,
            suggestion.Hash,
            suggestion.Counts,
            item,
            by,
            endpoints.Clock.GetUtcNow().ToUnixTimeMilliseconds(),
            Settings.Acceptances[suggestion.Answer.Sponsor]
        );

    /// <summary>The acceptance of a type that is in force, or null.</summary>
    public DefinitionSetting? AcceptedAs(string sponsor, string hash) =>
        Settings
            .Acceptances[sponsor]
            .FirstOrDefault(definition => definition.Accepted!.Type == hash && definition.Undone == null);

    /// <summary>An acceptance by its id, even if undone; null for none.</summary>
    public DefinitionSetting? AcceptanceOf(string sponsor, string id) =>
        Settings.Acceptances[sponsor].FirstOrDefault(definition => definition.Id == id);

    /// <summary>Accepts a type: its requests are valid after the activation delay.</summary>
    public Task AcceptAsync(DefinitionSetting definition) => WriteAsync(definition);

    /// <summary>Undoes an acceptance. Returns the definition as recorded. If it was undone before, it stays
    /// unchanged.</summary>
    public async Task<DefinitionSetting> UndoAsync(DefinitionSetting definition, string by)
    {
        if (definition.Undone != null)
        {
            return definition;
        }

        definition = definition with { Undone = new Signed(by, endpoints.Clock.GetUtcNow().ToUnixTimeMilliseconds()) };
        await WriteAsync(definition).ConfigureAwait(false);
        return definition;
    }

    /// <summary>What an admin gets at a sponsor that the settings don't have.</summary>
    public static RefusedException NoSponsor(string id) =>
        new(StatusCodes.Status404NotFound, $"The settings have no sponsor '{id}'.", "sponsor");

    private Task WriteAsync(DefinitionSetting definition)
    {
        string json = definition.ToJson();
        return endpoints.WriteSettingAsync(
            $"definition/{definition.Sponsor}/{definition.Id}",
            json,
            () => AcceptanceOf(definition.Sponsor, definition.Id)?.ToJson() == json
        );
    }
}
