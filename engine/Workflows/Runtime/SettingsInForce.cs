using Engine.Pipeline.Settings;
using Engine.Workflows.Module;

namespace Engine.Workflows.Runtime;

/// <summary>The settings in force, compiled for one workflow's endpoints. Thread-safe.</summary>
/// <param name="isFresh">Whether the settings topic was read to its end recently.</param>
public sealed class SettingsInForce(
    HostedWorkflow workflow,
    CompiledSettings compiled,
    SettingsTimeline timeline,
    Func<bool> isFresh
) : ISettingsInForce
{
    public object At(long time, out string version)
    {
        DecisionSettings settings = timeline.At(time, out _);
        version = settings.Version;
        return compiled.Of(workflow, settings);
    }

    public object Latest => compiled.Of(workflow, timeline.Latest);

    public bool AreFresh => isFresh();

    public long OutOfRangeMs(long time) => timeline.At(time, out _).Limits.OutOfRangeMs;
}
