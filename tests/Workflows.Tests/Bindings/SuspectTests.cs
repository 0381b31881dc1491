using System.Text.Json;
using Xunit;

namespace Workflows.Tests.Bindings;

/// <summary>Bindings that look like fraud: kept out of the billable counts, with the numbers behind it.</summary>
public sealed class SuspectTests
{
    private static readonly (string, string) Two = ("binding-reason/pair.repeated", """{"limit":2,"window_s":3600}"""),
        Three = ("binding-reason/network.accounts", """{"limit":3,"window_s":600}""");

    private readonly BindingLog _log = new(Two, Three);

    private string Pair(string id, string first = "acc-1", string second = "acc-2") =>
        _log.Send(id, _log.Code(first), second);

    private string Network(string id, string second, string ip) =>
        _log.Send(id, _log.Code("first-of-" + id), second, ip: ip);

    [Fact]
    public void The_first_account_as_the_second_is_suspect_and_out_of_the_billable_counts()
    {
        JsonElement result = _log.Bind("b-1", _log.Code(), "acc-1");
        Assert.Equal("suspect: account.self", BindingLog.Outcome(result));
        Assert.Equal("""{"account.self":{"account":"acc-1"}}""", result.GetProperty("evidence").GetRawText());
        Assert.Equal("""["acc-1","acc-1"]""", result.GetProperty("accounts").GetRawText());
        Assert.Equal(new Dictionary<string, string> { ["suspect:pay"] = "1" }, _log.Counts);
    }

    [Fact]
    public void A_pair_is_suspect_above_its_limit_whichever_was_first()
    {
        Assert.Equal(
            ["counted", "counted", "suspect: pair.repeated"],
            [Pair("b-1"), Pair("b-2", "acc-2", "acc-1"), Pair("b-3")]
        );
        Assert.Equal(
            """{"pair.repeated":{"count":3,"window_s":3600,"limit":2}}""",
            _log.Result("b-3").GetProperty("evidence").GetRawText()
        );
        Assert.Equal("counted", Pair("b-4", "acc-1", "acc-3"));
        Assert.Equal(
            ("1", "1", "1", "3", "1"),
            (
                _log.Counts["pair:acc-1 acc-2"],
                _log.Counts["pair:acc-2 acc-1"],
                _log.Counts["pair:acc-1 acc-3"],
                _log.Counts["operation:pay"],
                _log.Counts["suspect:pay"]
            )
        );
    }

    [Fact]
    public void A_pair_is_counted_on_each_page_for_itself()
    {
        var log = new BindingLog(Two, ("page/poster-8", BindingLog.Poster));
        Assert.Equal(["counted", "counted"], [log.Send("b-1", log.Code()), log.Send("b-2", log.Code())]);
        Assert.Equal("counted", log.Send("b-3", log.Code(page: "poster-8"), page: "poster-8"));
    }

    [Fact]
    public void A_pairs_window_slides()
    {
        Pair("b-1");
        Pair("b-2");
        // The window slides by hops of 150 s: it reaches back 3,450 s at least and 3,600 s at most.
        _log.Run.Now += 3_440_000;
        Assert.Equal("suspect: pair.repeated", Pair("b-3"));
        _log.Run.Now += 160_000;
        Assert.Equal("counted", Pair("b-4"));
        Assert.Equal("suspect: pair.repeated", Pair("b-5"));
    }

    [Fact]
    public void Refused_bindings_are_no_bindings_of_a_pair()
    {
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal("refused: prompt.missing", _log.Send($"r-{i}", _log.Code(), values: "{}", ip: "203.0.113.9"));
        }

        Assert.Equal("counted", Pair("b-1"));
    }

    [Fact]
    public void One_network_behind_many_second_accounts_is_suspect()
    {
        Assert.Equal(
            ["counted", "counted", "counted", "counted"],
            [
                Network("b-1", "a", "203.0.113.1"),
                Network("b-2", "b", "203.0.113.2"),
                Network("b-3", "c", "203.0.113.3"),
                Network("b-4", "a", "203.0.113.9"),
            ]
        );
        Assert.Equal("suspect: network.accounts", Network("b-5", "d", "203.0.113.4"));
        Assert.Equal(
            """{"network.accounts":{"network":"203.0.113.0/24","accounts":4,"window_s":600,"limit":3}}""",
            _log.Result("b-5").GetProperty("evidence").GetRawText()
        );
        // Another network is another matter, and so is a binding without an address.
        Assert.Equal("counted", Network("b-6", "e", "203.0.114.4"));
        Assert.Equal("counted", _log.Send("b-7", _log.Code("x"), "f"));
    }

    [Fact]
    public void A_network_of_IPv6_is_its_56()
    {
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("counted", Network($"b-{i}", $"a-{i}", $"2001:db8:0:{i}::1"));
        }

        Assert.Equal("suspect: network.accounts", Network("b-4", "d", "2001:db8:0:ff::1"));
        Assert.Equal("counted", Network("b-5", "e", "2001:db8:0:100::1"));
    }

    [Fact]
    public void Accounts_of_a_network_are_forgotten_after_the_window()
    {
        foreach (string account in new[] { "a", "b", "c" })
        {
            Network("b-" + account, account, "203.0.113.1");
        }

        _log.Run.Now += 597_000;
        // a was seen 600 s ago, which is past; b and c within the window. With d they are three.
        Assert.Equal("counted", Network("b-d", "d", "203.0.113.1"));
        Assert.DoesNotContain("network poster-7 203.0.113.0/24 a", _log.Run.Remembered.Keys);
        Assert.Contains("network poster-7 203.0.113.0/24 b", _log.Run.Remembered.Keys);
        _log.Run.Now += 600_000;
        _log.Send("r-1", "x");
        Assert.DoesNotContain(_log.Run.Remembered.Keys, field => field.StartsWith("network"));
    }

    [Fact]
    public void An_account_that_is_seen_again_stays_in_its_network()
    {
        foreach (string account in new[] { "a", "b", "c" })
        {
            Network("b-" + account, account, "203.0.113.1");
        }

        _log.Run.Now += 300_000;
        Network("b-again", "a", "203.0.113.1");
        _log.Run.Now += 297_500;
        // b and c are gone or about to go; a was seen 298.5 s ago.
        Network("b-d", "d", "203.0.113.1");
        Assert.Contains("network poster-7 203.0.113.0/24 a", _log.Run.Remembered.Keys);
        Assert.DoesNotContain("network poster-7 203.0.113.0/24 b", _log.Run.Remembered.Keys);
    }

    [Fact]
    public void Several_grounds_are_all_told()
    {
        Pair("b-1", "acc-1", "acc-1");
        Pair("b-2", "acc-1", "acc-1");
        Assert.Equal("suspect: account.self pair.repeated", Pair("b-3", "acc-1", "acc-1"));
    }

    [Fact]
    public void By_default_the_fourth_of_a_day_and_the_eleventh_of_an_hour_are_suspect()
    {
        var log = new BindingLog();
        Assert.Equal(
            ["counted", "counted", "counted", "suspect: pair.repeated"],
            [.. Enumerable.Range(1, 4).Select(i => log.Send($"p-{i}", log.Code()))]
        );
        string[] outcomes =
        [
            .. Enumerable.Range(1, 11).Select(i => log.Send($"n-{i}", log.Code($"f-{i}"), $"s-{i}", ip: "203.0.113.1")),
        ];
        Assert.All(outcomes[..10], outcome => Assert.Equal("counted", outcome));
        Assert.Equal("suspect: network.accounts", outcomes[10]);
    }

    [Fact]
    public void In_shadow_a_reason_is_counted_and_never_acts()
    {
        var log = new BindingLog(("binding-reason/account.self", """{"shadow":true}"""));
        JsonElement result = log.Bind("b-1", log.Code(), "acc-1");
        Assert.Equal("counted", BindingLog.Outcome(result));
        Assert.Equal("""["account.self"]""", result.GetProperty("shadow").GetRawText());
        Assert.True(result.GetProperty("evidence").TryGetProperty("account.self", out _));
        Assert.Equal(("1", "1"), (log.Counts["shadow:account.self"], log.Counts["operation:pay"]));
        Assert.Equal(1, Assert.Single(log.Run.Shadow, rule => rule.Key == "account.self").Value);
    }

    [Fact]
    public void A_reason_that_is_off_is_not_looked_for()
    {
        var log = new BindingLog(
            ("binding-reason/account.self", """{"off":true}"""),
            ("binding-reason/pair.repeated", """{"off":true}"""),
            ("binding-reason/network.accounts", """{"off":true}""")
        );
        for (int i = 0; i < 12; i++)
        {
            Assert.Equal("counted", log.Send($"b-{i}", log.Code(), "acc-1", ip: "203.0.113.1"));
        }

        for (int i = 0; i < 12; i++)
        {
            Assert.Equal("counted", log.Send($"c-{i}", log.Code($"f-{i}"), $"s-{i}", ip: "203.0.113.1"));
        }

        Assert.DoesNotContain(log.Counts.Keys, field => field.StartsWith("shadow"));
    }

    [Fact]
    public void A_limit_changes_while_it_runs()
    {
        Pair("b-1");
        Pair("b-2");
        _log.Run.Setting("binding-reason/pair.repeated", """{"limit":5,"window_s":3600}""")
            .Pass(TimeSpan.FromSeconds(3));
        Assert.Equal("counted", Pair("b-3"));
        Assert.Equal("s-1", _log.Result("b-3").GetProperty("settings").GetString());
    }
}
