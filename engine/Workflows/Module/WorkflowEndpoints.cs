using System.Text;
using Engine.Contracts;
using Engine.Web;
using StackExchange.Redis;

namespace Engine.Workflows.Module;

/// <summary>The services for mapping a workflow's endpoints and pages.</summary>
public sealed record WorkflowEndpoints
{
    /// <summary>The time limits for Kafka to acknowledge a setting, and for this instance to read it back.</summary>
    private static readonly TimeSpan AcknowledgedWithin = TimeSpan.FromSeconds(10),
        SeenWithin = TimeSpan.FromSeconds(2),
        LookEvery = TimeSpan.FromMilliseconds(10);

    /// <summary>The route builder to add routes to.</summary>
    public required IEndpointRouteBuilder Routes { get; init; }

    /// <summary>Finds out who sends a request, and signs people in and out. Endpoints that declare a role or a sponsor
    /// get their caller checked (<see cref="Caller"/>).</summary>
    public required Visitors Visitors { get; init; }

    /// <summary>Reads events of the workflow's topic as the engine reads them, and sends them to it.</summary>
    public required IEventIntake Events { get; init; }

    /// <summary>Sends any other record, such as a changed setting.</summary>
    public required IEventOut Kafka { get; init; }

    /// <summary>The settings as the workflow compiled them.</summary>
    public required ISettingsInForce Settings { get; init; }

    public required IStandings Standings { get; init; }

    public required IConnectionMultiplexer Redis { get; init; }

    public required RedisKeys Keys { get; init; }

    /// <summary>The group's secrets, the first of which signs.</summary>
    public required IReadOnlyList<byte[]> SigningSecrets { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>Whether to trust a proxy in front for the client's address.</summary>
    public required bool BehindProxy { get; init; }

    /// <summary>The names of all partitions of the workflow's topic, whoever owns them.</summary>
    public IEnumerable<string> Partitions =>
        Enumerable
            .Range(0, Kafka.PartitionsOf(Events.Topic))
            .Select(number => RedisKeys.Partition(Events.Topic, number));

    /// <summary>Sums the fields of one hash per partition, over all partitions.</summary>
    /// <param name="key">Maps a partition's name to the hash's key, without the group's prefix.</param>
    public Task<IReadOnlyDictionary<string, long>> SumAsync(Func<string, string> key) =>
        HashSums.SumAsync(Redis.GetDatabase(), Partitions.Select(partition => Keys.Prefix + key(partition)));

    /// <summary>Writes a settings record, and waits until this instance has read it, so that the next answer shows
    /// it.</summary>
    /// <param name="isSeen">Whether <see cref="Settings"/> has it.</param>
    /// <exception cref="EventNotTakenException">Kafka doesn't acknowledge it in time.</exception>
    public async Task WriteSettingAsync(string key, string json, Func<bool> isSeen)
    {
        Task sent = Kafka.SendAsync(Topics.Settings, key, Encoding.UTF8.GetBytes(json));
        try
        {
            await sent.WaitAsync(AcknowledgedWithin, Clock).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new EventNotTakenException("Kafka has not acknowledged it; it may still be written");
        }

        long since = Clock.GetTimestamp();
        while (!isSeen() && Clock.GetElapsedTime(since) < SeenWithin)
        {
            await Task.Delay(LookEvery, Clock).ConfigureAwait(false);
        }
    }
}

/// <summary>The settings in force, compiled for one workflow. Thread-safe.</summary>
public interface ISettingsInForce
{
    /// <summary>The result of the workflow's <see cref="IDecider.Compile"/> for the version in force at a time,
    /// ms.</summary>
    /// <param name="version"><c>s-118</c>, or <c>s-base</c>.</param>
    object At(long time, out string version);

    /// <summary>The latest version, which may only come into force after the activation delay.</summary>
    object Latest { get; }

    /// <summary>Whether the settings topic was read to its end recently. Otherwise nothing may be decided.</summary>
    bool AreFresh { get; }

    /// <summary>How far event time may be off from log time before it is replaced, ms; from the version in force at a
    /// time.</summary>
    long OutOfRangeMs(long time);
}

/// <summary>Accepts events of one workflow over HTTP. It refuses exactly what the engine would make a dead letter.
/// Thread-safe.</summary>
public interface IEventIntake
{
    /// <summary>The workflow's topic.</summary>
    string Topic { get; }

    /// <summary>Reads an event. Returns the event, or why it can't be used.</summary>
    /// <param name="body">JSON or, if the content type says so, Protobuf.</param>
    /// <param name="contentType">The request's content type; null means JSON.</param>
    (WorkflowEvent? Event, Refusal? Refusal) Read(byte[] body, string? contentType);

    /// <summary>Appends an event that was read to the log, and completes with its offset when Kafka acknowledges it.
    /// Throws <see cref="EventNotTakenException"/> if the event can't be accepted.</summary>
    Task<long> SendAsync(
        WorkflowEvent e,
        byte[] body,
        string? contentType,
        params IReadOnlyList<(string Name, string Value)> headers
    );
}

/// <summary>Why an event can't be used.</summary>
/// <param name="Reason">The reason as published.</param>
/// <param name="Detail">The field, or what is wrong.</param>
public readonly record struct Refusal(DeadLetterReason Reason, string Detail);
