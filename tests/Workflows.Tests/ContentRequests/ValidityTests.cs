using Engine.Workflows.ContentRequests.Events;
using Xunit;

namespace Workflows.Tests.ContentRequests;

/// <summary>Does the sponsor define that unit, one of those sizes, and each parameter's value?</summary>
public class ValidityTests
{
    [Fact]
    public void A_request_by_a_definition_gets_its_item()
    {
        var run = new ContentRun(ContentRun.FrontTop);
        string json = run.AnswerJson(new Ask("r-1") { Parameters = """{"color":"blue"}""" });
        Assert.Equal(
            $$"""{"request":"r-1","sponsor":"sp-1","validity":"valid","definition":"front-top","item":"it-front","size":[300,250],"reasons":[],"time":{{DeciderRun.Start}},"settings":"s-base"}""",
            json
        );
    }

    [Theory]
    [InlineData("[[300,250]]", "{}", "valid", "[300,250]", "")]
    [InlineData("[[1,1],[728,90]]", "{}", "valid", "[728,90]", "")]
    [InlineData("[[728,90],[300,250]]", "{}", "valid", "[728,90]", "")]
    [InlineData("[[300,250]]", """{"color":"red"}""", "valid", "[300,250]", "")]
    [InlineData("[[320,50]]", "{}", "invalid-format", "[300,250]", "size.undefined")]
    [InlineData("[[320,50],[700,90]]", "{}", "invalid-format", "[728,90]", "size.undefined")]
    [InlineData("[[300,250]]", """{"color":"green"}""", "invalid-format", "[300,250]", "parameter.undefined")]
    [InlineData("[[300,250]]", """{"color":"Blue"}""", "invalid-format", "[300,250]", "parameter.undefined")]
    [InlineData("[[300,250]]", """{"colour":"blue"}""", "invalid-format", "[300,250]", "parameter.undefined")]
    [InlineData(
        "[[250,300]]",
        """{"color":"green","tone":"loud"}""",
        "invalid-format",
        "[300,250]",
        "size.undefined,parameter.undefined"
    )]
    public void The_answer_conforms_and_says_why(
        string sizes,
        string parameters,
        string validity,
        string size,
        string reasons
    )
    {
        ContentAnswer answer = new ContentRun(ContentRun.FrontTop).Answer(
            new Ask("r") { Sizes = sizes, Parameters = parameters }
        );
        Assert.Equal(validity, answer.Validity.Word());
        Assert.Equal(("front-top", "it-front"), (answer.Definition, answer.Item));
        Assert.Equal(size, $"[{answer.Size!.Value.Width},{answer.Size!.Value.Height}]");
        Assert.Equal(reasons, string.Join(',', answer.Reasons));
    }

    [Fact]
    public void All_must_hold_of_one_definition()
    {
        var run = new ContentRun(
            ContentRun.Definition("a", "u", "[[300,250]]"),
            ContentRun.Definition("b", "u", "[[1,1]]", """{"color":["blue"]}""")
        );
        ContentAnswer answer = run.Answer(new Ask("r") { Unit = "u", Parameters = """{"color":"blue"}""" });
        Assert.Equal((Validity.InvalidFormat, "b"), (answer.Validity, answer.Definition));
    }

    [Fact]
    public void Of_two_that_fit_the_first_by_id_answers()
    {
        var run = new ContentRun(
            ContentRun.Definition("b", "u"),
            ContentRun.Definition("a", "u"),
            ContentRun.Definition("B", "u")
        );
        Assert.Equal("B", run.Answer(new Ask("r") { Unit = "u" }).Definition);
    }

    [Fact]
    public void A_sponsor_without_definitions_has_nothing_to_answer_with()
    {
        ContentAnswer answer = new ContentRun().Answer(new Ask("r"));
        Assert.Equal(Validity.InvalidUnit, answer.Validity);
        Assert.Equal((null, null, null), (answer.Definition, answer.Item, answer.Size));
        Assert.Equal(["unit.undefined", "definition.none"], answer.Reasons);
    }

    [Fact]
    public void Another_sponsors_definitions_are_none_of_its()
    {
        var run = new ContentRun(("sponsor/sp-2", """{"resources":["https://news.example/"]}"""), ContentRun.FrontTop);
        Assert.Equal(["unit.undefined", "definition.none"], run.Answer(new Ask("r") { Sponsor = "sp-2" }).Reasons);
    }

    [Fact]
    public void A_definition_may_come_and_go_while_running()
    {
        var run = new ContentRun();
        run.Log.Setting("definition/sp-1/top", """{"unit":"news/front/top","sizes":[[300,250]],"item":"it-1"}""");
        Assert.Equal("definition.none", run.Answer(new Ask("a")).Reasons[^1]);
        run.Log.Now += 2001;
        ContentAnswer answer = run.Answer(new Ask("b"));
        Assert.Equal((Validity.Valid, "it-1", "s-1"), (answer.Validity, answer.Item, answer.Settings));
        run.Log.Setting("definition/sp-1/top", null);
        run.Log.Now += 2001;
        Assert.Equal("definition.none", run.Answer(new Ask("c")).Reasons[^1]);
    }

    [Fact]
    public void A_time_that_cannot_be_is_the_logs()
    {
        var run = new ContentRun(ContentRun.FrontTop);
        Assert.Equal(DeciderRun.Start, run.Answer(new Ask("a") { Time = DeciderRun.Start + 300_001 }).Time);
        Assert.Equal(DeciderRun.Start + 300_000, run.Answer(new Ask("b") { Time = DeciderRun.Start + 300_000 }).Time);
    }
}
