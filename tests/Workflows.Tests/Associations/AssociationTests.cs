using System.Text.Json.Nodes;
using Engine.Workflows.Associations.Codes;
using Xunit;

namespace Workflows.Tests.Associations;

/// <summary>systems.md, "Merchandise associations".</summary>
public sealed class AssociationTests : IDisposable
{
    private readonly AssociationLog _log = new();

    [Fact]
    public void Who_reads_a_code_is_associated_with_item_and_person()
    {
        JsonNode first = _log.Associate("acc-1"),
            second = _log.Associate("acc-2", first);
        Assert.Equal(("associated", 0), ((string?)first["outcome"], (int)first["depth"]!));
        Assert.Null(first["from"]);
        Assert.Equal(
            ("associated", "a-1", "acc-1", 1),
            ((string?)second["outcome"], (string?)second["from"], (string?)second["referrer"], (int)second["depth"]!)
        );
        Assert.NotEqual((string?)first["code"], (string?)second["code"]);
        Assert.Equal("- acc-1", _log.Run.Hashes[AssociationLog.Chain]["a-1"]);
        Assert.Equal("a-1 acc-2", _log.Run.Hashes[AssociationLog.Chain]["a-2"]);
        Assert.Equal(("2", "1"), (_log.Counts["associated"], _log.Counts["referred"]));
    }

    [Fact]
    public void The_same_scan_and_the_same_code_again_give_the_first_one_s_code()
    {
        JsonNode first = _log.Associate("acc-1"),
            second = _log.Associate("acc-2", first);
        foreach (JsonNode again in new[] { _log.Associate("ACC-1"), _log.Associate("Acc-2", first) })
        {
            Assert.Equal("repeated", (string?)again["outcome"]);
        }

        JsonNode repeated = _log.Associate("acc-2", first);
        Assert.Equal(("a-2", (string?)second["code"]), ((string?)repeated["of"], (string?)repeated["code"]));
        Assert.Equal("2", _log.Counts["associated"]);
    }

    [Fact]
    public void Codes_name_no_account_and_are_read_in_one_spelling_only()
    {
        string code = (string)_log.Associate("somebody-known")["code"]!;
        AssociationCode read = AssociationLog.Keys.Read(code)!;
        Assert.Equal(AssociationLog.Item, read.Item);
        Assert.Equal(AssociationCode.NonceBytes * 2, read.Nonce.Length);
        for (int at = 0; at < code.Length; at++)
        {
            Assert.Null(AssociationLog.Keys.Read(code[..at] + (code[at] == 'A' ? 'B' : 'A') + code[(at + 1)..]));
        }
    }

    [Fact]
    public void What_cannot_be_used_is_refused()
    {
        JsonNode first = _log.Associate("acc-1");
        string code = (string)first["code"]!;
        Assert.Equal("code.forged", Reason(_log.Associate("acc-2", code: code[1..] + code[0])));
        Assert.Equal("code.item", Reason(_log.Associate("acc-2", first, item: "it-8")));
        Assert.Equal("item.unknown", Reason(_log.Associate("acc-2", item: "it-8")));
        Assert.Equal("code.expired", Reason(_log.Associate("acc-2", first, afterMs: 8L * 24 * 3600 * 1000)));
        Assert.Equal("1", _log.Counts["refused:code.expired"]);
    }

    [Fact]
    public void Who_reads_an_own_code_however_spelt_is_suspect()
    {
        JsonNode self = _log.Associate("ACC-1", _log.Associate("acc-1"));
        Assert.Equal(("suspect", "account.self"), ((string?)self["outcome"], Reason(self)));
        Assert.Equal(("1", "1"), (_log.Counts["associated"], _log.Counts["suspect:account.self"]));
    }

    [Fact]
    public void A_ring_is_flagged_at_the_edge_that_closes_it()
    {
        JsonNode at = _log.Associate("acc-0");
        for (int i = 1; i < 6; i++)
        {
            at = _log.Associate($"acc-{i}", at);
            Assert.Equal("associated", (string?)at["outcome"]);
        }

        JsonNode closing = _log.Associate("acc-0", at);
        Assert.Equal("ring", Reason(closing));
        Assert.Equal(
            ["acc-0", "acc-1", "acc-2", "acc-3", "acc-4", "acc-5"],
            closing["evidence"]!["ring"]!["accounts"]!.AsArray().Select(account => (string)account!)
        );
    }

    [Fact]
    public void Two_ways_with_equal_ends_are_a_ring_too()
    {
        JsonNode source = _log.Associate("source"),
            one = _log.Associate("one", source),
            other = _log.Associate("other", source);
        Assert.Equal("associated", (string?)_log.Associate("sink", one)["outcome"]);
        Assert.Equal("ring", Reason(_log.Associate("sink", other)));
    }

    [Fact]
    public void A_poster_in_a_shop_is_no_ring_but_many_new_accounts_at_once_are_a_burst()
    {
        JsonNode poster = _log.Associate("shop");
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal("associated", (string?)_log.Associate($"acc-{i}", poster)["outcome"]);
        }

        JsonNode[] burst =
        [
            .. Enumerable.Range(100, 30).Select(i => _log.Associate($"acc-{i}", poster, afterMs: 1_000)),
        ];
        Assert.Equal("burst", Reason(burst[^1]));
        Assert.Equal("associated", (string?)burst[0]["outcome"]);
    }

    [Fact]
    public void A_household_is_unsuspected_and_many_accounts_of_a_network_are_not()
    {
        JsonNode first = _log.Associate("acc-0", ip: "203.0.113.1");
        for (int i = 1; i < 4; i++)
        {
            JsonNode member = _log.Associate($"acc-{i}", first, ip: "203.0.113.1", afterMs: 18L * 3600 * 1000);
            Assert.Equal("associated", (string?)member["outcome"]);
        }

        JsonNode[] many =
        [
            .. Enumerable.Range(10, 12).Select(i => _log.Associate($"acc-{i}", ip: "198.51.100.7", afterMs: 1_000)),
        ];
        Assert.Equal("network.accounts", Reason(many[^1]));
    }

    [Fact]
    public void Who_brings_a_third_friend_is_sent_the_item_s_information()
    {
        JsonNode first = _log.Associate("acc-1");
        JsonNode[] friends = [.. Enumerable.Range(2, 3).Select(i => _log.Associate($"acc-{i}", first))];
        Assert.Empty(friends[1]["pushed"]!.AsArray());
        Assert.Equal("""[{"to":"acc-1","condition":"third-friend"}]""", friends[2]["pushed"]!.ToJsonString());
        Assert.Equal("1", _log.Counts["pushed:third-friend"]);
    }

    [Fact]
    public void Nothing_is_forgotten_over_a_takeover()
    {
        JsonNode first = _log.Associate("acc-1"),
            second = _log.Associate("acc-2", first),
            third = _log.Associate("acc-3", second);
        _log.Run.TakeOver();
        Assert.Equal("repeated", (string?)_log.Associate("acc-2", first)["outcome"]);
        Assert.Equal("ring", Reason(_log.Associate("acc-1", third)));
        Assert.Equal("associated", (string?)_log.Associate("acc-4", third)["outcome"]);
    }

    [Fact]
    public void A_takeover_counts_as_if_there_had_been_none_though_the_window_has_grown_since()
    {
        const string Reason = "association-reason/burst";
        Assert.StartsWith("suspect", Outcome(takesOver: false));
        Assert.Equal(Outcome(takesOver: false), Outcome(takesOver: true));

        static string Outcome(bool takesOver)
        {
            using var log = new AssociationLog((Reason, """{"limit":3,"window_s":60}"""));
            JsonNode shop = log.Associate("shop");
            for (int i = 0; i < 4; i++)
            {
                log.Associate($"acc-{i}", shop, afterMs: 120_000);
            }

            log.Run.Setting(Reason, """{"limit":3,"window_s":3600}""");
            if (takesOver)
            {
                log.Run.TakeOver();
            }

            JsonNode last = log.Associate("acc-9", shop, afterMs: 120_000);
            return (string)last["outcome"]! + last["evidence"];
        }
    }

    public void Dispose() => _log.Dispose();

    private static string? Reason(JsonNode outcome) => (string?)outcome["reasons"]!.AsArray().FirstOrDefault();
}
