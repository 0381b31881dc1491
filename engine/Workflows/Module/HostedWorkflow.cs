using Engine.Contracts.Events;

namespace Engine.Workflows.Module;

/// <summary>A workflow with the decider that was made of it: what the runtime runs.</summary>
public sealed record HostedWorkflow(IWorkflow Module, IDecider Decider)
{
    public string Topic => Module.Topic;

    /// <summary>
    /// The events of its topic. The runtime holds every record against them before
    /// <see cref="IDeciderPartition.Read"/>.
    /// </summary>
    public EventCatalog Events { get; } = new(Module.Events);
}
