using System.Diagnostics.Metrics;
using Engine.Client;

namespace Ingest.Http.Links;

/// <summary>Counts what became of the clicks on ads' links. Thread-safe.</summary>
internal sealed class LinkCounts(Meter meter)
{
    private const string Outcome = "outcome";

    private readonly Counter<long> _clicks = meter.CreateCounter<long>(
        "ingest.links",
        "{click}",
        "clicks on ads' links: decided in time, undecided, or not taken by Kafka (unsent)"
    );

    internal void Count(Verdict? verdict) =>
        _clicks.Add(1, new KeyValuePair<string, object?>(Outcome, verdict == null ? "undecided" : "decided"));

    /// <summary>Counts a click that Kafka hasn't taken.</summary>
    internal void Unsent() => _clicks.Add(1, new KeyValuePair<string, object?>(Outcome, "unsent"));
}
