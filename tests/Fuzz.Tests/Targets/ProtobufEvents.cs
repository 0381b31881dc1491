using Engine.Contracts.Protobuf;
using Engine.Pipeline.Decode;
using Fuzz.Tests.Inputs;
using Fuzz.Tests.Running;
using Google.Protobuf;
using Tests.Support;

namespace Fuzz.Tests.Targets;

/// <summary>Events of <c>interactions</c> in Protobuf. The decoder refuses what Google's reader refuses, and accepts
/// nothing but texts in UTF-8.</summary>
internal sealed unsafe class ProtobufEvents : FuzzTarget
{
    private readonly GuardedInput _memory = new();
    private readonly EventArena _arena = new();
    private readonly ProtobufEventDecoder _decoder;
    private readonly ProtobufMessages _messages = new(Examples.Interactions);

    public ProtobufEvents() => _decoder = new ProtobufEventDecoder(_arena);

    public override string Name => "protobuf-events";
    public override int Share => 24;

    public override IReadOnlyList<byte[]> Valid { get; } =
    [
        Events.Click("c-1").Points([.. Events.CurvedPath]).Viewport(1280, 720).Position(1, 2).ToProtobuf(),
        Events.Path("c-1").ToProtobuf(),
        Events.Confirmation("c-1").ToProtobuf(),
    ];

    protected override IEnumerable<string> Tokens => ["\n\u0005click", "\u0008\u0001", "\u0012\u0000", "\u007f"];

    protected override void Shape(Dice dice, InputBuffer into)
    {
        if (dice.OneIn(2))
        {
            into.Add(dice.Pick(Valid));
            return;
        }

        var e = new Event();
        _messages.Fill(dice, e, oddOneIn: 8);
        into.Add(e.ToByteArray());
    }

    public override bool Accepts(ReadOnlySpan<byte> input)
    {
        _arena.Reset();
        InteractionEvent e = default;
        DecodeError error = _decoder.Decode(_memory.Place(input), input.Length, ref e, CloudEvent.None);
        Holds(_arena.Points <= Engine.Contracts.EventLimits.MaxPathPoints, $"{_arena.Points} points are kept");
        if (!error.IsError)
        {
            Holds(e.Type != EventType.Unknown, "the type of an accepted event is unknown");
            Holds(e.PathStart >= 0 && e.PathStart + e.PathCount <= _arena.Points, "a path exceeds the arena");
        }

        return !error.IsError;
    }

    public override void Dispose()
    {
        _memory.Dispose();
        _arena.Dispose();
        base.Dispose();
    }
}
