namespace Engine.Workflows.Module.Traffic;

/// <summary>Sample events as people and programs would send them, good and bad, which <c>ingest generate</c> plays
/// beside the clicks. The same request gives the same events, unless a running engine creates part of them (signed
/// codes).</summary>
public interface ISampleTraffic
{
    /// <summary>The option of <c>ingest generate</c> that sets the number of events: <c>requests</c> for
    /// <c>--requests</c>.</summary>
    string Option { get; }

    /// <summary>The option's help text.</summary>
    string Description { get; }

    /// <summary>The number of events that <c>make run</c> plays beside the given number of clicks.</summary>
    int DemoCount(int clicks);

    /// <summary>Whether it calls a running engine over HTTP. Such events follow the clicks, each sent as soon as it is
    /// made; other events are merged with the clicks by time.</summary>
    bool NeedsEngine => false;

    /// <summary>Its additional options.</summary>
    IReadOnlyList<TrafficOption> Options => [];

    /// <summary>Generates the events in order of time. Throws <see cref="TrafficException"/> if something it needs is
    /// missing.</summary>
    IEnumerable<SampleEvent> Play(TrafficRequest request);
}

/// <summary>An additional option of sample traffic.</summary>
/// <param name="Name">Without dashes.</param>
/// <param name="Default">The default value.</param>
/// <param name="Description">The option's help text.</param>
public sealed record TrafficOption(string Name, string Default, string Description);

/// <summary>The parameters of sample traffic.</summary>
/// <param name="Seed">The random seed; another seed also gives other names.</param>
/// <param name="Count">The number of events.</param>
/// <param name="StartMs">The earliest time of an event, ms since the Unix epoch.</param>
/// <param name="EndMs">The latest time of an event, ms since the Unix epoch.</param>
/// <param name="Engine">The address of the engine's HTTP server, <c>host:port</c>; empty if none is needed.</param>
/// <param name="Token">The token to show to that engine; null for none.</param>
/// <param name="Options">The values of <see cref="ISampleTraffic.Options"/>, by name.</param>
/// <param name="Clock">Stamps events that are sent as soon as they are made.</param>
public sealed record TrafficRequest(
    ulong Seed,
    int Count,
    long StartMs,
    long EndMs,
    string Engine,
    string? Token,
    IReadOnlyDictionary<string, string> Options,
    TimeProvider Clock
);

/// <summary>Sample traffic can't be generated; the message says why and what to do.</summary>
/// <param name="message">The message for the user.</param>
/// <param name="isMissing">Whether the requested item doesn't exist, as opposed to the server being
/// unavailable.</param>
public sealed class TrafficException(string message, bool isMissing = false) : Exception(message)
{
    public bool IsMissing { get; } = isMissing;
}
