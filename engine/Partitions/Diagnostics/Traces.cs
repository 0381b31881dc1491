using System.Diagnostics;

namespace Engine.Partitions.Diagnostics;

/// <summary>
/// What is traced: steps that take time and can go wrong, a partition's take-over and a step of counts and progress.
/// Never a click: a trace of each would cost more than deciding it.
/// </summary>
public static class Traces
{
    /// <summary>The source's name, for whoever listens.</summary>
    public const string Name = "Engine";

    private static readonly ActivitySource Source = new(Name);

    /// <summary>A take-over; null where nobody listens.</summary>
    public static Activity? TakeOver(IEnumerable<int> partitions) =>
        Source.StartActivity("engine.take_over")?.SetTag("partitions", string.Join(",", partitions));

    /// <summary>A step of counts and progress, from its beginning to its answer.</summary>
    public static Activity? Progress(string partition, long offset) =>
        Source.StartActivity("engine.progress")?.SetTag("partition", partition).SetTag("offset", offset);
}
