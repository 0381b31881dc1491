using Engine.Contracts;
using Engine.Contracts.Events;
using Engine.Contracts.Settings;
using Engine.Workflows.Bindings.Codes;
using Engine.Workflows.Bindings.Decision;
using Engine.Workflows.Bindings.Events;
using Engine.Workflows.Bindings.Settings;
using Engine.Workflows.Bindings.Traffic;
using Engine.Workflows.Bindings.Web;
using Engine.Workflows.Module;
using Engine.Workflows.Module.Traffic;

namespace Engine.Workflows.Bindings;

/// <summary>Binding statistics: two clients bind through a signed code, and the server counts the valid
/// bindings.</summary>
public sealed class BindingsWorkflow : IWorkflow
{
    public string Name => "bindings";

    public string Topic => Topics.Bindings;

    public IReadOnlyList<EventSchema> Events => BindingSchemas.All;

    public IReadOnlyList<ISettingKind> SettingKinds { get; } = [new PageKind(), new SuspectKind()];

    public IReadOnlyList<KeyPattern> Keys =>
        [
            new("binding:<id>", "the outcome of a binding"),
            new("stats:binding:<page>:{bindings-<p>}", "counted, suspect and refused bindings of a page"),
        ];

    public string Documentation => "bindings.md";

    public bool NeedsSigningSecrets => true;

    public ISampleTraffic Traffic { get; } = new BindingTraffic();

    public IDecider CreateDecider(DeciderServices services) =>
        new BindingDecider(new CodeKeys(services.SigningSecrets));

    public void MapEndpoints(WorkflowEndpoints endpoints)
    {
        var codes = new BindingCodes(new CodeKeys(endpoints.SigningSecrets), endpoints.Settings, endpoints.Clock);
        BindingEndpoints.Map(endpoints, codes);
        BindingPages.Map(endpoints, codes);
    }

    public async Task<IReadOnlyList<string>> ReportAsync(ReportSource source)
    {
        const string Page = BindingTraffic.DefaultPage;
        IReadOnlyDictionary<string, long> counted = await source
            .SumAsync(partition => BindingKeys.Stats(Page, partition))
            .ConfigureAwait(false);
        if (counted.Count == 0)
        {
            return [];
        }

        long Of(string kind) =>
            counted
                .Where(field => field.Key.StartsWith(kind + ":", StringComparison.Ordinal))
                .Sum(field => field.Value);
        string refused = string.Join(
            ", ",
            counted
                .Where(field => field.Key.StartsWith("refused:", StringComparison.Ordinal))
                .OrderByDescending(field => field.Value)
                .Select(field => $"{field.Key[8..]} {field.Value}")
        );
        return
        [
            $"{Of("operation")} counted, {Of("suspect")} suspect, {Of("refused")} refused"
                + $"{(refused.Length > 0 ? $" ({refused})" : "")} on page {Page}: http://{source.Http}/b/{Page}",
        ];
    }
}
