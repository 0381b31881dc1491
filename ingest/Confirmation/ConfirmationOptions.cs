using System.Diagnostics.Metrics;

namespace Ingest.Confirmation;

/// <summary>How answers count: as they are, or for tests of an integration always in the same way.</summary>
public enum ConfirmationMode
{
    /// <summary>A hit on the button counts.</summary>
    Real,

    /// <summary>Every answer is a hit.</summary>
    AlwaysHit,

    /// <summary>Every answer is a miss.</summary>
    AlwaysMiss,
}

/// <summary>What confirmation pages need of the server that shows them.</summary>
public sealed record ConfirmationOptions
{
    /// <summary>Returns a campaign's target; null if it has none.</summary>
    public required Func<string, string?> TargetOf { get; init; }

    /// <summary>Sends an event, and completes once Kafka has it.</summary>
    public required Func<byte[], Task> SendAsync { get; init; }

    /// <summary>Returns the client's address.</summary>
    public required Func<HttpContext, string> AddressOf { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>Where pages and their outcomes are counted.</summary>
    public required Meter Meter { get; init; }

    public ConfirmationMode Mode { get; init; }
}
