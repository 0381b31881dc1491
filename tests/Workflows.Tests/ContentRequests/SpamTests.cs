using Engine.Workflows.ContentRequests.Events;
using Engine.Workflows.Module;
using Xunit;

namespace Workflows.Tests.ContentRequests;

/// <summary>First spam is filtered; it gets nothing, and never becomes valid by volume.</summary>
public class SpamTests
{
    private static readonly ClickSums Bad = new(Clicks: 100, Invalid: 90, CostMicros: 0, LostMicros: 0);

    private static void IsSpam(ContentAnswer answer, params string[] reasons)
    {
        Assert.Equal(Validity.Spam, answer.Validity);
        Assert.Equal(reasons, answer.Reasons);
        Assert.Null(answer.Definition);
        Assert.Null(answer.Item);
        Assert.Null(answer.Size);
    }

    [Fact]
    public void An_unknown_sponsors_request_is_spam() =>
        IsSpam(new ContentRun(ContentRun.FrontTop).Answer(new Ask("r") { Sponsor = "sp-9" }), "sponsor.unknown");

    [Fact]
    public void A_resource_that_is_not_the_sponsors_is_spam() =>
        IsSpam(
            new ContentRun(ContentRun.FrontTop).Answer(new Ask("r") { Resource = "https://other.example/" }),
            "resource.foreign"
        );

    [Fact]
    public void A_missing_resource_is_spam() =>
        IsSpam(new ContentRun(ContentRun.FrontTop).Answer(new Ask("r") { Resource = null }), "resource.foreign");

    [Fact]
    public void Of_each_second_a_sponsors_pages_get_what_they_ask_at_most_and_no_more()
    {
        var run = new ContentRun(
            ("sponsor/sp-1", """{"resources":["https://news.example/"],"requests_per_s":5}"""),
            ContentRun.FrontTop
        );
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(Validity.Valid, run.Answer(new Ask($"a-{i}")).Validity);
        }

        IsSpam(run.Answer(new Ask("a-5")), "rate.sponsor");
        run.Log.Now += 999;
        IsSpam(run.Answer(new Ask("a-6")), "rate.sponsor");
        run.Log.Now += 1;
        Assert.Equal(Validity.Valid, run.Answer(new Ask("a-7")).Validity);
    }

    [Fact]
    public void A_sponsor_without_a_rate_has_no_limit()
    {
        var run = new ContentRun(("sponsor/sp-1", """{"resources":["https://news.example/"]}"""), ContentRun.FrontTop);
        for (int i = 0; i < 2000; i++)
        {
            Assert.Equal(Validity.Valid, run.Answer(new Ask($"a-{i}")).Validity);
        }
    }

    [Fact]
    public void What_is_refused_anyway_uses_up_no_sponsors_rate()
    {
        var run = new ContentRun(
            ("sponsor/sp-1", """{"resources":["https://news.example/"],"requests_per_s":1}"""),
            ContentRun.FrontTop
        );
        for (int i = 0; i < 50; i++)
        {
            run.Send(new Ask($"a-{i}") { Resource = "https://other.example/" });
        }

        Assert.Equal(Validity.Valid, run.Answer(new Ask("b")).Validity);
    }

    [Fact]
    public void A_network_that_asks_more_often_than_pages_do_is_spam_until_it_stops()
    {
        var run = new ContentRun(("content/limits", """{"network_requests":3}"""), ContentRun.FrontTop);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(Validity.Valid, run.Answer(new Ask($"a-{i}") { Ip = $"203.0.113.{i}" }).Validity);
        }

        IsSpam(run.Answer(new Ask("a-3") { Ip = "203.0.113.77" }), "rate.network");
        Assert.Equal(Validity.Valid, run.Answer(new Ask("a-4") { Ip = "203.0.114.1" }).Validity);
        Assert.Equal(Validity.Valid, run.Answer(new Ask("a-5")).Validity);
        run.Log.Now += 50_000 - 1;
        IsSpam(run.Answer(new Ask("a-6") { Ip = "203.0.113.1" }), "rate.network");
        run.Log.Now += 60_001;
        Assert.Equal(Validity.Valid, run.Answer(new Ask("a-7") { Ip = "203.0.113.1" }).Validity);
    }

    [Fact]
    public void An_IPv6_network_is_its_56_bits()
    {
        var run = new ContentRun(("content/limits", """{"network_requests":1}"""), ContentRun.FrontTop);
        Assert.Equal(Validity.Valid, run.Answer(new Ask("a") { Ip = "2001:db8:0:1201::1" }).Validity);
        IsSpam(run.Answer(new Ask("b") { Ip = "2001:db8:0:12ff::2" }), "rate.network");
        Assert.Equal(Validity.Valid, run.Answer(new Ask("c") { Ip = "2001:db8:0:1301::1" }).Validity);
    }

    [Fact]
    public void A_network_with_a_bad_standing_gets_nothing()
    {
        var standings = new KnownStandings { Networks = { ["203.0.113.0/24"] = Bad } };
        var run = new ContentRun(standings, ContentRun.FrontTop);
        IsSpam(run.Answer(new Ask("a") { Ip = "203.0.113.9" }), "standing.network");
        Assert.Equal(Validity.Valid, run.Answer(new Ask("b") { Ip = "203.0.112.9" }).Validity);
    }

    [Theory]
    [InlineData(20, 16, true)]
    [InlineData(20, 15.9, false)]
    [InlineData(19.9, 19.9, false)]
    [InlineData(0, 0, false)]
    public void A_standing_is_bad_from_its_limits_on(double clicks, double invalid, bool isSpam)
    {
        var standings = new KnownStandings { Networks = { ["203.0.113.0/24"] = new ClickSums(clicks, invalid, 0, 0) } };
        Assert.Equal(
            isSpam,
            new ContentRun(standings, ContentRun.FrontTop).Answer(new Ask("a") { Ip = "203.0.113.9" }).Validity
                == Validity.Spam
        );
    }

    [Fact]
    public void Limits_are_settings_and_change_while_running()
    {
        var standings = new KnownStandings { Networks = { ["203.0.113.0/24"] = Bad } };
        var run = new ContentRun(standings, ContentRun.FrontTop);
        Ask ask = new("a") { Ip = "203.0.113.9" };
        IsSpam(run.Answer(ask), "standing.network");
        run.Log.Setting("content/limits", """{"standing_share":0.95}""");
        run.Log.Now += 2001;
        Assert.Equal(Validity.Valid, run.Answer(ask with { Id = "b" }).Validity);
    }

    [Fact]
    public void All_that_holds_is_told()
    {
        var standings = new KnownStandings { Networks = { ["203.0.113.0/24"] = Bad } };
        var run = new ContentRun(standings, ("content/limits", """{"network_requests":1}"""));
        run.Send(new Ask("a") { Ip = "203.0.113.9" });
        IsSpam(
            run.Answer(new Ask("b") { Ip = "203.0.113.9", Sponsor = "sp-9" }),
            "sponsor.unknown",
            "rate.network",
            "standing.network"
        );
        IsSpam(
            run.Answer(new Ask("c") { Ip = "203.0.113.9", Resource = null }),
            "resource.foreign",
            "rate.network",
            "standing.network"
        );
    }

    [Fact]
    public void Spam_is_never_suggested_however_much_comes()
    {
        var run = new ContentRun(ContentRun.FrontTop);
        run.Repeat(100, new Ask("") { Resource = "https://other.example/", Sizes = "[[1,1]]" })
            .Repeat(100, new Ask("") { Sponsor = "sp-9" }, "y");
        Assert.Empty(run.Log.Hashes);
        Assert.Empty(run.Log.Remembered);
        Assert.Equal(
            Validity.Spam,
            run.Answer(new Ask("last") { Resource = "https://other.example/", Sizes = "[[1,1]]" }).Validity
        );
    }

    [Fact]
    public void A_sponsor_that_is_deleted_is_unknown()
    {
        var run = new ContentRun(ContentRun.FrontTop);
        run.Log.Setting("sponsor/sp-1", null);
        run.Log.Now += 2001;
        IsSpam(run.Answer(new Ask("a")), "sponsor.unknown");
    }
}
