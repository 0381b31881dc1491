using Engine.Contracts;
using Engine.Contracts.Events;
using Engine.Pipeline.Decode;
using Engine.Pipeline.History;
using Fuzz.Tests.Inputs;
using Fuzz.Tests.Running;

namespace Fuzz.Tests.Targets;

/// <summary>Events of <c>labels</c>: the engine's decoder and the check of the HTTP intake agree.</summary>
internal sealed class LabelEvents : FuzzTarget
{
    private static readonly EventCatalog Catalog = new(LabelSchemas.All);

    private readonly JsonObjects _objects = new(Examples.Labels);

    public override string Name => "labels";
    public override int Share => 6;
    public override IReadOnlyList<byte[]> Valid { get; } = Examples.Bytes(Examples.Labels);
    protected override IEnumerable<string> Tokens => JsonObjects.Tokens;

    protected override void Shape(Dice dice, InputBuffer into) => _objects.Make(dice, into);

    public override bool Accepts(ReadOnlySpan<byte> input)
    {
        byte[] value = input.ToArray();
        DecodeError error = LabelDecoder.Decode(value, default, out LabelEvent? label);
        EventFindings found = EventCheck.Inspect(input, Catalog);
        Holds(error.IsError == (label == null), "a label is both accepted and refused, or neither");
        Holds(
            error.Reason == found.Reason
                && (error.Detail == found.Detail || error.Reason == DeadLetterReason.Malformed),
            $"the decoder says {error}, the intake {found.Reason} {found.Detail}"
        );
        // Google's reader of the same bytes, which aren't what it expects.
        LabelDecoder.Decode(value, new EventHeaders(IsProtobuf: true), out _);
        return label != null;
    }
}
