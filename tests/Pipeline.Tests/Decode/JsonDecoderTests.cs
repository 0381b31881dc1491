using System.Text;
using Engine.Contracts;
using Engine.Contracts.Events;
using Engine.Pipeline.Decode;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Pipeline.Tests.Decode;

public sealed class JsonDecoderTests : IDisposable
{
    private readonly EngineDecoders _engine = new();

    [Theory]
    [InlineData("{", "malformed")]
    [InlineData("""{"type":"click"}""", "missing-field id")]
    [InlineData("""{"id":"c"}""", "missing-field type")]
    [InlineData("""{"type":"label"}""", "unknown-type type")]
    [InlineData(
        """{"type":"click","id":"c","time":1,"ip":"1.2.3.4","publisher":"p","campaign":null}""",
        "missing-field campaign"
    )]
    [InlineData(
        """{"type":"click","id":"c","time":1,"ip":"1.2.3.4","publisher":"p","campaign":"k k"}""",
        "out-of-range campaign"
    )]
    [InlineData("""{"type":"cursor-path","click":"c","time":1,"ip":"::1","points":[]}""", "out-of-range points")]
    [InlineData("""{"type":"cursor-path","click":"c","time":1,"ip":null,"points":[[0,1,2]]}""", "missing-field ip")]
    [InlineData(
        """{"type":"cursor-path","click":"c","time":1,"ip":"1.2.3.4","points":[[0,1,2]]}""",
        "cursor-path\n  click=c\n  ip=1.2.3.4 1.2.3.4\n  points=0 1 2\n  time=1"
    )]
    [InlineData("""{"type":"tick"}""", "tick")]
    public void What_a_value_says_is_told_in_the_contracts_words(string value, string expected) =>
        Assert.Equal(expected, _engine.Json(value));

    [Fact]
    public void A_whole_click_keeps_every_field() =>
        Assert.Equal(
            """
            click
              advertiser=adv-3
              campaign=cmp-7
              cost_micros=250000
              device.carrier=c-1
              device.connectiontype=wifi
              device.language=de
              device.make=Acme
              device.model=A1
              device.os=Android
              device.osv=14
              expects_path=true
              id=c-8f14e45f
              ip=203.0.113.9 203.0.113.9
              page=https://news.example/a
              path=0 10 20|16 14 25.25
              placement=top
              pointer=mouse
              position=312 88.5
              publisher=pub-12
              target=https://shop.example/p/1
              time=1763769600123
              ua=Mozilla/5.0 (X11; Linux)
              viewport=1280 720
              visitor=v-77
            """,
            _engine.Json(JsonShapes.Click)
        );

    [Fact]
    public void Odd_values_decode_as_the_plain_decoder_has_them()
    {
        foreach (string value in JsonShapes.Odd)
        {
            Same(value);
        }

        Assert.True(JsonShapes.Odd.Length > 60);
    }

    [Fact]
    public void Every_value_in_every_field_decodes_as_the_plain_decoder_has_it()
    {
        int cases = 0;
        foreach (string value in JsonShapes.ValuesInFields())
        {
            Same(value);
            cases++;
        }
        Assert.True(cases > 10_000);
    }

    [Fact]
    public void A_value_cut_at_any_byte_decodes_as_the_plain_decoder_has_it()
    {
        string odd =
            """{ "type" : "click" ,"i\u0064":"\u0063","ua":"ä\ud83d\ude00\\","device":{"os":-1.5e3,"x":[{}]},"path":[ [0,1,2] ],"time":1,"ip":"1.2.3.4","publisher":"p","campaign":"k"} """;
        foreach (string value in (string[])[JsonShapes.Click, JsonShapes.Path, JsonShapes.Confirmation, odd])
        {
            byte[] bytes = Encoding.UTF8.GetBytes(value);
            for (int length = 0; length <= bytes.Length; length++)
            {
                Same(bytes.AsSpan(0, length));
            }
        }
        Assert.StartsWith("click", _engine.Json(odd));
    }

    [Fact]
    public void Members_in_any_order_with_any_space_and_escapes_decode_as_the_plain_decoder_has_them()
    {
        string[] members =
        [
            "type:click",
            "id:c-1",
            "publisher:p-1",
            "campaign:k",
            "visitor:v/1",
            "ua:Mozilla \"5\" \\ ä",
            "page:https://a.example/ü",
            "placement:{",
            "advertiser:a-very-long-advertiser-name-of-40-bytes--",
        ];
        string[] others =
        [
            "\"time\":17",
            "\"ip\":\"1.2.3.4\"",
            "\"x\":1.25",
            "\"y\":-3",
            "\"cost_micros\":5",
            "\"unknown\":{\"a\":[1,\"}\"]}",
            "\"device\":{\"os\":\"ios\"}",
            "\"viewport\":[1,2]",
            "\"referrer\":null",
        ];
        Gen<string> space = Gen.Elements("", "", " ", "\n", "\t \r\n");
        Gen<string> member =
            from text in Gen.Elements(members)
            from escaped in Gen.Choose(0, 3)
            from before in space
            from after in space
            let colon = text.IndexOf(':')
            select $"{Quote(text[..colon], escaped == 1)}{before}:{after}{Quote(text[(colon + 1)..], escaped == 2)}";
        Gen<string> value =
            from some in Gen.OneOf(member, Gen.Elements(others)).ArrayOf(14)
            from all in Gen.Shuffle<string>([
                .. some,
                "\"type\":\"click\"",
                "\"id\":\"i\"",
                "\"publisher\":\"p\"",
                "\"campaign\":\"k\"",
                "\"time\":1",
                "\"ip\":\"::1\"",
            ])
            from between in space
            select "{" + between + string.Join($"{between},{between}", all) + between + "}";
        Prop.ForAll(value.ToArbitrary(), text => Same(text)).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
    }

    [Fact]
    public void Mutated_values_decode_as_the_plain_decoder_has_them()
    {
        var random = new Random(20261122);
        string[] tokens =
        [
            "\"",
            "\\",
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "null",
            "true",
            "0",
            "-",
            "1e9",
            "\\u",
            "\\ud83d",
            "é",
            "\"type\":",
            "\"device\":{",
            "\"path\":[",
            "[0,1,2]",
            " ",
            "\n",
            "\0",
            "1234567890123456789",
        ];
        byte[][] seeds =
        [
            .. ((string[])[JsonShapes.Click, JsonShapes.Path, JsonShapes.Confirmation]).Select(Encoding.UTF8.GetBytes),
        ];
        int fine = 0;
        for (int i = 0; i < 20_000; i++)
        {
            List<byte> value = [.. seeds[i % seeds.Length]];
            for (int changes = random.Next(1, 4); changes > 0; changes--)
            {
                Mutate(value, random, tokens, seeds);
            }

            byte[] bytes = [.. value];
            Same(bytes);
            if (!_engine.Json(bytes).StartsWith("malformed", StringComparison.Ordinal))
            {
                fine++;
            }
        }
        Assert.InRange(fine, 1_000, 19_000);
    }

    [Fact]
    public unsafe void CloudEvents_headers_win_over_the_payload()
    {
        fixed (
            byte* value = "{\"type\":5,\"time\":7,\"ip\":\"1.2.3.4\",\"publisher\":\"p\",\"campaign\":\"k\"}"u8,
                type = "click"u8,
                id = "c-9"u8,
                odd = "a b"u8
        )
        {
            int length = "{\"type\":5,\"time\":7,\"ip\":\"1.2.3.4\",\"publisher\":\"p\",\"campaign\":\"k\"}".Length;
            CloudEvent headers = new()
            {
                Type = new Text(type, 5),
                Id = new Text(id, 3),
                Time = HeaderTime.At(99),
            };
            Assert.Equal(
                "click\n  campaign=k\n  id=c-9\n  ip=1.2.3.4 1.2.3.4\n  publisher=p\n  time=99",
                _engine.Json(value, length, headers)
            );
            headers.Id = new Text(odd, 3);
            Assert.Equal("out-of-range id", _engine.Json(value, length, headers));
            headers = new()
            {
                Type = new Text(type, 5),
                Id = new Text(id, 3),
                Time = HeaderTime.Parse("14:03"u8),
            };
            Assert.Equal("malformed", _engine.Json(value, length, headers));
        }
    }

    [Fact]
    public void A_value_over_256_KiB_is_too_large_and_one_of_just_that_is_not()
    {
        string fits = JsonShapes.Click.TrimEnd();
        Assert.StartsWith("click", _engine.Json(fits + new string(' ', EventLimits.MaxValueBytes - fits.Length)));
        Assert.Equal("too-large", _engine.Json(fits + new string(' ', EventLimits.MaxValueBytes - fits.Length + 1)));
    }

    public void Dispose() => _engine.Dispose();

    private static string Quote(string text, bool escaped) =>
        "\"" + string.Concat(text.Select(c => escaped || c is '"' or '\\' ? $"\\u{(int)c:x4}" : c.ToString())) + "\"";

    private static void Mutate(List<byte> value, Random random, string[] tokens, byte[][] seeds)
    {
        int at = random.Next(value.Count + 1),
            length = Math.Min(random.Next(1, 12), value.Count - at);
        switch (random.Next(6))
        {
            case 0 when length > 0:
                value[at] = (byte)random.Next(256);
                break;
            case 1:
                value.RemoveRange(at, length);
                break;
            case 2:
                value.InsertRange(at, value.GetRange(at, length));
                break;
            case 3:
                byte[] other = seeds[random.Next(seeds.Length)];
                int from = random.Next(other.Length);
                value.InsertRange(at, other.AsSpan(from, Math.Min(random.Next(1, 40), other.Length - from)).ToArray());
                break;
            case 4 when length > 0:
                value[at] ^= (byte)(1 << random.Next(8));
                break;
            default:
                value.InsertRange(at, Encoding.UTF8.GetBytes(tokens[random.Next(tokens.Length)]));
                break;
        }
    }

    private void Same(string value) => Same(Encoding.UTF8.GetBytes(value));

    private void Same(ReadOnlySpan<byte> value)
    {
        string expected = PlainJsonDecoder.Decode(value),
            actual = _engine.Json(value);
        if (expected != actual)
        {
            Assert.Fail(
                $"the plain decoder has\n{expected}\nthe engine's\n{actual}\nof "
                    + $"{(value.Length > 3000 ? "a long value" : Encoding.UTF8.GetString(value))}"
            );
        }
    }
}
