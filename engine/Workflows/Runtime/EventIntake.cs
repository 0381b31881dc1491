using Engine.Web;
using Engine.Workflows.Module;

namespace Engine.Workflows.Runtime;

/// <summary>Accepts a workflow's events over HTTP, read as its partitions read them. Thread-safe.</summary>
/// <param name="workflow">The workflow of the events; reading doesn't change it.</param>
public sealed class EventIntake(HostedWorkflow workflow, IEventOut events) : IEventIntake
{
    private readonly IDeciderPartition _reader = workflow.Decider.Open("http");

    public string Topic => workflow.Topic;

    public (WorkflowEvent? Event, Refusal? Refusal) Read(byte[] body, string? contentType)
    {
        var record = new WorkflowRecord(0, 0, null, body, name => name == "content-type" ? contentType : null);
        Refusal? refusal = PartitionRun.Read(workflow.Events, _reader, record, out WorkflowEvent? e);
        return (e, refusal);
    }

    public Task<long> SendAsync(
        WorkflowEvent e,
        byte[] body,
        string? contentType,
        params IReadOnlyList<(string Name, string Value)> headers
    ) =>
        events.SendAsync(
            workflow.Topic,
            e.Key,
            body,
            contentType == null ? headers : [.. headers, ("content-type", contentType)]
        );
}
