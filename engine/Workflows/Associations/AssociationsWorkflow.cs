using Engine.Contracts;
using Engine.Contracts.Events;
using Engine.Contracts.Settings;
using Engine.Workflows.Associations.Codes;
using Engine.Workflows.Associations.Decision;
using Engine.Workflows.Associations.Events;
using Engine.Workflows.Associations.Settings;
using Engine.Workflows.Associations.Traffic;
using Engine.Workflows.Associations.Web;
using Engine.Workflows.Module;
using Engine.Workflows.Module.Traffic;

namespace Engine.Workflows.Associations;

/// <summary>Merchandise associations: people show each other items by codes, and the server keeps who showed what to
/// whom.</summary>
public sealed class AssociationsWorkflow : IWorkflow
{
    public string Name => "associations";

    public string Topic => Topics.Associations;

    public IReadOnlyList<EventSchema> Events => AssociationSchemas.All;

    public IReadOnlyList<ISettingKind> SettingKinds { get; } = [new ItemKind(), new ReasonKind()];

    public IReadOnlyList<KeyPattern> Keys =>
        [
            new("association:<id>", "the outcome of an association"),
            new("stats:association:<item>:{associations-<p>}", "counted, suspect and refused associations of an item"),
            new("chain:<item>:{associations-<p>}", "who showed an item to whom"),
        ];

    public string Documentation => "associations.md";

    public bool NeedsSigningSecrets => true;

    public ISampleTraffic Traffic { get; } = new AssociationTraffic();

    public IDecider CreateDecider(DeciderServices services) =>
        new AssociationDecider(new AssociationKeys(services.SigningSecrets));

    public void MapEndpoints(WorkflowEndpoints endpoints)
    {
        var associations = new AssociationReader(endpoints);
        AssociationEndpoints.Map(endpoints, associations);
        ItemPages.Map(endpoints, associations);
    }

    public async Task<IReadOnlyList<string>> ReportAsync(ReportSource source)
    {
        const string Item = AssociationTraffic.DefaultItem;
        IReadOnlyDictionary<string, long> counted = await source
            .SumAsync(partition => AssociationResultKeys.Stats(Item, partition))
            .ConfigureAwait(false);
        if (counted.Count == 0)
        {
            return [];
        }

        long Of(string kind) =>
            counted.Where(field => field.Key.StartsWith(kind, StringComparison.Ordinal)).Sum(field => field.Value);
        return
        [
            $"{Of("associated")} associated, {Of("referred")} of them referred, {Of("suspect:")} suspect, "
                + $"{Of("refused:")} refused, of item {Item}: http://{source.Http}/i/{Item}",
        ];
    }
}
