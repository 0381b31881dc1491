using Engine.Contracts.Events;
using Engine.Contracts.Settings;
using Engine.Workflows.Module.Traffic;

namespace Engine.Workflows.Module;

/// <summary>One complete system beside the clicks: a folder of <c>engine/Workflows</c> and a line in
/// <see cref="WorkflowModules"/>. Hosting, topics, the embedded Kafka, rescoring, the demo, HTTP, the generator of
/// sample traffic and <c>engine check</c> know a system only through this interface. Implementations hold no state; the
/// objects they create do.</summary>
public interface IWorkflow
{
    /// <summary>Its name in log lines and in the report of <c>make run</c>: <c>bindings</c>.</summary>
    string Name { get; }

    /// <summary>The Kafka topic of its events. No two workflows read the same topic.</summary>
    string Topic { get; }

    /// <summary>The schemas of its events. Ingest's check, the partition reader, the Protobuf message, JSON Schemas and
    /// <c>docs/events.md</c> all use them.</summary>
    IReadOnlyList<EventSchema> Events { get; }

    /// <summary>Its own kinds of settings.</summary>
    IReadOnlyList<ISettingKind> SettingKinds { get; }

    /// <summary>The Redis keys it writes, for the documentation and for the test that no two systems share a
    /// key.</summary>
    IReadOnlyList<KeyPattern> Keys { get; }

    /// <summary>Its page in <c>docs</c>: <c>bindings.md</c>.</summary>
    string Documentation { get; }

    /// <summary>Whether it signs or verifies anything. If so, no decider is created without the group's signing
    /// secrets, as in a rescoring that can't read them.</summary>
    bool NeedsSigningSecrets => false;

    /// <summary>Creates the decider. Called once by each process that decides, and once by a rescoring.</summary>
    IDecider CreateDecider(DeciderServices services);

    /// <summary>Adds its endpoints and pages to the engine's HTTP server.</summary>
    void MapEndpoints(WorkflowEndpoints endpoints) { }

    /// <summary>Creates the upkeep that the owner of its partitions runs outside decisions.</summary>
    IReadOnlyList<IUpkeep> CreateUpkeep(UpkeepServices services) => [];

    /// <summary>The sample traffic for <c>ingest generate</c> and <c>make run</c>; null for none.</summary>
    ISampleTraffic? Traffic => null;

    /// <summary>Summarises its results in a line or two for the report of <c>make run</c>; empty if there is nothing to
    /// report.</summary>
    Task<IReadOnlyList<string>> ReportAsync(ReportSource source) => Task.FromResult<IReadOnlyList<string>>([]);
}

/// <summary>A kind of Redis key.</summary>
/// <param name="Pattern">The key as documented: <c>binding:&lt;id&gt;</c>, without the group's prefix.</param>
/// <param name="Meaning">The content of the value.</param>
public sealed record KeyPattern(string Pattern, string Meaning);

/// <summary>The services available to a decider.</summary>
/// <param name="SigningSecrets">The group's secrets, the first of which signs; empty if unknown.</param>
public sealed record DeciderServices(IReadOnlyList<byte[]> SigningSecrets);
