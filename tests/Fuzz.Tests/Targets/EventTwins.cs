using System.Text;
using Engine.Contracts.Events;
using Engine.Contracts.Protobuf;
using Engine.Pipeline.Decode;
using Fuzz.Tests.Inputs;
using Fuzz.Tests.Running;
using Google.Protobuf;
using Tests.Support;

namespace Fuzz.Tests.Targets;

/// <summary>One event in both encodings: the same fields, or the same dead letter, which the HTTP intake names, too. An
/// input is the event in Protobuf.</summary>
internal sealed unsafe class EventTwins : FuzzTarget
{
    private static readonly EventCatalog Catalog = new(InteractionSchemas.All);

    private readonly GuardedInput _json = new(),
        _protobuf = new();
    private readonly EventArena _arena = new();
    private readonly JsonEventDecoder _jsonDecoder;
    private readonly ProtobufEventDecoder _protobufDecoder;
    private readonly ProtobufMessages _messages = new(Examples.Interactions);

    public EventTwins() =>
        (_jsonDecoder, _protobufDecoder) = (new JsonEventDecoder(_arena), new ProtobufEventDecoder(_arena));

    public override string Name => "event-twins";
    public override int Share => 8;

    public override IReadOnlyList<byte[]> Valid { get; } =
    [
        Events.Click("c-1").Points([.. Events.CurvedPath]).Viewport(1280, 720).Position(1, 2).ToProtobuf(),
        Events.Path("c-1").ToProtobuf(),
        Events.Confirmation("c-1").ToProtobuf(),
    ];

    public override void Make(Dice dice, InputBuffer into)
    {
        var e = new Event();
        if (dice.OneIn(2))
        {
            e.MergeFrom(dice.Pick(Valid));
        }

        _messages.Fill(dice, e, oddOneIn: 4 + dice.Below(40));
        into.Add(e.ToByteArray());
    }

    public override bool Accepts(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return false;
        }

        byte[] json = Encoding.UTF8.GetBytes(EventJson.Write(Event.Parser.ParseFrom(input)));
        _arena.Reset();
        InteractionEvent first = default,
            second = default;
        DecodeError one = _jsonDecoder.Decode(_json.Place(json), json.Length, ref first, CloudEvent.None),
            other = _protobufDecoder.Decode(_protobuf.Place(input), input.Length, ref second, CloudEvent.None);
        Holds(one == other, $"JSON is {one}, Protobuf {other}");
        JsonEvents.SameAsIntake(one, first, EventCheck.Inspect(json, Catalog));
        if (!one.IsError)
        {
            Same(first, second);
        }

        return !one.IsError;
    }

    private void Same(in InteractionEvent one, in InteractionEvent other)
    {
        Holds(one.Type == other.Type && one.Time == other.Time, "types or times differ");
        Holds(
            one.Id.Span.SequenceEqual(other.Id.Span)
                && one.Click.Span.SequenceEqual(other.Click.Span)
                && one.Visitor.Span.SequenceEqual(other.Visitor.Span)
                && one.Publisher.Span.SequenceEqual(other.Publisher.Span)
                && one.Campaign.Span.SequenceEqual(other.Campaign.Span)
                && one.Ua.Span.SequenceEqual(other.Ua.Span)
                && one.Page.Span.SequenceEqual(other.Page.Span),
            "texts differ"
        );
        Holds(one.HasIp == other.HasIp && one.Address.Equals(other.Address), "addresses differ");
        Holds(one.CostMicros == other.CostMicros && one.Outcome == other.Outcome, "costs or outcomes differ");
        Holds(one.HasPosition == other.HasPosition && one.X.Equals(other.X), "positions differ");
        Holds(one.PathCount == other.PathCount, $"paths have {one.PathCount} and {other.PathCount} points");
        for (int i = 0; i < one.PathCount; i++)
        {
            Holds(
                _arena.T[one.PathStart + i] == _arena.T[other.PathStart + i]
                    && _arena.X[one.PathStart + i] == _arena.X[other.PathStart + i]
                    && _arena.Y[one.PathStart + i] == _arena.Y[other.PathStart + i],
                $"point {i} differs"
            );
        }
    }

    public override void Dispose()
    {
        _json.Dispose();
        _protobuf.Dispose();
        _arena.Dispose();
        base.Dispose();
    }
}
