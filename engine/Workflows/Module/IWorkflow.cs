using Engine.Contracts.Events;
using Engine.Contracts.Settings;
using Engine.Workflows.Module.Traffic;

namespace Engine.Workflows.Module;

/// <summary>
/// One system around the clicks, whole: a folder of <c>engine/Workflows</c> and a line in
/// <see cref="WorkflowModules"/>. Hosting, topics, the embedded Kafka, rescoring, the demo, HTTP, the generator of
/// sample traffic and <c>engine check</c> know a system by this interface only. Implementations hold no state: what
/// they make does.
/// </summary>
public interface IWorkflow
{
    /// <summary>What people call it, as in log lines and in the report of <c>make run</c>: <c>bindings</c>.</summary>
    string Name { get; }

    /// <summary>The Kafka topic that holds its events; no two workflows read the same.</summary>
    string Topic { get; }

    /// <summary>
    /// The schemas of its events: ingest's check, the reader of its partitions, the Protobuf message, JSON Schemas and
    /// <c>docs/events.md</c> go by them.
    /// </summary>
    IReadOnlyList<EventSchema> Events { get; }

    /// <summary>The kinds of settings that are its own.</summary>
    IReadOnlyList<ISettingKind> SettingKinds { get; }

    /// <summary>
    /// The Redis keys that it writes, for documentation and for the test that no two systems share one.
    /// </summary>
    IReadOnlyList<KeyPattern> Keys { get; }

    /// <summary>Its page in <c>docs</c>: <c>bindings.md</c>.</summary>
    string Documentation { get; }

    /// <summary>
    /// Whether it signs or verifies anything. Without the group's signing secrets (a rescoring that can't read them) no
    /// decider is made of it.
    /// </summary>
    bool NeedsSigningSecrets => false;

    /// <summary>Makes the decider; called once by each process that decides, and once by a rescoring.</summary>
    IDecider CreateDecider(DeciderServices services);

    /// <summary>Adds its endpoints and pages to the engine's HTTP server.</summary>
    void MapEndpoints(WorkflowEndpoints endpoints) { }

    /// <summary>What the owner of its partitions sees to outside any decision.</summary>
    IReadOnlyList<IUpkeep> CreateUpkeep(UpkeepServices services) => [];

    /// <summary>The sample traffic that <c>ingest generate</c> and <c>make run</c> play; null for none.</summary>
    ISampleTraffic? Traffic => null;

    /// <summary>
    /// What it made of its events, a line or two for the report of <c>make run</c>; none where there is nothing to say.
    /// </summary>
    Task<IReadOnlyList<string>> ReportAsync(ReportSource source) => Task.FromResult<IReadOnlyList<string>>([]);
}

/// <summary>A kind of Redis key.</summary>
/// <param name="Pattern">As the documentation writes it: <c>binding:&lt;id&gt;</c>, without the group's prefix.</param>
/// <param name="Meaning">What lies there.</param>
public sealed record KeyPattern(string Pattern, string Meaning);

/// <summary>What a decider may be given.</summary>
/// <param name="Standings">What the clicks have told of networks and campaigns.</param>
/// <param name="SigningSecrets">The group's secrets, the first of which signs; empty where they aren't known.</param>
public sealed record DeciderServices(IStandings Standings, IReadOnlyList<byte[]> SigningSecrets);
