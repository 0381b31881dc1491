using System.Text;
using Engine.Contracts;
using Engine.Contracts.Events;
using Engine.Pipeline.Decode;
using Engine.Pipeline.History;
using Engine.Workflows;
using Engine.Workflows.Module;
using Engine.Workflows.Runtime;

namespace Workflows.Tests.Events;

/// <summary>
/// What the engine makes of a record: the reading that stands before every decision, of each topic its own.
/// </summary>
internal sealed unsafe class EngineChecks : IDisposable
{
    private readonly EventArena _arena = new();
    private readonly JsonEventDecoder _json;
    private readonly ProtobufEventDecoder _protobuf;
    private readonly Dictionary<string, (HostedWorkflow Workflow, IDeciderPartition Memory)> _workflows;

    public EngineChecks()
    {
        (_json, _protobuf) = (new JsonEventDecoder(_arena), new ProtobufEventDecoder(_arena));
        // Reading needs no secret that anybody else knows.
        var services = new DeciderServices([new byte[32]]);
        _workflows = WorkflowModules
            .All.Select(module => new HostedWorkflow(module, module.CreateDecider(services)))
            .ToDictionary(
                workflow => workflow.Topic,
                workflow => (workflow, workflow.Decider.Open($"{workflow.Topic}-0"))
            );
    }

    /// <summary>The reason and the detail of a dead letter, or <c>None</c>.</summary>
    public (DeadLetterReason Reason, string? Detail) Read(
        string topic,
        byte[] value,
        params (string Name, string Value)[] headers
    )
    {
        if (topic == Topics.Interactions)
        {
            return Interaction(value, headers);
        }

        if (topic == Topics.Labels)
        {
            DecodeError error = LabelDecoder.Decode(value, Headers(headers), out _);
            return (error.Reason, error.Detail);
        }

        (HostedWorkflow workflow, IDeciderPartition memory) = _workflows[topic];
        var record = new WorkflowRecord(0, 0, null, value, name =>
            headers.LastOrDefault(header => header.Name == name).Value
        );
        return PartitionRun.Read(workflow.Events, memory, record, out _) is { } refusal
            ? (refusal.Reason, refusal.Detail)
            : (DeadLetterReason.None, null);
    }

    public static EventHeaders Headers((string Name, string Value)[] headers) =>
        headers.Aggregate(new EventHeaders(), (all, header) =>
            all.With(Encoding.UTF8.GetBytes(header.Name), Encoding.UTF8.GetBytes(header.Value))
        );

    private (DeadLetterReason, string?) Interaction(byte[] value, (string Name, string Value)[] headers)
    {
        _arena.Reset();
        EventHeaders all = Headers(headers);
        byte[] type = Encoding.UTF8.GetBytes(all.Type ?? ""),
            id = Encoding.UTF8.GetBytes(all.Id ?? ""),
            room = value.Length == 0 ? new byte[1] : value;
        fixed (
            byte* start = room,
                typeStart = type,
                idStart = id
        )
        {
            var ce = new CloudEvent
            {
                Type = new Engine.Pipeline.Decode.Text(typeStart, type.Length),
                Id = new Engine.Pipeline.Decode.Text(idStart, id.Length),
                Time = all.Time,
            };
            InteractionEvent e = default;
            DecodeError error = all.IsProtobuf
                ? _protobuf.Decode(start, value.Length, ref e, ce)
                : _json.Decode(start, value.Length, ref e, ce);
            return (error.Reason, error.Detail);
        }
    }

    public void Dispose() => _arena.Dispose();
}
