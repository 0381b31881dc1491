using System.Runtime.CompilerServices;
using Engine.Pipeline.Settings;
using Engine.Workflows.Module;

namespace Engine.Workflows.Runtime;

/// <summary>The compiled settings of each decider, created on first use. Shared by all partitions;
/// thread-safe.</summary>
public sealed class CompiledSettings
{
    private readonly ConditionalWeakTable<DecisionSettings, Dictionary<IDecider, object>> _versions = [];

    public object Of(HostedWorkflow workflow, DecisionSettings settings)
    {
        Dictionary<IDecider, object> compiled = _versions.GetValue(settings, _ => []);
        lock (compiled)
        {
            if (!compiled.TryGetValue(workflow.Decider, out object? mine))
            {
                compiled[workflow.Decider] = mine = workflow.Decider.Compile(RecordsFor(workflow.Module, settings));
            }

            return mine;
        }
    }

    private static SettingRecords RecordsFor(IWorkflow workflow, DecisionSettings settings) =>
        new(
            settings.Version,
            workflow
                .SettingKinds.SelectMany(kind => settings.Others[kind.Kind])
                .ToLookup(record => record.Kind, record => KeyValuePair.Create(record.Id, record.Value))
        );
}
