using System.Diagnostics;

namespace Engine.Partitions.Diagnostics;

/// <summary>Traces of steps that take time and can fail: a partition's takeover and a commit of counts and progress.
/// Clicks aren't traced: a trace would cost more than the decision.</summary>
public static class Traces
{
    /// <summary>The name of the activity source.</summary>
    public const string Name = "Engine";

    private static readonly ActivitySource Source = new(Name);

    /// <summary>Starts a takeover's activity; null if nothing listens.</summary>
    public static Activity? TakeOver(IEnumerable<int> partitions) =>
        Source.StartActivity("engine.take_over")?.SetTag("partitions", string.Join(",", partitions));

    /// <summary>Starts the activity of a commit, from its beginning to its answer.</summary>
    public static Activity? Progress(string partition, long offset) =>
        Source.StartActivity("engine.progress")?.SetTag("partition", partition).SetTag("offset", offset);
}
