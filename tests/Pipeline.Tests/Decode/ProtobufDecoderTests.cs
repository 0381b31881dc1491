using Engine.Contracts;
using Engine.Contracts.Protobuf;
using Engine.Pipeline.Decode;
using Google.Protobuf;
using Tests.Support;
using Xunit;

namespace Pipeline.Tests.Decode;

public sealed class ProtobufDecoderTests : IDisposable
{
    private readonly EngineDecoders _engine = new();

    /// <summary>A click with every field.</summary>
    internal static EventBuilder Everything() =>
        Events
            .Click("c-1")
            .Agent("Mozilla/5.0 ä😀")
            .Visitor("v-1")
            .Placement("top")
            .Advertiser("adv")
            .Cost(250_000)
            .Page("https://news.example/")
            .Referrer("https://r.example/")
            .Target("https://t.example/")
            .Pointer("mouse")
            .Position(312.5, -88)
            .Viewport(1280, 720)
            .ExpectsPath()
            .Device(d =>
                (d.Make, d.Model, d.Os, d.Osv, d.Carrier, d.Connectiontype, d.Language) = (
                    "Acme",
                    "Ä1",
                    "Android",
                    "14",
                    "c",
                    "wifi",
                    "de"
                )
            )
            .Points(Events.CurvedPath);

    [Fact]
    public void An_event_says_the_same_in_JSON_and_in_Protobuf()
    {
        EventBuilder[] events =
        [
            Everything(),
            Events.Click("c"),
            Events.Path("c"),
            Events.Confirmation("c"),
            Events.Confirmation("c", "expired").Attempts(0),
            Events.Tick(),
            Events.Click("c c"),
            Events.Click("c").From("1.2.3"),
            Events.Click("c").Cost(-1),
            Events.Click("c").Cost(EventLimits.MaxCostMicros + 1),
            Events.Click("c").At(-1),
            Events.Click("c").Position(1e10, 0),
            Events.Click("c").Viewport(-1, 5),
            Events.Click("c").Pointer("finger"),
            Events.Confirmation("c", "perhaps"),
            Events.Click("c").Device(d => d.Osv = new string('x', 129)),
            Events.Path("c").Points((5, 1, 1), (4, 1, 1)),
            Events.Path("c").Points((-1, 1, 1)),
            Events.Click("c").Points([.. Enumerable.Repeat((0.0, 1.0, 2.0), 4096)]),
            Events.Click("c").Points([.. Enumerable.Repeat((0.0, 1.0, 2.0), 4097)]),
            Events.Click(""),
            Events.Click(new string('i', 128)),
            Events.Click(new string('i', 129)),
            Events.Click("c").Publisher("ü"),
        ];
        foreach (EventBuilder e in events)
        {
            Assert.Equal(_engine.Json(e.ToJson()), _engine.Protobuf(e.ToProtobuf()));
        }

        Assert.StartsWith("click", _engine.Protobuf(Everything().ToProtobuf()));
    }

    [Fact]
    public void A_value_cut_at_any_byte_is_malformed_or_says_less()
    {
        byte[] bytes = Everything().ToProtobuf();
        HashSet<string> words = [];
        for (int length = 0; length < bytes.Length; length++)
        {
            string line = _engine.Protobuf(bytes.AsSpan(0, length));
            bool parses = Parses(bytes[..length]);
            if (!parses || length == 0)
            {
                Assert.Equal("malformed", line);
            }
            else
            {
                Assert.NotEqual("malformed", line);
            }

            words.Add(line.Split('\n', ' ')[0]);
        }
        Assert.Superset(new HashSet<string> { "malformed", "missing-field", "click" }, words);
    }

    [Fact]
    public void Mutated_values_never_crash_and_what_the_generated_parser_refuses_is_no_event()
    {
        var random = new Random(20261122);
        byte[][] seeds =
        [
            Everything().ToProtobuf(),
            Events.Path("c-1").ToProtobuf(),
            Events.Confirmation("c-1").ToProtobuf(),
        ];
        int events = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = [.. seeds[i % 3]];
            for (int changes = random.Next(1, 4); changes > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            string line = _engine.Protobuf(bytes);
            if (!line.StartsWith("malformed", StringComparison.Ordinal))
            {
                Assert.True(Parses(bytes), line);
            }

            if (line.StartsWith('c'))
            {
                events++;
            }
        }
        Assert.InRange(events, 1_000, 19_000);
    }

    [Fact]
    public void A_field_with_another_wire_type_is_of_the_wrong_type()
    {
        for (int number = 1; number <= 26; number++)
        {
            foreach (
                (int wire, byte[] payload) in (ReadOnlySpan<(int, byte[])>)
                    [(0, [1]), (1, new byte[8]), (2, [1, (byte)'a']), (5, new byte[4])]
            )
            {
                byte[] click = [.. Events.Click("c").ToProtobuf(), .. Tag(number, wire), .. payload];
                string line = _engine.Protobuf(click);
                bool right =
                    wire
                        == (
                            number is 3 or 14 or 22 or 25 or 26 ? 0
                            : number is 19 or 20 ? 1
                            : 2
                        )
                    || (number == 21 && wire == 1);
                bool known = number is not (7 or 8 or 9 or 25 or 26);
                if (known && !right)
                {
                    Assert.StartsWith("wrong-type ", line);
                }
                else
                {
                    Assert.DoesNotContain("wrong-type", right && number == 21 ? "" : line);
                }
            }
        }
    }

    [Fact]
    public void An_ill_typed_point_is_not_forgotten_for_the_next()
    {
        byte[] path = [.. Events.Path("c").ToProtobuf(), .. Tag(8, 0), 1, .. Tag(8, 2), 0];
        Assert.Equal("wrong-type points", _engine.Protobuf(path));
        path = [.. Events.Path("c").ToProtobuf(), .. Tag(8, 2), 2, 8, 1, .. Tag(8, 2), 0];
        Assert.Equal("wrong-type points", _engine.Protobuf(path));
    }

    [Fact]
    public void Points_of_the_other_type_mean_nothing_wherever_they_stand()
    {
        Event other = Events.Path("x").Points((9, 9, 9), (1, 1, 1)).Event,
            own = Events.Click("c").Points((0, 1, 2), (3, 4, 5)).Event;
        byte[] before = [.. new Event { Points = { other.Points } }.ToByteArray(), .. own.ToByteArray()];
        byte[] after = [.. own.ToByteArray(), .. new Event { Points = { other.Points } }.ToByteArray()];
        string expected = _engine.Protobuf(own.ToByteArray());
        Assert.Contains("path=0 1 2|3 4 5", expected);
        Assert.Equal(expected, _engine.Protobuf(before));
        Assert.Equal(expected, _engine.Protobuf(after));
        Assert.DoesNotContain(
            "path=",
            _engine.Protobuf([
                .. new Event { Points = { other.Points } }.ToByteArray(),
                .. Events.Click("c").ToProtobuf(),
            ])
        );
    }

    [Fact]
    public void The_last_of_a_scalar_holds_unknown_fields_are_skipped_and_a_viewport_may_come_unpacked()
    {
        byte[] twice =
        [
            .. Events.Click("c").Cost(-5).ToProtobuf(),
            .. new Event { CostMicros = 7, Id = "d" }.ToByteArray(),
            .. Tag(500, 2),
            3,
            1,
            2,
            3,
            .. Tag(501, 5),
            0,
            0,
            0,
            0,
        ];
        Assert.Equal(_engine.Json(Events.Click("d").Cost(7).ToJson()), _engine.Protobuf(twice));
        byte[] unpacked =
        [
            .. Events.Click("c").ToProtobuf(),
            .. Tag(21, 1),
            .. BitConverter.GetBytes(640.0),
            .. Tag(21, 1),
            .. BitConverter.GetBytes(480.0),
        ];
        Assert.Contains("viewport=640 480", _engine.Protobuf(unpacked));
        Assert.Equal(
            "wrong-type viewport",
            _engine.Protobuf([.. unpacked, .. Tag(21, 1), .. BitConverter.GetBytes(1.0)])
        );
    }

    [Fact]
    public void Text_that_is_no_UTF_8_is_malformed()
    {
        foreach (int field in (int[])[1, 2, 4, 5, 10, 15, 18])
        {
            Assert.Equal(
                "malformed",
                _engine.Protobuf([.. Events.Click("c").ToProtobuf(), .. Tag(field, 2), 2, 0xC3, 0x28])
            );
        }

        Assert.Equal(
            "malformed",
            _engine.Protobuf([.. Events.Click("c").ToProtobuf(), .. Tag(23, 2), 4, 10, 2, 0xC3, 0x28])
        );
    }

    [Fact]
    public void A_value_over_256_KiB_is_too_large()
    {
        Assert.StartsWith("click", _engine.Protobuf(Events.Click("c").Page(new string('p', 260_000)).ToProtobuf()));
        Assert.Equal("too-large", _engine.Protobuf(Events.Click("c").Page(new string('p', 263_000)).ToProtobuf()));
    }

    [Fact]
    public unsafe void A_type_from_a_header_says_whose_points_they_are()
    {
        byte[] bytes = new Event
        {
            Id = "c",
            Time = 1,
            Ip = "::1",
            Publisher = "p",
            Campaign = "k",
            Path =
            {
                new Point { T = 5 },
                new Point { T = 4 },
            },
        }.ToByteArray();
        fixed (
            byte* value = bytes,
                type = "click"u8
        )
        {
            Assert.Equal(
                "out-of-range path",
                _engine.Protobuf(
                    value,
                    bytes.Length,
                    new CloudEvent { Type = new Engine.Pipeline.Decode.Text(type, 5) }
                )
            );
        }
    }

    public void Dispose() => _engine.Dispose();

    private static byte[] Tag(int number, int wire)
    {
        var stream = new MemoryStream();
        var output = new CodedOutputStream(stream);
        output.WriteTag(number, (WireFormat.WireType)wire);
        output.Flush();
        return stream.ToArray();
    }

    private static bool Parses(byte[] bytes)
    {
        try
        {
            Event.Parser.ParseFrom(bytes);
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }
}
