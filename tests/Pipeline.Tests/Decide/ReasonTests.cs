using System.Text.Json;
using Tests.Support;
using Xunit;

namespace Pipeline.Tests.Decide;

/// <summary>
/// Each reason (but those of cursor paths) with its limit from both sides, the limit changed by a record of settings.
/// </summary>
public sealed class ReasonTests
{
    private const long T = Events.Start;

    [Theory]
    [InlineData("rate.visitor", 60)]
    [InlineData("rate.visitor", 600)]
    [InlineData("rate.visitor", 3600)]
    [InlineData("rate.ip", 60)]
    [InlineData("rate.ip", 3600)]
    [InlineData("rate.network", 60)]
    [InlineData("rate.network", 600)]
    [InlineData("rate.pair", 600)]
    [InlineData("rate.pair", 3600)]
    public void A_rate_holds_above_its_limit_and_not_at_it(string reason, int window)
    {
        using var run = VerdictTableTests.Run();
        run.Setting("reason/" + reason, $$"""{"limit":3,"window_s":{{window}}}""", T);
        for (int i = 0; i < 5; i++)
        {
            // Far enough apart to be no double click, and near enough for a minute's window.
            EventBuilder click = Events
                .Click($"c-{i}")
                .At(T + 2_001 + i * 2_000)
                .Campaign(reason == "rate.pair" ? "k" : $"k-{i}")
                .Publisher($"p-{i}");
            if (reason is "rate.visitor" or "rate.pair")
            {
                click.From($"10.{i}.0.1").Visitor("v");
            }

            if (reason == "rate.ip")
            {
                click.Agent($"agent {i}");
            }

            if (reason == "rate.network")
            {
                click.From($"203.0.113.{i}");
            }

            run.Feed(click);
            Assert.Equal(i < 3 ? [] : [reason], run.ReasonsOf($"c-{i}"));
        }
        Assert.Equal(
            $$"""{{{(reason == "rate.pair" ? "\"pair\":\"campaign\"," : "")}}"count":5,"window_s":{{window}},"limit":3}""",
            run.EvidenceOf("c-4", reason)
        );
        Assert.Equal("sivt block deny False", VerdictTableTests.Outcome(run, "c-4"));
    }

    /// <summary>A host has a /64 of IPv6 to itself, and may use an address of it for each click.</summary>
    [Fact]
    public void Addresses_of_one_64_count_as_one()
    {
        using var run = VerdictTableTests.Run(("reason/rate.ip", """{"limit":3,"window_s":60}"""));
        for (int i = 0; i < 5; i++)
        {
            EventBuilder Click(string id, string ip) =>
                Events.Click(id).At(T + i * 2_000).Campaign($"k-{i}").Publisher($"p-{i}").Agent($"agent {i}").From(ip);
            run.Feed(Click($"one-{i}", $"2001:db8::{i + 1:x}"), Click($"other-{i}", $"2001:db8:0:{i + 1:x}::1"));
        }

        Assert.Equal("""{"count":5,"window_s":60,"limit":3}""", run.EvidenceOf("one-4", "rate.ip"));
        Assert.DoesNotContain("rate.ip", run.ReasonsOf("other-4"));
    }

    [Fact]
    public void A_pair_with_a_publisher_counts_too()
    {
        using var run = VerdictTableTests.Run(("reason/rate.pair", """{"limit":1}"""));
        run.Feed(Events.Click("a").Visitor("v").Campaign("k-1"), Events.Click("b").Visitor("v").Campaign("k-2"));
        Assert.Equal("""{"pair":"publisher","count":2,"window_s":600,"limit":1}""", run.EvidenceOf("b", "rate.pair"));
    }

    [Theory]
    [InlineData(1_000, true)]
    [InlineData(1_001, false)]
    [InlineData(-1_000, true)]
    [InlineData(-1_001, false)]
    public void A_second_click_on_a_campaign_within_a_second_is_a_double_click(long apart, bool isDouble)
    {
        using var run = VerdictTableTests.Run();
        run.Feed(
            Events.Click("a").Visitor("v"),
            Events.Click("b").Visitor("v").At(T + apart).LoggedAt(T),
            Events.Click("c").Visitor("w")
        );
        Assert.Equal(isDouble ? ["click.double"] : [], run.ReasonsOf("b"));
        Assert.Empty(run.ReasonsOf("c"));
        if (!isDouble)
        {
            return;
        }

        Assert.Equal("""{"since_ms":1000,"limit_ms":1000}""", run.EvidenceOf("b", "click.double"));
        Assert.Equal("givt block deny False", VerdictTableTests.Outcome(run, "b"));
    }

    [Fact]
    public void Without_a_visitor_address_and_user_agent_together_click_twice()
    {
        using var run = VerdictTableTests.Run(("reason/click.double", """{"limit":50}"""));
        run.Feed(
            Events.Click("a").Agent("x"),
            Events.Click("b").Agent("y").At(T + 1),
            Events.Click("c").Agent("x").At(T + 50),
            Events.Click("d").Agent("x").At(T + 101)
        );
        Assert.Equal(
            ["", "", "click.double", ""],
            ((string[])["a", "b", "c", "d"]).Select(click => string.Join(',', run.ReasonsOf(click)))
        );
    }

    [Theory]
    [InlineData(300_000, false)]
    [InlineData(300_001, true)]
    [InlineData(-300_000, false)]
    [InlineData(-300_001, true)]
    public void A_time_over_five_minutes_from_the_logs_is_not_believed(long off, bool outOfRange)
    {
        using var run = VerdictTableTests.Run(("reason/click.page", "{}"));
        run.Feed(Events.Click("c").At(T + off).LoggedAt(T).Page("odd"));
        Assert.Equal(outOfRange ? ["click.page", "time.out-of-range"] : ["click.page"], run.ReasonsOf("c"));
        Assert.Equal(outOfRange ? T : T + off, run.Verdict("c").GetProperty("time").GetInt64());
        if (outOfRange)
        {
            Assert.Equal($$"""{"claimed":{{T + off}},"limit_ms":300000}""", run.EvidenceOf("c", "time.out-of-range"));
        }

        run.Feed(Events.Click("d").At(T + off).LoggedAt(T).Campaign("other"));
        Assert.Equal("valid allow accept True", VerdictTableTests.Outcome(run, "d"));
    }

    [Theory]
    [InlineData(0, 0, 1280, 720, false)]
    [InlineData(1280, 720, 1280, 720, false)]
    [InlineData(1280.5, 720, 1280, 720, true)]
    [InlineData(1280, 720.5, 1280, 720, true)]
    [InlineData(-0.5, 5, 1280, 720, true)]
    [InlineData(5, -0.5, 1280, 720, true)]
    [InlineData(5, 5, 0, 0, false)]
    public void A_click_outside_its_viewport_is_told(double x, double y, double width, double height, bool outside)
    {
        using var run = VerdictTableTests.Run();
        run.Feed(Events.Click("c").Position(x, y).Viewport(width, height));
        Assert.Equal(outside ? ["click.position"] : [], run.ReasonsOf("c"));
        if (outside)
        {
            Assert.Equal(
                x,
                JsonDocument.Parse(run.EvidenceOf("c", "click.position")).RootElement.GetProperty("x").GetDouble()
            );
        }
    }

    [Theory]
    [InlineData("https://news.example/a", false)]
    [InlineData("HTTP://news.example", false)]
    [InlineData("http://a", false)]
    [InlineData("", false)]
    [InlineData("https://", true)]
    [InlineData("http:///path", true)]
    [InlineData("https://?q", true)]
    [InlineData("https://a b", true)]
    [InlineData("javascript:alert(1)", true)]
    [InlineData("about:blank", true)]
    [InlineData("news.example", true)]
    public void A_page_that_is_no_web_address_is_told(string page, bool odd)
    {
        using var run = VerdictTableTests.Run();
        run.Feed(Events.Click("c").Page(page));
        Assert.Equal(odd ? ["click.page"] : [], run.ReasonsOf("c"));
        if (odd)
        {
            Assert.Equal(
                JsonSerializer.Serialize(new { page }, RelaxedJson.Options),
                run.EvidenceOf("c", "click.page")
            );
        }
    }

    [Theory]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)", "ios", "touch", null)]
    [InlineData(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)",
        "ios",
        "mouse",
        """{"claim":"phone","but":"pointer mouse"}"""
    )]
    [InlineData("Mozilla/5.0 (Linux; Android 14; Pixel 8) Mobile", "Android", "touch", null)]
    [InlineData("Mozilla/5.0 (Linux; Android 14; Pixel Tablet)", "Android", "mouse", null)]
    [InlineData(
        "Mozilla/5.0 (Linux; Android 14; Pixel 8) Mobile",
        "iOS",
        "touch",
        """{"claim":"phone","but":"device.os ios"}"""
    )]
    [InlineData("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15)", "iPadOS", "touch", null)]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64)", "Android", "touch", null)]
    [InlineData("Mozilla/5.0 (Windows NT 10.0)", "macOS", "mouse", """{"claim":"windows","but":"device.os mac"}""")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0)", "Windows", "touch", null)]
    [InlineData("", "Windows", "touch", null)]
    public void A_user_agent_that_contradicts_device_or_pointer_is_told(
        string agent,
        string os,
        string pointer,
        string? evidence
    )
    {
        using var run = VerdictTableTests.Run();
        run.Feed(Events.Click("c").Agent(agent).Device(device => device.Os = os).Pointer(pointer));
        Assert.Equal(evidence == null ? [] : ["agent.contradiction"], run.ReasonsOf("c"));
        if (evidence != null)
        {
            Assert.Equal(evidence, run.EvidenceOf("c", "agent.contradiction"));
        }
    }

    [Fact]
    public void Lists_condemn_but_a_data_centres_range_not_where_a_relay_carries_people()
    {
        using TempFolder folder = new TempFolder()
            .With("d", "198.51.100.0/24\n2001:db8::/32")
            .With("r", "198.51.100.128/25")
            .With("p", "198.51.100.200")
            .With("a", "GoodBot\n!nicebot");
        using var run = new PipelineRun(
            new RunOptions
            {
                Folders = [folder.Path],
                Base = new Dictionary<string, string>
                {
                    ["list/dc"] = """{"file":"d","reason":"list.datacentre"}""",
                    ["list/relay"] = """{"file":"r","relay":true}""",
                    ["list/px"] = """{"file":"p","reason":"list.proxy"}""",
                    ["list/bots"] = """{"file":"a","reason":"list.crawler"}""",
                },
            }
        );
        run.Feed(
            Events.Click("dc").From("198.51.100.127"),
            Events.Click("relayed").From("198.51.100.128"),
            Events.Click("proxy").From("198.51.100.200"),
            Events.Click("v6").From("2001:db8::9"),
            Events.Click("bot").Agent("x goodbot/1.0"),
            Events.Click("nice").Agent("goodbot nicebot")
        );
        Assert.Equal(
            ["list.datacentre", "", "list.proxy", "list.datacentre", "list.crawler", ""],
            ((string[])["dc", "relayed", "proxy", "v6", "bot", "nice"]).Select(click =>
                string.Join(',', run.ReasonsOf(click))
            )
        );
        Assert.Equal("""{"list":"dc"}""", run.EvidenceOf("dc", "list.datacentre"));
        Assert.Equal("""{"list":"px"}""", run.EvidenceOf("proxy", "list.proxy"));
        Assert.Equal("""{"list":"bots","pattern":"GoodBot"}""", run.EvidenceOf("bot", "list.crawler"));
        Assert.Equal(
            ("givt block deny False", "suspect review flag True"),
            (VerdictTableTests.Outcome(run, "dc"), VerdictTableTests.Outcome(run, "proxy"))
        );
    }

    [Theory]
    [InlineData("standing.network", 4, false)]
    [InlineData("standing.network", 5, true)]
    [InlineData("standing.visitor", 3, false)]
    [InlineData("standing.visitor", 4, true)]
    public void A_standing_says_something_from_enough_clicks_on(string reason, int invalid, bool holds)
    {
        using var run = VerdictTableTests.Run(
            ("rule/bad", """{"when":"click.publisher == 'bad'","then":{"class":"sivt"}}"""),
            (
                "reason/" + reason,
                reason == "standing.network" ? """{"limit":0.6,"min_clicks":6}""" : """{"limit":0.6,"min_clicks":5}"""
            )
        );
        EventBuilder Of(string id, int i) =>
            reason == "standing.visitor"
                ? Events.Click(id).Visitor("v").From($"10.{i}.0.1")
                : Events.Click(id).Agent($"{i}");
        for (int i = 0; i < invalid; i++)
        {
            run.Feed(Of($"c-{i}", i).Publisher("bad").Campaign($"k-{i}"));
        }

        run.Feed(Of("same", 90).Campaign("x"));
        run.Feed(Of("next", 91).At(T + 1_000).Campaign("y"));
        // The click in between counts for its network, and for its visitor, who is followed from the first invalid
        // click on.
        Assert.Empty(run.ReasonsOf("same"));
        Assert.Equal(holds ? [reason] : [], run.ReasonsOf("next"));
        if (holds)
        {
            Assert.Equal(
                ["share", "clicks", "limit"],
                JsonDocument
                    .Parse(run.EvidenceOf("next", reason))
                    .RootElement.EnumerateObject()
                    .Select(field => field.Name)
            );
        }
    }

    [Theory]
    [InlineData(0.4, true)]
    [InlineData(0.99, false)]
    public void A_publisher_that_departs_from_its_own_past_is_told(double limit, bool holds)
    {
        using var run = VerdictTableTests.Run(
            ("rule/bad", """{"when":"click.campaign == 'bad'","then":{"class":"sivt"}}"""),
            (
                "reason/publisher.share",
                $$"""{"limit":{{limit.ToString(System.Globalization.CultureInfo.InvariantCulture)}},"min_clicks":20}"""
            )
        );
        for (int i = 0; i < 60; i++)
        {
            run.Feed(Events.Click($"a-{i}").From($"10.{i}.0.1"));
        }

        for (int i = 0; i < 30; i++)
        {
            run.Feed(Events.Click($"b-{i}").At(T + 10_800_000).From($"10.{i}.1.1").Campaign("bad"));
        }

        run.Feed(Events.Click("c").At(T + 10_801_000).From("10.200.1.1"));
        Assert.Equal(holds ? ["publisher.share"] : [], run.ReasonsOf("c"));
        if (holds)
        {
            Assert.Equal(
                ["share", "past", "clicks"],
                JsonDocument
                    .Parse(run.EvidenceOf("c", "publisher.share"))
                    .RootElement.EnumerateObject()
                    .Select(field => field.Name)
            );
        }
    }

    [Fact]
    public void A_reason_may_be_switched_off_and_its_class_changed()
    {
        using var run = VerdictTableTests.Run(
            ("reason/click.page", """{"class":"none"}"""),
            ("reason/click.position", """{"off":true}""")
        );
        run.Feed(Events.Click("c").Page("odd").Position(5, 5).Viewport(1, 1));
        Assert.Equal(["click.page"], run.ReasonsOf("c"));
        Assert.Equal("valid allow accept True", VerdictTableTests.Outcome(run, "c"));
    }

    [Fact]
    public void Reasons_stand_in_the_order_of_their_class_then_of_the_table()
    {
        using var run = VerdictTableTests.Run(
            ("reason/rate.ip", """{"limit":0}"""),
            ("reason/rate.visitor", """{"limit":0}"""),
            ("reason/click.page", """{"class":"givt"}"""),
            ("rule/r", """{"when":"true","then":{"class":"suspect"}}""")
        );
        run.Feed(Events.Click("c").Visitor("v").Page("odd").Position(5, 5).Viewport(1, 1).At(T + 400_000).LoggedAt(T));
        Assert.Equal(
            ["click.page", "rate.visitor", "rate.ip", "rule.r", "click.position", "time.out-of-range"],
            run.ReasonsOf("c")
        );
    }
}

/// <summary>JSON as the engine writes it: nothing escaped that needn't be.</summary>
internal static class RelaxedJson
{
    public static readonly JsonSerializerOptions Options = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
