using Engine.Contracts;
using Engine.Workflows.ContentRequests.Decision;
using Engine.Workflows.ContentRequests.Events;
using Google.Protobuf;
using Xunit;

namespace Workflows.Tests.ContentRequests;

/// <summary>What is taken for a content request, and the answers that HTTP gave already.</summary>
public class ContentEventTests
{
    private const string Good =
        """{"type":"content-request","id":"r","time":1795338000000,"sponsor":"sp-1","resource":"https://news.example/","unit":"news/front/top","sizes":[[300,250]]}""";

    [Theory]
    [InlineData("\"id\":\"r\"", "\"id\":null", DeadLetterReason.MissingField, "id")]
    [InlineData("\"time\":1795338000000,", "", DeadLetterReason.MissingField, "time")]
    [InlineData("\"sponsor\":\"sp-1\",", "", DeadLetterReason.MissingField, "sponsor")]
    [InlineData("\"unit\":\"news/front/top\",", "", DeadLetterReason.MissingField, "unit")]
    [InlineData(",\"sizes\":[[300,250]]", "", DeadLetterReason.MissingField, "sizes")]
    [InlineData("\"sp-1\"", "7", DeadLetterReason.WrongType, "sponsor")]
    [InlineData("news/front/top", "a b", DeadLetterReason.OutOfRange, "unit")]
    [InlineData("[[300,250]]", "[]", DeadLetterReason.OutOfRange, "sizes")]
    [InlineData("[[300,250]]", "{}", DeadLetterReason.WrongType, "sizes")]
    [InlineData("[[300,250]]", "[300,250]", DeadLetterReason.WrongType, "sizes")]
    [InlineData("[[300,250]]", "[[300]]", DeadLetterReason.WrongType, "sizes")]
    [InlineData("[[300,250]]", "[[300,250,1]]", DeadLetterReason.WrongType, "sizes")]
    [InlineData("[[300,250]]", "[[300,\"250\"]]", DeadLetterReason.WrongType, "sizes")]
    [InlineData("[[300,250]]", "[[300,2.5]]", DeadLetterReason.WrongType, "sizes")]
    [InlineData("[[300,250]]", "[[300,-1]]", DeadLetterReason.OutOfRange, "sizes")]
    [InlineData("[[300,250]]", "[[300,2147483648]]", DeadLetterReason.OutOfRange, "sizes")]
    [InlineData("\"resource\":\"https://news.example/\"", "\"resource\":1", DeadLetterReason.WrongType, "resource")]
    [InlineData("\"resource\":\"https://news.example/\"", "\"ip\":\"1.2.3\"", DeadLetterReason.OutOfRange, "ip")]
    [InlineData("\"resource\":\"https://news.example/\"", "\"ua\":[]", DeadLetterReason.WrongType, "ua")]
    [InlineData(
        "\"resource\":\"https://news.example/\"",
        "\"parameters\":[]",
        DeadLetterReason.WrongType,
        "parameters"
    )]
    [InlineData(
        "\"resource\":\"https://news.example/\"",
        "\"parameters\":{\"a\":[]}",
        DeadLetterReason.WrongType,
        "parameters"
    )]
    [InlineData(
        "\"resource\":\"https://news.example/\"",
        "\"parameters\":{\"\":\"a\"}",
        DeadLetterReason.OutOfRange,
        "parameters"
    )]
    [InlineData(
        "\"resource\":\"https://news.example/\"",
        "\"parameters\":{\"a\":\"\\ud800\"}",
        DeadLetterReason.Malformed,
        "parameters"
    )]
    [InlineData("content-request", "click", DeadLetterReason.UnknownType, "type")]
    public void What_cannot_be_used_is_a_dead_letter(string part, string by, DeadLetterReason reason, string detail)
    {
        var run = new ContentRun(ContentRun.FrontTop);
        Assert.Contains(part, Good);
        run.Log.Send(Good.Replace(part, by));
        Refused(run, reason, detail);
    }

    [Fact]
    public void Sizes_and_parameters_are_bounded()
    {
        string sizes = "[" + string.Join(',', Enumerable.Range(1, AdSize.MaxCount).Select(i => $"[{i},1]")) + "]";
        string parameters =
            "{"
            + string.Join(
                ',',
                Enumerable
                    .Range(1, Parameters.MaxCount)
                    .Select(i => $"\"{new string('n', 60)}{i:0000}\":\"{new string('v', Parameters.MaxValueBytes)}\"")
            )
            + "}";
        var run = new ContentRun(ContentRun.FrontTop);
        Assert.Equal(
            Validity.InvalidFormat,
            run.Answer(new Ask("r") { Sizes = sizes, Parameters = parameters }).Validity
        );
        Refused(
            new ContentRun().Send(new Ask("r") { Sizes = sizes.Replace("]]", "],[9,9]]") }),
            DeadLetterReason.OutOfRange,
            "sizes"
        );
        Refused(
            new ContentRun().Send(new Ask("r") { Parameters = parameters.Replace("}", ",\"m\":\"\"}") }),
            DeadLetterReason.OutOfRange,
            "parameters"
        );
        Refused(
            new ContentRun().Send(new Ask("r") { Parameters = parameters.Replace("v\"}", "vv\"}") }),
            DeadLetterReason.OutOfRange,
            "parameters"
        );
        Refused(
            new ContentRun().Send(new Ask("r") { Parameters = parameters.Replace("\"nn", "\"nnn") }),
            DeadLetterReason.OutOfRange,
            "parameters"
        );
    }

    [Fact]
    public void Numbers_and_flags_are_parameters_as_their_text_and_null_is_none()
    {
        var run = new ContentRun(ContentRun.Definition("a", "u", "[[1,1]]", """{"n":["3"],"f":["true"]}"""));
        Assert.Equal(
            Validity.Valid,
            run.Answer(
                new Ask("r")
                {
                    Unit = "u",
                    Sizes = "[[1,1]]",
                    Parameters = """{"n":3,"f":true,"x":null}""",
                }
            ).Validity
        );
    }

    [Fact]
    public void Protobuf_says_the_same()
    {
        var run = new ContentRun(ContentRun.FrontTop);
        var e = new Engine.Contracts.Protobuf.WorkflowEvent
        {
            Type = "content-request",
            Id = "r",
            Time = DeciderRun.Start,
            Sponsor = "sp-1",
            Resource = "https://news.example/",
            Unit = "news/front/top",
            Ip = "203.0.113.9",
        };
        e.Sizes.Add(new Engine.Contracts.Protobuf.Size { Width = 728, Height = 90 });
        e.Parameters["color"] = "red";
        run.Log.Send(e.ToByteArray(), "sp-1", ("content-type", "application/protobuf"));
        ContentAnswer answer = ContentAnswer.Parse(run.Log.Values["content:r"])!;
        Assert.Equal((Validity.Valid, new AdSize(728, 90)), (answer.Validity, answer.Size!.Value));
    }

    [Fact]
    public void CloudEvents_headers_win()
    {
        var run = new ContentRun(ContentRun.FrontTop);
        run.Log.Send(Good, "sp-1", ("ce_id", "other"));
        Assert.Contains("content:other", run.Log.Values.Keys);
    }

    [Fact]
    public void A_key_that_is_not_the_sponsor_is_counted()
    {
        var run = new ContentRun(ContentRun.FrontTop);
        run.Log.Send(Good, "sp-1").Send(Good.Replace("\"r\"", "\"s\""), "sp-2");
        Assert.Equal(1, run.Log.Counts.KeysMismatched);
    }

    [Fact]
    public void An_answer_that_HTTP_gave_is_written_as_it_was_and_counted()
    {
        var run = new ContentRun(ContentRun.FrontTop);
        const string Answer =
            """{"request":"r", "sponsor":"sp-1","validity":"invalid-unit","definition":"gone","item":"it-gone","size":[1,2],"reasons":["unit.undefined"],"time":1795338000000,"settings":"s-9"}""";
        Assert.Equal(
            Answer,
            run.AnswerJson(
                new Ask("r"),
                (Engine.Workflows.ContentRequests.Events.ContentRequest.DecisionHeader, Answer)
            )
        );
        (string hash, RequestType type) = run.Types().Single();
        Assert.Equal((1, Validity.InvalidUnit, "gone"), (type.Requests, type.Validity, type.Definition));
        Assert.Equal(RequestType.HashOf(Validity.InvalidUnit, "news/front/top", [new(300, 250)], []), hash);
        Assert.Equal(1, run.Log.Counts.Decided);
        run.Send(new Ask("r"));
        Assert.Equal(1, run.Log.Counts.Duplicates);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"request":"other","sponsor":"sp-1","validity":"valid","reasons":[],"time":1,"settings":"s-1"}""")]
    [InlineData("""{"request":"r","sponsor":"sp-2","validity":"valid","reasons":[],"time":1,"settings":"s-1"}""")]
    [InlineData("""{"request":"r","sponsor":"sp-1","validity":"good","reasons":[],"time":1,"settings":"s-1"}""")]
    [InlineData(
        """{"request":"r","sponsor":"sp-1","validity":"valid","size":[1],"reasons":[],"time":1,"settings":"s-1"}"""
    )]
    [InlineData("""{"request":"r","sponsor":"sp-1","validity":"valid","time":1,"settings":"s-1"}""")]
    public void A_header_that_is_no_answer_to_it_makes_a_dead_letter(string header)
    {
        var run = new ContentRun(ContentRun.FrontTop);
        run.Send(new Ask("r"), (Engine.Workflows.ContentRequests.Events.ContentRequest.DecisionHeader, header));
        Refused(run, DeadLetterReason.Malformed, "the header engine.decision");
    }

    private static void Refused(ContentRun run, DeadLetterReason reason, string detail)
    {
        Engine.Workflows.Module.Refusal refusal = Assert.Single(run.Log.DeadLetters);
        Assert.Equal(reason, refusal.Reason);
        Assert.StartsWith(detail, refusal.Detail);
        Assert.Empty(run.Log.Values);
    }
}
