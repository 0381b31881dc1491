using System.Text;
using Engine.Contracts;
using Engine.Contracts.Events;
using Engine.Pipeline.Decode;
using Engine.Pipeline.History;
using Tests.Support;
using Xunit;

namespace Pipeline.Tests.History;

public sealed class LabelDecoderTests
{
    private const string Whole =
        """{"type":"label","click":"c-1","time":1795338000000,"valid":false,"source":"analyst","weight":2.5,"ip":"203.0.113.9","publisher":"pub-1","placement":"top","campaign":"cmp-1","device":{"make":"Acme","model":"A 1","os":"Android","osv":14},"more":[{"x":null}]}""";

    [Fact]
    public void A_label_says_who_called_which_click_what_and_where_it_was_made()
    {
        Assert.False(Decode(Whole, out LabelEvent? label).IsError);
        Assert.True(IpAddress.TryParse("203.0.113.9", out IpAddress ip));
        Assert.Equal(
            new LabelEvent
            {
                Click = "c-1",
                Time = 1795338000000,
                Valid = false,
                Source = "analyst",
                Weight = 2.5,
                Ip = ip,
                Publisher = "pub-1",
                Placement = "top",
                Campaign = "cmp-1",
                Make = "Acme",
                Model = "A 1",
                Os = "Android",
                OsVersion = "14",
                IpText = "203.0.113.9",
            },
            label
        );
    }

    [Fact]
    public void Json_and_Protobuf_say_the_same()
    {
        EventBuilder full = Events
            .Label("c-1")
            .From("203.0.113.9")
            .Publisher("pub-1")
            .Placement("top")
            .Campaign("cmp-1")
            .Device(device => (device.Model, device.Os, device.Osv) = ("A1", "iOS", "17.1"));
        full.Event.Weight = 3;
        foreach (EventBuilder e in new[] { Events.Label("c-1"), Events.Label("c-2", valid: true, "refund"), full })
        {
            Assert.False(Decode(e.ToJson(), out LabelEvent? json).IsError);
            Assert.False(
                LabelDecoder
                    .Decode(e.ToProtobuf(), new EventHeaders(IsProtobuf: true), out LabelEvent? protobuf)
                    .IsError
            );
            Assert.Equal(json, protobuf);
        }
    }

    [Fact]
    public void A_label_that_says_no_weight_counts_once()
    {
        Decode(Events.Label("c-1").ToJson(), out LabelEvent? label);
        Assert.Equal(new HistoryCount(1, 1), label!.Count);
        Decode(Events.Label("c-1", valid: true).ToJson(), out label);
        Assert.Equal(new HistoryCount(0, 1), label!.Count);
    }

    [Theory]
    [InlineData("", "malformed", "not one JSON object")]
    [InlineData("[]", "malformed", "not one JSON object")]
    [InlineData("""{"type":"label"} x""", "malformed", "not one JSON object")]
    [InlineData("{}", "missing-field", "type")]
    [InlineData("""{"type":null}""", "missing-field", "type")]
    [InlineData("""{"type":"click"}""", "unknown-type", "type")]
    [InlineData("""{"type":"label"}""", "missing-field", "time")]
    [InlineData("""{"type":"label","time":1.5}""", "wrong-type", "time")]
    [InlineData("""{"type":"label","time":-1}""", "out-of-range", "time")]
    [InlineData("""{"type":"label","time":1e300}""", "wrong-type", "time")]
    [InlineData("""{"type":"label","time":1}""", "missing-field", "click")]
    [InlineData("""{"type":"label","time":1,"click":"a b"}""", "out-of-range", "click")]
    [InlineData("""{"type":"label","time":1,"click":7}""", "wrong-type", "click")]
    [InlineData("""{"type":"label","time":1,"click":"\ud800"}""", "malformed", "click")]
    [InlineData("""{"type":"label","time":1,"click":"c"}""", "missing-field", "valid")]
    [InlineData("""{"type":"label","time":1,"click":"c","valid":1}""", "wrong-type", "valid")]
    [InlineData("""{"type":"label","time":1,"click":"c","valid":null}""", "missing-field", "valid")]
    [InlineData("""{"type":"label","time":1,"click":"c","valid":true}""", "missing-field", "source")]
    [InlineData("""{"type":"label","time":1,"click":"c","valid":true,"source":""}""", "out-of-range", "source")]
    [InlineData(
        """{"type":"label","time":1,"click":"c","valid":true,"source":"s","weight":1000.5}""",
        "out-of-range",
        "weight"
    )]
    [InlineData(
        """{"type":"label","time":1,"click":"c","valid":true,"source":"s","weight":-0.1}""",
        "out-of-range",
        "weight"
    )]
    [InlineData(
        """{"type":"label","time":1,"click":"c","valid":true,"source":"s","weight":"1"}""",
        "wrong-type",
        "weight"
    )]
    [InlineData(
        """{"type":"label","time":1,"click":"c","valid":true,"source":"s","ip":"1.2.3"}""",
        "out-of-range",
        "ip"
    )]
    [InlineData(
        """{"type":"label","time":1,"click":"c","valid":true,"source":"s","publisher":{}}""",
        "wrong-type",
        "publisher"
    )]
    [InlineData(
        """{"type":"label","time":1,"click":"c","valid":true,"source":"s","device":[]}""",
        "wrong-type",
        "device"
    )]
    [InlineData(
        """{"type":"label","time":1,"click":"c","valid":true,"source":"s","device":{"model":true}}""",
        "wrong-type",
        "device.model"
    )]
    [InlineData(
        """{"type":"label","weight":"1","time":1,"click":"c","valid":true,"source":"s","weight":1}""",
        null,
        null
    )]
    [InlineData(
        """{"type":"label","time":1,"click":"c","valid":true,"source":"s","weight":null,"ip":null,"device":null,"\ud800":1}""",
        null,
        null
    )]
    public void What_can_not_be_used_says_why(string json, string? reason, string? detail)
    {
        DecodeError error = Decode(json, out LabelEvent? label);
        Assert.Equal(reason, error.IsError ? error.Reason.Word() : null);
        Assert.Equal(detail, error.Detail);
        Assert.Equal(error.IsError, label == null);
    }

    [Fact]
    public void A_value_cut_anywhere_is_no_label_and_no_exception()
    {
        byte[] json = Encoding.UTF8.GetBytes(Whole),
            protobuf = Events.Label("c-1").Publisher("pub-1").ToProtobuf();
        for (int i = 0; i < json.Length; i++)
        {
            Assert.Equal(DeadLetterReason.Malformed, LabelDecoder.Decode(json[..i], default, out _).Reason);
        }

        for (int i = 0; i < protobuf.Length; i++)
        {
            Assert.Equal(
                LabelDecoder.Decode(protobuf[..i], new EventHeaders(IsProtobuf: true), out LabelEvent? label).IsError,
                label == null
            );
        }

        Assert.Equal(DeadLetterReason.Malformed, LabelDecoder.Decode(null, default, out _).Reason);
        Assert.Equal(
            DeadLetterReason.TooLarge,
            LabelDecoder.Decode(new byte[EventLimits.MaxValueBytes + 1], default, out _).Reason
        );
    }

    [Fact]
    public void CloudEvents_headers_win_over_the_payload()
    {
        byte[] value = Encoding.UTF8.GetBytes("""{"type":"click","time":1,"click":"c","valid":true,"source":"s"}""");
        Assert.False(
            LabelDecoder
                .Decode(value, new EventHeaders(Type: "label", Time: HeaderTime.At(77)), out LabelEvent? label)
                .IsError
        );
        Assert.Equal(77, label!.Time);
        Assert.Equal(
            new DecodeError(DeadLetterReason.Malformed, "ce_time"),
            LabelDecoder.Decode(value, new EventHeaders(Type: "label", Time: HeaderTime.Parse("today"u8)), out _)
        );
    }

    private static DecodeError Decode(string json, out LabelEvent? label) =>
        LabelDecoder.Decode(Encoding.UTF8.GetBytes(json), default, out label);
}
