using Engine.Client.Checks;
using Engine.Workflows;
using Fuzz.Tests.Inputs;
using Fuzz.Tests.Running;
using Ingest.Http;

namespace Fuzz.Tests.Targets;

/// <summary>Bodies of <c>POST /v1/events</c>: the same events in whatever pieces a body arrives, each of them accepted
/// or refused in words.</summary>
internal sealed class HttpFraming : FuzzTarget
{
    private readonly JsonObjects _objects = new(Examples.All);

    public override string Name => "http-framing";
    public override int Share => 8;

    public override IReadOnlyList<byte[]> Valid { get; } =
        Examples.Bytes(
            Examples.All[0],
            "[" + string.Join(",", Examples.All) + "]",
            string.Join("\n", Examples.All.Select(example => example.ReplaceLineEndings(" "))),
            "  " + Examples.All[1] + "\r\n"
        );

    protected override IEnumerable<string> Tokens => [.. JsonObjects.Tokens, "\r\n", "},{", "][", ",,"];

    protected override void Shape(Dice dice, InputBuffer into)
    {
        bool isArray = dice.OneIn(2);
        into.Add(isArray ? "["u8 : ""u8);
        for (int count = 1 + dice.Below(4); count > 0; count--)
        {
            _objects.Make(dice, into);
            into.Add(
                count == 1 ? ""u8
                : isArray ? ","u8
                : "\n"u8
            );
        }

        into.Add(isArray ? "]"u8 : ""u8);
    }

    public override bool Accepts(ReadOnlySpan<byte> input)
    {
        bool good = true;
        foreach (bool lines in (ReadOnlySpan<bool>)[false, true])
        {
            List<Frame> whole = Frames(input, lines, input.Length),
                pieces = Frames(input, lines, 1 + input.Length % 7);
            Holds(whole.Count == pieces.Count, $"{whole.Count} events whole, {pieces.Count} in pieces");
            bool all = whole.Count > 0;
            for (int i = 0; i < whole.Count; i++)
            {
                Holds(whole[i].Bytes.AsSpan().SequenceEqual(pieces[i].Bytes), $"event {i} differs in pieces");
                all &= Accepted(whole[i]);
            }

            good &= lines || all;
        }

        return good;
    }

    private static bool Accepted(Frame frame)
    {
        if (frame.Bytes is not { } bytes)
        {
            return false;
        }

        Holds(bytes.Length <= EventCheck.MaxBytes, $"an event has {bytes.Length} bytes");
        CheckedEvent found = EventCheck.Inspect(bytes, WorkflowEvents.All);
        Holds(found.Reason != null || (found.Topic != null && found.Key != null), "an event has no destination");
        if (found.Reason != null)
        {
            Holds(Refusal.InWords(found, bytes).Length > 0, "a refusal has no words");
            // As the answer has it: what can't be written isn't an answer.
            System.Text.Json.JsonSerializer.Serialize(Refusal.InWords(found, bytes));
        }

        return found.Reason == null;
    }

    private static List<Frame> Frames(ReadOnlySpan<byte> input, bool lines, int piece)
    {
        var framing = new EventFraming(lines);
        List<Frame> frames = [];
        for (int at = 0; at < input.Length; at += piece)
        {
            framing.Feed(input.Slice(at, Math.Min(piece, input.Length - at)), frames);
        }

        framing.End(frames);
        return frames;
    }
}
