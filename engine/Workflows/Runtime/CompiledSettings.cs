using System.Collections.Immutable;
using Engine.Pipeline.Settings;
using Engine.Workflows.Module;

namespace Engine.Workflows.Runtime;

/// <summary>The compiled settings of each decider, created on first use. Versions that agree in a workflow's kinds of
/// settings share them. Only the latest few are kept: whoever decides keeps those that it uses. Shared by all
/// partitions; thread-safe.</summary>
public sealed class CompiledSettings
{
    /// <summary>Partitions that lag behind each other use different versions at one time.</summary>
    private const int Kept = 16;

    private readonly Dictionary<IDecider, LinkedList<Compiled>> _latest = [];

    public object Of(HostedWorkflow workflow, DecisionSettings settings)
    {
        ImmutableSortedDictionary<string, WorkflowSetting>[] kinds =
        [
            .. workflow.Module.SettingKinds.Select(kind => settings.Others(kind.Kind)),
        ];
        lock (_latest)
        {
            if (!_latest.TryGetValue(workflow.Decider, out LinkedList<Compiled>? latest))
            {
                _latest[workflow.Decider] = latest = [];
            }

            if (
                latest.FirstOrDefault(one => one.Kinds.SequenceEqual(kinds, ReferenceEqualityComparer.Instance))
                is not { } compiled
            )
            {
                compiled = new Compiled(kinds, workflow.Decider.Compile(RecordsOf(kinds)));
                latest.AddFirst(compiled);
                if (latest.Count > Kept)
                {
                    latest.RemoveLast();
                }
            }

            return compiled.Settings;
        }
    }

    private static SettingRecords RecordsOf(ImmutableSortedDictionary<string, WorkflowSetting>[] kinds) =>
        new(
            kinds
                .SelectMany(kind => kind.Values)
                .ToLookup(record => record.Kind, record => KeyValuePair.Create(record.Id, record.Value))
        );

    private sealed record Compiled(ImmutableSortedDictionary<string, WorkflowSetting>[] Kinds, object Settings);
}
