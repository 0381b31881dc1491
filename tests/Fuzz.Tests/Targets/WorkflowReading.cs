using Engine.Contracts.Events;
using Engine.Workflows;
using Engine.Workflows.Module;
using Engine.Workflows.Runtime;
using Fuzz.Tests.Inputs;
using Fuzz.Tests.Running;
using Google.Protobuf;
using WorkflowEvent = Engine.Contracts.Protobuf.WorkflowEvent;

namespace Fuzz.Tests.Targets;

/// <summary>Events of the workflows, as their partitions read them: the workflow of the topic accepts what the HTTP
/// intake accepts, and no other does.</summary>
/// <param name="isProtobuf">Whether inputs are in Protobuf.</param>
internal sealed class WorkflowReading(bool isProtobuf) : FuzzTarget
{
    private readonly (HostedWorkflow Workflow, IDeciderPartition Memory)[] _workflows =
    [
        .. WorkflowModules
            .All.Select(module => new HostedWorkflow(module, module.CreateDecider(new DeciderServices([new byte[32]]))))
            .Select(workflow => (workflow, workflow.Decider.Open($"{workflow.Topic}-0"))),
    ];
    private readonly JsonObjects _objects = new(Examples.Workflows);
    private readonly ProtobufMessages _messages = new(Examples.Workflows);

    public override string Name => isProtobuf ? "workflow-protobuf" : "workflow-json";
    public override int Share => 6;
    public override IReadOnlyList<byte[]> Valid { get; } = isProtobuf ? [] : Examples.Bytes(Examples.Workflows);
    protected override IEnumerable<string> Tokens =>
        isProtobuf ? ["\u000a\u0001a", "\u0010\u0001"] : JsonObjects.Tokens;

    protected override void Shape(Dice dice, InputBuffer into)
    {
        if (!isProtobuf)
        {
            _objects.Make(dice, into);
            return;
        }

        var e = new WorkflowEvent();
        _messages.Fill(dice, e, oddOneIn: 4 + dice.Below(100));
        into.Add(e.ToByteArray());
    }

    public override bool Accepts(ReadOnlySpan<byte> input)
    {
        byte[] value = input.ToArray();
        byte[] json = value;
        bool isReadable = !isProtobuf || ProtobufJson.TryRead(value, out json) == null;
        EventFindings found = isReadable ? EventCheck.InspectAnyLength(json, WorkflowEvents.All, default) : default;
        bool isGood = isReadable && found.IsGood && value.Length <= Engine.Contracts.EventLimits.MaxValueBytes;
        foreach ((HostedWorkflow workflow, IDeciderPartition memory) in _workflows)
        {
            var record = new WorkflowRecord(0, 0, null, value, name =>
                isProtobuf && name == EventHeaders.ContentTypeName ? "application/protobuf" : null
            );
            Refusal? refusal = PartitionRun.Read(
                workflow.Events,
                memory,
                record,
                out Engine.Workflows.Module.WorkflowEvent? e
            );
            Holds(refusal == null == (e != null), "an event is both accepted and refused, or neither");
            bool isOurs = isGood && found.Schema!.Topic == workflow.Topic;
            Holds(
                (e != null) == isOurs,
                $"the intake says {found.Reason} {found.Detail}, {workflow.Topic} {refusal?.ToString() ?? "accepts"}"
            );
            if (e != null)
            {
                Holds(e.Key == found.Key && e.Type == found.Schema!.Type, $"the keys are {e.Key} and {found.Key}");
            }
        }

        return isGood;
    }
}
