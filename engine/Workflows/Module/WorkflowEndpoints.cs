using Engine.Contracts;
using Engine.Web;
using StackExchange.Redis;

namespace Engine.Workflows.Module;

/// <summary>What a workflow's endpoints and pages are given when they are mapped.</summary>
public sealed record WorkflowEndpoints
{
    /// <summary>Where routes are added.</summary>
    public required IEndpointRouteBuilder Routes { get; init; }

    /// <summary>Reads events of the workflow's topic as the engine reads them, and sends them there.</summary>
    public required IEventIntake Events { get; init; }

    /// <summary>Sends any other record: a setting that somebody changed.</summary>
    public required IEventOut Kafka { get; init; }

    /// <summary>The settings as the workflow compiled them.</summary>
    public required ISettingsInForce Settings { get; init; }

    public required IStandings Standings { get; init; }

    public required IConnectionMultiplexer Redis { get; init; }

    public required RedisKeys Keys { get; init; }

    /// <summary>The group's secrets, the first of which signs.</summary>
    public required IReadOnlyList<byte[]> SigningSecrets { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>Whether the client's address is what a proxy in front says it is.</summary>
    public required bool BehindProxy { get; init; }

    /// <summary>The names of all partitions of the workflow's topic, whoever owns them.</summary>
    public IEnumerable<string> Partitions =>
        Enumerable
            .Range(0, Kafka.PartitionsOf(Events.Topic))
            .Select(number => RedisKeys.Partition(Events.Topic, number));

    /// <summary>The fields of one hash per partition, added up over all partitions.</summary>
    /// <param name="key">The hash's key by the partition's name, without the group's prefix.</param>
    public Task<IReadOnlyDictionary<string, long>> SumAsync(Func<string, string> key) =>
        PartitionCounts.SumAsync(Redis.GetDatabase(), Partitions.Select(partition => Keys.Prefix + key(partition)));
}

/// <summary>The settings in force, compiled for one workflow. Any thread.</summary>
public interface ISettingsInForce
{
    /// <summary>
    /// What the workflow's <see cref="IDecider.Compile"/> made of the version in force at a time, ms.
    /// </summary>
    object At(long time);

    /// <summary>The latest version, which may come into force within the activation delay.</summary>
    object Latest { get; }

    /// <summary>Whether settings were read to their end lately; without that nothing may be decided.</summary>
    bool AreFresh { get; }

    /// <summary>
    /// How far event time may be off before it isn't believed, ms; of the version in force at a time.
    /// </summary>
    long OutOfRangeMs(long time);
}

/// <summary>
/// Takes events of one workflow over HTTP: what it refuses is what the engine would make a dead letter. Any thread.
/// </summary>
public interface IEventIntake
{
    /// <summary>The workflow's topic.</summary>
    string Topic { get; }

    /// <summary>Reads an event; the event, or why it can't be used.</summary>
    /// <param name="body">JSON or, by its content type, Protobuf.</param>
    /// <param name="contentType">As the request has it; null is JSON.</param>
    (WorkflowEvent? Event, Refusal? Refusal) Read(byte[] body, string? contentType);

    /// <summary>
    /// Hands an event that was read to the log, and ends when the log has it; throws
    /// <see cref="EventNotTakenException"/> where it can't be taken over.
    /// </summary>
    Task SendAsync(
        WorkflowEvent e,
        byte[] body,
        string? contentType,
        params IReadOnlyList<(string Name, string Value)> headers
    );
}

/// <summary>Why an event can't be used.</summary>
/// <param name="Reason">The contract's word for it.</param>
/// <param name="Detail">The field, or what is wrong.</param>
public readonly record struct Refusal(DeadLetterReason Reason, string Detail);
