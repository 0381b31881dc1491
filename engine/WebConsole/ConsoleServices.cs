using Engine.Contracts;
using Engine.Contracts.Events;
using Engine.Partitions.Kafka;
using Engine.Pipeline.Settings;
using Engine.Web;
using Engine.WebConsole.Backtests;
using Engine.WebConsole.Clicks;
using Engine.WebConsole.Health;
using StackExchange.Redis;

namespace Engine.WebConsole;

/// <summary>What the console needs of the engine that serves it.</summary>
public sealed record ConsoleServices
{
    /// <summary>The route builder to add routes to.</summary>
    public required IEndpointRouteBuilder Routes { get; init; }

    /// <summary>Signs people in and out.</summary>
    public required Visitors Visitors { get; init; }

    public required IConnectionMultiplexer Redis { get; init; }

    public required RedisKeys Keys { get; init; }

    /// <summary>Sends events, and knows how many partitions topics have.</summary>
    public required IEventOut Kafka { get; init; }

    /// <summary>The Kafka whose log the engine reads.</summary>
    public required KafkaTarget Log { get; init; }

    /// <summary>Proves verdicts from the log.</summary>
    public required IClickProofs Proofs { get; init; }

    /// <summary>Tries drafts of settings on the log.</summary>
    public required IBacktests Backtests { get; init; }

    /// <summary>Cancelled when the engine stops.</summary>
    public required CancellationToken Stopping { get; init; }

    /// <summary>The state of the engine.</summary>
    public required IEngineHealth Health { get; init; }

    /// <summary>The topics whose partitions the group decides.</summary>
    public required IReadOnlyList<string> DecidedTopics { get; init; }

    /// <summary>The events that topics may hold.</summary>
    public required EventCatalog Events { get; init; }

    /// <summary>The settings that were ever in force.</summary>
    public required SettingsTimeline Timeline { get; init; }

    /// <summary>The currency of all amounts; empty if engine.yaml doesn't name it.</summary>
    public required string Currency { get; init; }

    public required TimeProvider Clock { get; init; }
}
