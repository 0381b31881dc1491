using System.Text;
using Engine.Pipeline.Knowledge;
using Engine.Pipeline.Replay.Signatures;
using Engine.Pipeline.Standing;
using Engine.Primitives;
using Fuzz.Tests.Inputs;
using Fuzz.Tests.Running;

namespace Fuzz.Tests.Targets;

/// <summary>Records of <c>marks</c>: what is read is written as it was read, and is added without an error.</summary>
internal sealed class MarkRecords : FuzzTarget
{
    private static readonly string[] Marks =
    [
        Encoding.UTF8.GetString(new Mark(7, 1, 0, 100, new KnownOffsets([1, 2], [3], [], [4])).Value()),
        Encoding.UTF8.GetString(new Mark(7, 2, 90, 200, KnownOffsets.Nothing).Value()),
    ];

    private readonly JsonObjects _objects = new(Marks);
    private MarkSequence _sequence = new();

    public override string Name => "marks";
    public override int Share => 6;
    public override IReadOnlyList<byte[]> Valid { get; } = Examples.Bytes(Marks);
    protected override IEnumerable<string> Tokens => JsonObjects.Tokens;

    protected override void Shape(Dice dice, InputBuffer into) => _objects.Make(dice, into);

    public override bool Accepts(ReadOnlySpan<byte> input)
    {
        if (Mark.Read(input) is not { } mark)
        {
            return false;
        }

        byte[] value = mark.Value();
        Holds(Mark.Read(value)!.Value().AsSpan().SequenceEqual(value), "a mark isn't read as it is written");
        if (_sequence.Version > 1_000)
        {
            _sequence = new MarkSequence();
        }

        _sequence.Add(mark);
        _sequence.At(mark.From);
        return true;
    }
}

/// <summary>Records of <c>standings</c>: what is read is written as it was read, and all sums are numbers. An input is
/// the key, a newline and the value.</summary>
internal sealed class StandingRecords : FuzzTarget
{
    private static readonly string[] Sums =
    [
        Encoding.UTF8.GetString(
            StandingRecord.Value(
                new StandingSums
                {
                    Name = "p",
                    Clicks = 1.5,
                    CostMicros = 7,
                },
                9
            )
        ),
    ];
    private static readonly string[] Keys =
    [
        "publisher/p/interactions-0",
        "network/203.0.113.0/24/interactions-12",
        "visitor/v-1/interactions-3",
        "campaign/c/interactions-2147483648",
        "written/all/interactions-1",
        "publisher//interactions-1",
    ];

    private readonly KeyedHash _hash = new(1, 2);
    private readonly JsonObjects _objects = new(Sums);

    public override string Name => "standings";
    public override int Share => 6;
    public override IReadOnlyList<byte[]> Valid { get; } =
        Examples.Bytes(Keys[0] + "\n" + Sums[0], Keys[1] + "\n" + Sums[0], Keys[2] + "\n" + Sums[0]);
    protected override IEnumerable<string> Tokens => [.. JsonObjects.Tokens, .. Keys, "/"];

    protected override void Shape(Dice dice, InputBuffer into)
    {
        into.Add(Encoding.UTF8.GetBytes(dice.Pick(Keys))).Add((byte)'\n');
        _objects.Make(dice, into);
    }

    public override bool Accepts(ReadOnlySpan<byte> input)
    {
        int line = input.IndexOf((byte)'\n');
        string key = Encoding.ASCII.GetString(line < 0 ? input : input[..line]);
        ReadOnlySpan<byte> value = line < 0 ? [] : input[(line + 1)..];
        StandingRecord.ReadMark(key, value);
        if (StandingRecord.Read(key, value, _hash) is not { } written)
        {
            return false;
        }

        StandingSums sums = written.Sums;
        Holds(
            double.IsFinite(sums.Clicks)
                && double.IsFinite(sums.Invalid)
                && double.IsFinite(sums.RecentClicks)
                && double.IsFinite(sums.RecentInvalid),
            "a sum isn't a number"
        );
        byte[] again = StandingRecord.Value(sums, sums.Covers);
        WrittenSums same = StandingRecord.Read(
            StandingRecord.Key(sums, $"interactions-{written.Partition}"),
            again,
            _hash
        ) ?? throw new BrokenPropertyException("what is written isn't a standing");
        Holds(
            same.Partition == written.Partition && same.Key == written.Key && same.Sums.Clicks.Equals(sums.Clicks),
            "a standing isn't read as it is written"
        );
        return true;
    }
}

/// <summary>Records of <c>path-signatures</c>: what is read is written as it was read.</summary>
internal sealed class SignatureRecords : FuzzTarget
{
    public override string Name => "path-signatures";
    public override int Share => 4;
    public override IReadOnlyList<byte[]> Valid { get; } = [new byte[SignatureRecord.Size]];

    public override bool Accepts(ReadOnlySpan<byte> input)
    {
        if (
            !SignatureRecord.TryRead(
                input,
                out PathSignature signature,
                out long time,
                out int partition,
                out long offset
            )
        )
        {
            return false;
        }

        byte[] again = new byte[SignatureRecord.Size];
        SignatureRecord.Write(signature, time, partition, offset, again);
        Holds(input.SequenceEqual(again), "a signature isn't written as it was read");
        return true;
    }
}
