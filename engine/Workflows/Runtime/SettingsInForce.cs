using Engine.Pipeline.Settings;
using Engine.Workflows.Module;

namespace Engine.Workflows.Runtime;

/// <summary>The settings in force, compiled for one workflow; for its endpoints. Any thread.</summary>
/// <param name="isFresh">Whether settings were read to their end lately.</param>
public sealed class SettingsInForce(
    HostedWorkflow workflow,
    CompiledSettings compiled,
    SettingsTimeline timeline,
    Func<bool> isFresh
) : ISettingsInForce
{
    public object At(long time) => compiled.Of(workflow, SettingsTimeline.At(timeline.Entries, time, out _));

    public object Latest => compiled.Of(workflow, timeline.Latest);

    public bool AreFresh => isFresh();

    public long OutOfRangeMs(long time) => SettingsTimeline.At(timeline.Entries, time, out _).Limits.OutOfRangeMs;
}
