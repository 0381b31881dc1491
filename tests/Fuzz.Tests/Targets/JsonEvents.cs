using Engine.Contracts;
using Engine.Contracts.Events;
using Engine.Pipeline.Decode;
using Fuzz.Tests.Inputs;
using Fuzz.Tests.Running;

namespace Fuzz.Tests.Targets;

/// <summary>Events of <c>interactions</c> in JSON: the decoder and the check of the HTTP intake agree.</summary>
internal sealed unsafe class JsonEvents : FuzzTarget
{
    private static readonly EventCatalog Catalog = new(InteractionSchemas.All);

    private readonly GuardedInput _memory = new();
    private readonly EventArena _arena = new();
    private readonly JsonEventDecoder _decoder;
    private readonly JsonObjects _objects = new(Examples.Interactions);

    public JsonEvents() => _decoder = new JsonEventDecoder(_arena);

    public override string Name => "json-events";
    public override int Share => 24;
    public override IReadOnlyList<byte[]> Valid { get; } = Examples.Bytes(Examples.Interactions);
    protected override IEnumerable<string> Tokens => JsonObjects.Tokens;

    protected override void Shape(Dice dice, InputBuffer into) => _objects.Make(dice, into);

    public override bool Accepts(ReadOnlySpan<byte> input)
    {
        _arena.Reset();
        InteractionEvent e = default;
        DecodeError error = _decoder.Decode(_memory.Place(input), input.Length, ref e, CloudEvent.None);
        SameAsIntake(error, e, EventCheck.Inspect(input, Catalog));
        return !error.IsError;
    }

    /// <summary>Compares what the decoder says with what the intake says.</summary>
    public static void SameAsIntake(DecodeError error, in InteractionEvent e, in EventFindings found)
    {
        if (e.Type == EventType.Tick && !error.IsError)
        {
            // Only engines write ticks: the intake doesn't know them.
            Holds(found.Reason == DeadLetterReason.UnknownType, $"the intake says {found.Reason} of a tick");
            return;
        }

        Holds(
            error.Reason == found.Reason
                && (error.Detail == found.Detail || error.Reason == DeadLetterReason.Malformed),
            $"the decoder says {error.Reason} {error.Detail}, the intake {found.Reason} {found.Detail}"
        );
        if (!error.IsError)
        {
            Text id = e.Type == EventType.Click ? e.Id : e.Click;
            Holds(id.ToString() == found.Id, $"the decoder reads {id}, the intake {found.Id}");
            Holds(e.Time == found.Time, $"the decoder reads the time {e.Time}, the intake {found.Time}");
        }
    }

    public override void Dispose()
    {
        _memory.Dispose();
        _arena.Dispose();
        base.Dispose();
    }
}
