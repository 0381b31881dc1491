using Engine.Workflows.Module;

namespace Engine.Workflows.ContentRequests.Settings;

/// <summary>The settings of content requests in one version.</summary>
public sealed class ContentSettings
{
    private readonly Dictionary<string, Sponsor> _sponsors = new(StringComparer.Ordinal);

    public ContentSettings(SettingRecords records)
    {
        ILookup<string, DefinitionSetting> definitions = records
            .Of<DefinitionSetting>("definition")
            .Select(record => record.Value)
            .ToLookup(definition => definition.Sponsor, StringComparer.Ordinal);
        foreach ((string id, SponsorSetting sponsor) in records.Of<SponsorSetting>("sponsor"))
        {
            _sponsors[id] = new Sponsor(sponsor, definitions[id]);
        }

        Acceptances = definitions
            .SelectMany(group => group)
            .Where(definition => definition.Accepted != null)
            .ToLookup(definition => definition.Sponsor, StringComparer.Ordinal);
        Limits = records.Of<ContentLimits>("content").Select(record => record.Value).FirstOrDefault()
            ?? ContentLimits.Default;
    }

    public ContentLimits Limits { get; }

    public IReadOnlyDictionary<string, Sponsor> Sponsors => _sponsors;

    /// <summary>Definitions accepted from suggestions, by sponsor, including undone ones.</summary>
    public ILookup<string, DefinitionSetting> Acceptances { get; }
}
