using System.Collections.Frozen;
using Engine.Contracts.Settings;
using Engine.Web.Settings;

namespace Ingest.Http.Links;

/// <summary>The campaigns in the topic <c>settings</c>: where their links lead, and what a click costs.
/// Thread-safe.</summary>
internal sealed class Campaigns() : SettingsOfKind(new CampaignKind())
{
    private volatile FrozenDictionary<string, CampaignSetting>? _current;

    /// <summary>Whether the campaigns were read.</summary>
    internal bool AreKnown => _current != null;

    /// <summary>A campaign; null if there is none.</summary>
    internal CampaignSetting? Of(string id) => _current?.GetValueOrDefault(id);

    protected override void Publish() =>
        _current = Settings.ToFrozenDictionary(
            one => one.Key,
            one => (CampaignSetting)one.Value,
            StringComparer.Ordinal
        );
}
