namespace Engine.Workflows.Module.Traffic;

/// <summary>
/// Events as people and programs would send them, good and bad ones: what <c>ingest generate</c> plays beside the
/// clicks. The same request gives the same events, unless a running engine makes a part of them (signed codes).
/// </summary>
public interface ISampleTraffic
{
    /// <summary>
    /// The option of <c>ingest generate</c> that says how many: <c>requests</c> for <c>--requests</c>.
    /// </summary>
    string Option { get; }

    /// <summary>What the option's help says.</summary>
    string Description { get; }

    /// <summary>How many <c>make run</c> plays beside so many clicks.</summary>
    int DemoCount(int clicks);

    /// <summary>
    /// Whether a running engine is asked over HTTP. Such events follow the clicks, each sent when it is made; others
    /// are merged with the clicks by time.
    /// </summary>
    bool NeedsEngine => false;

    /// <summary>Further options of its own.</summary>
    IReadOnlyList<TrafficOption> Options => [];

    /// <summary>
    /// The events in order of time. Throws <see cref="TrafficException"/> where what it needs isn't there.
    /// </summary>
    IEnumerable<SampleEvent> Play(TrafficRequest request);
}

/// <summary>An option of a traffic's own.</summary>
/// <param name="Name">Without dashes.</param>
/// <param name="Default">Its value where none is given.</param>
/// <param name="Description">What its help says.</param>
public sealed record TrafficOption(string Name, string Default, string Description);

/// <summary>What to play.</summary>
/// <param name="Seed">Gives the traffic; another seed gives other names too.</param>
/// <param name="Count">How many.</param>
/// <param name="StartMs">When the first may be, ms since the Unix epoch.</param>
/// <param name="EndMs">When the last is, at the latest.</param>
/// <param name="Engine">Where an engine serves HTTP, <c>host:port</c>; empty where none is needed.</param>
/// <param name="Options">The values of <see cref="ISampleTraffic.Options"/>, by name.</param>
/// <param name="Clock">Stamps events that are sent when they are made.</param>
public sealed record TrafficRequest(
    ulong Seed,
    int Count,
    long StartMs,
    long EndMs,
    string Engine,
    IReadOnlyDictionary<string, string> Options,
    TimeProvider Clock
);

/// <summary>Sample traffic that can't be made: why, and what to do.</summary>
/// <param name="message">For people.</param>
/// <param name="isMissing">Whether what was asked for isn't there, rather than a server.</param>
public sealed class TrafficException(string message, bool isMissing = false) : Exception(message)
{
    public bool IsMissing { get; } = isMissing;
}
