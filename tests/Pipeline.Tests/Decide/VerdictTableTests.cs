using System.Text.Json;
using Engine.Contracts;
using Engine.Pipeline.Settings;
using Engine.Pipeline.Verdicts;
using Tests.Support;
using Xunit;

namespace Pipeline.Tests.Decide;

/// <summary>The contract's table from grounds to verdicts, and the form of verdicts.</summary>
public sealed class VerdictTableTests
{
    private const long T = Events.Start;

    [Theory]
    [InlineData(ReasonClass.Givt, 0.0f, "Givt Block Deny False")]
    [InlineData(ReasonClass.Givt, 1.0f, "Givt Block Deny False")]
    [InlineData(ReasonClass.Sivt, 0.0f, "Sivt Block Deny False")]
    [InlineData(ReasonClass.Suspect, 0.0f, "Suspect Review Flag True")]
    [InlineData(ReasonClass.Suspect, 0.75f, "Suspect Challenge Confirm False")]
    [InlineData(ReasonClass.Suspect, 0.95f, "Sivt Block Deny False")]
    [InlineData(ReasonClass.None, 0.0f, "Valid Allow Accept True")]
    [InlineData(ReasonClass.None, 0.49999f, "Valid Allow Accept True")]
    [InlineData(ReasonClass.None, 0.5f, "Suspect Review Flag True")]
    [InlineData(ReasonClass.None, 0.69999f, "Suspect Review Flag True")]
    [InlineData(ReasonClass.None, 0.75f, "Suspect Challenge Confirm False")]
    [InlineData(ReasonClass.None, 0.89999f, "Suspect Challenge Confirm False")]
    [InlineData(ReasonClass.None, 0.95f, "Sivt Block Deny False")]
    public void Each_row_follows_from_its_ground(ReasonClass ground, float score, string expected)
    {
        var judgement = new Judgement { Score = score, ReasonClasses = 1u << (int)ground };
        judgement.Conclude(new Bands(0.5, 0.7, 0.9));
        Assert.Equal(expected, $"{judgement.Class} {judgement.Band} {judgement.Action} {judgement.Billable}");
        judgement.Allow = new AllowSetting("x", default, default, "v", null, null, null);
        judgement.Conclude(new Bands(0.5, 0.7, 0.9));
        Assert.Equal(
            "Valid Allow Accept True",
            $"{judgement.Class} {judgement.Band} {judgement.Action} {judgement.Billable}"
        );
    }

    [Fact]
    public void Givt_comes_before_sivt()
    {
        var judgement = new Judgement { ReasonClasses = 1u << (int)ReasonClass.Givt | 1u << (int)ReasonClass.Sivt };
        judgement.Conclude(Bands.Default);
        Assert.Equal(VerdictClass.Givt, judgement.Class);
    }

    [Theory]
    [InlineData(0, "valid allow accept True")]
    [InlineData(1, "valid allow accept True")]
    [InlineData(2, "suspect review flag True")]
    [InlineData(3, "suspect review flag True")]
    [InlineData(4, "suspect challenge confirm False")]
    [InlineData(5, "suspect challenge confirm False")]
    [InlineData(6, "sivt block deny False")]
    public void The_models_score_meets_the_bands_from_both_sides(int agentLength, string expected)
    {
        using TempFolder folder = new TempFolder().With("m", SmallModel.Clicks());
        using var run = new PipelineRun(
            new RunOptions
            {
                Folders = [folder.Path],
                Base = new Dictionary<string, string> { ["model/clicks"] = """{"file":"m"}""" },
            }
        );
        run.Feed(Events.Click("c").Agent(new string('x', agentLength)));
        Assert.Equal(expected, Outcome(run, "c"));
        Assert.Equal(agentLength >= 2 ? ["model"] : [], run.ReasonsOf("c"));
        if (agentLength == 2)
        {
            Assert.Equal(
                """{"score":0.51,"review":0.5,"features":{"agent_length":{"value":2,"usual":[0,2]}}}""",
                run.EvidenceOf("c", "model")
            );
        }

        Assert.StartsWith("clicks-", run.Verdict("c").GetProperty("model").GetString());
        run.Setting("bands/default", """{"review":0,"challenge":0,"block":1}""", T);
        run.Feed(Events.Click("d").At(T + 2_001).Agent(new string('x', agentLength)));
        Assert.Equal("suspect challenge confirm False", Outcome(run, "d"));
    }

    [Fact]
    public void A_rule_is_a_ground_by_its_class_and_what_else_it_names_overrides_in_order()
    {
        using var run = Run(
            ("rule/b", """{"when":"true","then":{"class":"sivt","action":"flag","billable":true},"order":1}"""),
            ("rule/a", """{"when":"click.campaign == 'k'","then":{"band":"review","billable":false},"order":2}""")
        );
        run.Feed(Events.Click("c"), Events.Click("d").Campaign("k"));
        Assert.Equal("sivt block flag True", Outcome(run, "c"));
        Assert.Equal("sivt review flag False", Outcome(run, "d"));
        Assert.Equal(["rule.b", "rule.a"], run.ReasonsOf("d"));
        Assert.Equal("""{"when":"true"}""", run.EvidenceOf("d", "rule.b"));
    }

    [Fact]
    public void An_allow_list_wins_over_rules_and_reasons_and_says_so_first()
    {
        using var run = Run(
            ("rule/all", """{"when":"true","then":{"class":"givt","action":"deny","billable":false}}"""),
            ("allow/office", $$"""{"ip":"203.0.113.0/24","because":"our own \"testers\"","until":{{T + 10}}}"""),
            ("allow/v", """{"visitor":"v-1"}"""),
            ("allow/k", """{"campaign":"k"}""")
        );
        run.Feed(
            Events.Click("a"),
            Events.Click("b").From("1.2.3.4").Visitor("v-1"),
            Events.Click("c").From("1.2.3.4").Campaign("k"),
            Events.Click("d").From("1.2.3.4"),
            Events.Click("e").At(T + 10)
        );
        Assert.Equal(
            [
                "valid allow accept True",
                "valid allow accept True",
                "valid allow accept True",
                "givt block deny False",
                "givt block deny False",
            ],
            ((string[])["a", "b", "c", "d", "e"]).Select(click => Outcome(run, click))
        );
        Assert.Equal(["allow.office", "rule.all"], run.ReasonsOf("a"));
        Assert.Equal(
            "our own \"testers\"",
            JsonDocument.Parse(run.EvidenceOf("a", "allow.office")).RootElement.GetProperty("because").GetString()
        );
        Assert.Equal(["allow.v", "rule.all"], run.ReasonsOf("b"));
        Assert.Equal(["allow.k", "rule.all"], run.ReasonsOf("c"));
    }

    [Fact]
    public void Of_two_allow_lists_for_one_visitor_the_one_that_still_holds_holds()
    {
        using var run = Run(
            ("allow/a", $$"""{"visitor":"v","until":{{T}}}"""),
            ("allow/b", """{"visitor":"v"}"""),
            ("allow/c", $$"""{"campaign":"k","until":{{T}}}"""),
            ("allow/d", """{"campaign":"k"}""")
        );
        run.Feed(Events.Click("1").Visitor("v"), Events.Click("2").Campaign("k"));
        Assert.Equal(["allow.b"], run.ReasonsOf("1"));
        Assert.Equal(["allow.d"], run.ReasonsOf("2"));
    }

    [Fact]
    public void Shadows_are_counted_and_never_act()
    {
        using var run = Run(
            ("rule/s", """{"when":"true","then":{"class":"givt","action":"deny","billable":false},"shadow":true}"""),
            ("reason/click.page", """{"class":"givt","shadow":true}""")
        );
        run.Feed(Events.Click("c").Page("odd"));
        Assert.Equal("valid allow accept True", Outcome(run, "c"));
        Assert.Empty(run.ReasonsOf("c"));
        Assert.Equal(
            (1, 0),
            (run.Counts.ByShadowReason[(int)Reason.ClickPage], run.Counts.ByReason[(int)Reason.ClickPage])
        );
    }

    [Fact]
    public void A_rule_may_ask_for_what_the_click_does_not_have_and_then_does_not_match()
    {
        using var run = Run(
            ("rule/v", """{"when":"click.visitor == 'v'","then":{"class":"sivt"}}"""),
            ("rule/n", """{"when":"!has(click.visitor)","then":{"class":"suspect"}}""")
        );
        run.Feed(Events.Click("c"), Events.Click("d").Visitor("v"));
        Assert.Equal(["rule.n"], run.ReasonsOf("c"));
        Assert.Equal(["rule.v"], run.ReasonsOf("d"));
    }

    [Fact]
    public void A_verdict_without_reasons_is_short_and_one_with_them_whole()
    {
        using var run = Run();
        run.Feed(Events.Click("c"), Events.Click("d").Page("odd").Points(Events.CurvedPath));
        Assert.Equal(
            """{"class":"valid","score":0,"band":"allow","action":"accept","billable":true,"model":"clicks-none+cursor-none","settings":"s-base"}""",
            run.Verdicts[0].Json
        );
        Assert.Equal(
            "click,class,score,band,action,billable,reasons,evidence,path,time,at,model,settings",
            string.Join(',', run.Verdict("d").EnumerateObject().Select(field => field.Name))
        );
        Assert.Equal("interactions-0@1", run.Verdict("d").GetProperty("at").GetString());
    }

    [Fact]
    public void The_complete_form_has_every_field_always()
    {
        using var run = new PipelineRun(new RunOptions { CompleteVerdicts = true });
        run.Feed(Events.Click("c"));
        Assert.Equal(
            $$$"""{"click":"c","class":"valid","score":0,"band":"allow","action":"accept","billable":true,"reasons":[],"evidence":{},"path":"none","time":{{{T}}},"at":"interactions-0@0","model":"clicks-none+cursor-none","settings":"s-base"}""",
            run.Verdicts[0].Json
        );
    }

    [Fact]
    public void A_verdict_is_one_line_of_JSON_whatever_the_texts_hold()
    {
        var random = new Random(4);
        string Text() =>
            string.Concat(
                Enumerable
                    .Range(0, random.Next(1, 300))
                    .Select(_ =>
                        random.Next(8) switch
                        {
                            0 => "\"",
                            1 => "\\",
                            2 => ((char)random.Next(32)).ToString(),
                            3 => "ä\u2028",
                            4 => "😀",
                            5 => "</script>",
                            6 => "\x7f",
                            _ => ((char)random.Next(33, 123)).ToString(),
                        }
                    )
            );
        for (int i = 0; i < 300; i++)
        {
            string because = Text(),
                page = Text(),
                literal = JsonSerializer.Serialize(Text());
            using var run = Run(
                ("allow/o\"f\\f", JsonSerializer.Serialize(new { ip = "0.0.0.0/0", because })),
                (
                    "rule/o\"r\\",
                    JsonSerializer.Serialize(
                        new
                        {
                            when = $"click.page != 'never' // {because.Replace("\n", "").Replace("\r", "")}",
                            then = new { @class = "sivt" },
                        }
                    )
                )
            );
            run.Feed(Events.Click("c\"\\").Page(page).Agent(Text()));
            JsonElement verdict = run.Verdict("c\"\\");
            Assert.Equal(
                because,
                verdict.GetProperty("evidence").GetProperty("allow.o\"f\\f").GetProperty("because").GetString()
            );
            Assert.Equal(["allow.o\"f\\f", "rule.o\"r\\", "click.page"], run.ReasonsOf("c\"\\"));
            Assert.StartsWith(
                verdict.GetProperty("evidence").GetProperty("click.page").GetProperty("page").GetString()!,
                page
            );
            Assert.DoesNotContain("\n", run.Verdicts[0].Json);
        }
    }

    internal static PipelineRun Run(params (string Key, string Json)[] settings) =>
        new(new RunOptions { Base = settings.ToDictionary(setting => setting.Key, setting => setting.Json) });

    internal static string Outcome(PipelineRun run, string click)
    {
        JsonElement verdict = run.Verdict(click);
        return string.Join(
            ' ',
            ((string[])["class", "band", "action", "billable"]).Select(name => verdict.GetProperty(name).ToString())
        );
    }
}
