using System.Text.Json;
using Engine.Contracts;
using Engine.Workflows.Bindings.Codes;
using Xunit;

namespace Workflows.Tests.Bindings;

/// <summary>What becomes of a binding: counted, suspect or refused, with the reasons and the counts.</summary>
public sealed class OutcomeTests
{
    private readonly BindingLog _log = new();

    [Fact]
    public void A_good_binding_is_counted_by_operation_page_pair_and_hour()
    {
        JsonElement result = _log.Bind("b-1", _log.Code());
        Assert.Equal(
            """{"binding":"b-1","outcome":"counted","reasons":[],"page":"poster-7","operation":"pay","accounts":["acc-1","acc-2"],"values":{"amount_micros":1000000,"remark":"thanks"},"time":1795338001000,"at":"bindings-0@0","settings":"s-base"}""",
            result.GetRawText()
        );
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["operation:pay"] = "1",
                ["pair:acc-1 acc-2"] = "1",
                ["hour:2026-11-22T09"] = "1",
            },
            _log.Counts
        );
        Assert.Equal("counted", _log.Send("b-2", _log.Code("acc-3", operation: "hello", prompt: []), "acc-4", "{}"));
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["operation:pay"] = "1",
                ["operation:hello"] = "1",
                ["pair:acc-1 acc-2"] = "1",
                ["pair:acc-3 acc-4"] = "1",
                ["hour:2026-11-22T09"] = "2",
            },
            _log.Counts
        );
    }

    [Fact]
    public void The_hour_is_event_times_unless_it_is_not_believed()
    {
        string code = _log.Code(),
            other = _log.Code("acc-3");
        _log.Run.Send(_log.Event("b-1", code).Replace($"{_log.Run.Now}", $"{_log.Run.Now - 1}"));
        _log.Run.Send(_log.Event("b-2", other).Replace($"{_log.Run.Now}", $"{_log.Run.Now + 86_400_000}"));
        Assert.Equal(("1", "1"), (_log.Counts["hour:2026-11-22T08"], _log.Counts["hour:2026-11-22T09"]));
    }

    [Fact]
    public void A_binding_sent_twice_counts_once()
    {
        string code = _log.Code(),
            e = _log.Event("b-1", code);
        _log.Run.Send(e).Send(e).Pass(TimeSpan.FromSeconds(5)).Send(e);
        Assert.Equal("1", _log.Counts["operation:pay"]);
        Assert.Equal((2, 1), (_log.Run.Counts.Duplicates, _log.Run.Counts.Decided));
        Assert.Equal("counted", BindingLog.Outcome(_log.Result("b-1")));
    }

    [Fact]
    public void A_binding_sent_again_after_its_id_was_forgotten_changes_nothing_while_its_code_holds()
    {
        var log = new BindingLog(("limits/time", """{"duplicates_ms":1000}"""));
        string e = log.Event("b-1", log.Code());
        log.Run.Send(e).Pass(TimeSpan.FromSeconds(100));
        string before = log.Run.Values["binding:b-1"];
        log.Run.Send(e);
        Assert.Equal((before, 0), (log.Run.Values["binding:b-1"], log.Run.Counts.Duplicates));
        Assert.Equal(3, log.Counts.Count);
        Assert.All(log.Counts.Values, count => Assert.Equal("1", count));
    }

    [Fact]
    public void A_forged_or_altered_code_counts_nothing_and_is_told_why()
    {
        string code = _log.Code();
        Assert.Equal("refused: code.forged", _log.Send("b-1", "nonsense"));
        Assert.Equal("refused: code.forged", _log.Send("b-2", ""));
        Assert.Equal("refused: code.forged", _log.Send("b-3", (code[0] == 'A' ? 'B' : 'A') + code[1..]));
        Assert.Equal("refused: code.forged", _log.Send("b-4", _log.Code(keys: new CodeKeys([new byte[32]]))));
        Assert.Equal("refused: code.forged", _log.Send("b-5", new string('A', 200_000)));
        Assert.Equal(new Dictionary<string, string> { ["refused:code.forged"] = "5" }, _log.Counts);
        Assert.Equal(
            """{"binding":"b-1","outcome":"refused","reasons":["code.forged"],"page":"poster-7","time":1795338001000,"evidence":{"code.forged":{"characters":8}},"at":"bindings-0@0","settings":"s-base"}""",
            _log.Run.Values["binding:b-1"]
        );
    }

    [Fact]
    public void Tampering_at_every_letter_is_refused_and_uses_nothing_up()
    {
        string code = _log.Code();
        for (int at = 0; at < code.Length; at++)
        {
            _log.Run.Send(_log.Event($"t-{at}", code[..at] + (code[at] == '0' ? '1' : '0') + code[(at + 1)..]));
        }

        Assert.Equal(code.Length.ToString(), _log.Counts["refused:code.forged"]);
        Assert.Equal("counted", _log.Send("b-1", code));
    }

    [Theory]
    [InlineData(299_999, "counted")]
    [InlineData(300_000, "refused: code.expired")]
    [InlineData(300_001, "refused: code.expired")]
    public void A_code_expires_by_log_time(int after, string outcome)
    {
        string code = _log.Code();
        _log.Run.Now += after - 1000;
        // What the second client says of the time changes nothing.
        JsonElement result = _log.Bind("b-1", code);
        Assert.Equal(outcome, BindingLog.Outcome(result));
        if (outcome == "counted")
        {
            return;
        }

        Assert.Equal(
            $$"""{"expires":{{DeciderRun.Start + 300_000}},"log_time":{{DeciderRun.Start + after}}}""",
            result.GetProperty("evidence").GetProperty("code.expired").GetRawText()
        );
        Assert.Equal(new Dictionary<string, string> { ["refused:code.expired"] = "1" }, _log.Counts);
    }

    [Fact]
    public void A_forged_time_does_not_make_an_expired_code_good()
    {
        string e = _log.Event("b-1", _log.Code());
        _log.Run.Pass(TimeSpan.FromMinutes(6)).Send(e);
        Assert.Equal("refused: code.expired", BindingLog.Outcome(_log.Result("b-1")));
    }

    [Fact]
    public void A_code_is_used_once_also_by_another_and_with_other_values()
    {
        string code = _log.Code();
        Assert.Equal("counted", _log.Send("b-1", code));
        JsonElement again = _log.Bind("b-2", code, "acc-9", """{"amount_micros":10000}""");
        Assert.Equal("refused: code.used", BindingLog.Outcome(again));
        Assert.Equal("""{"binding":"b-1"}""", again.GetProperty("evidence").GetProperty("code.used").GetRawText());
        Assert.Equal(("1", "1"), (_log.Counts["operation:pay"], _log.Counts["refused:code.used"]));
    }

    [Fact]
    public void A_refused_binding_does_not_use_its_code_up_and_a_suspect_one_does()
    {
        string code = _log.Code();
        Assert.Equal("refused: prompt.missing", _log.Send("b-1", code, values: "{}"));
        Assert.Equal("suspect: account.self", _log.Send("b-2", code, "acc-1"));
        Assert.Equal("refused: code.used", _log.Send("b-3", code));
    }

    [Fact]
    public void Nonces_are_remembered_until_their_codes_expire()
    {
        Assert.Equal("counted", _log.Send("b-1", _log.Code()));
        Assert.Contains(_log.Run.Remembered, entry => entry.Key.StartsWith("nonce "));
        _log.Run.Now += 297_999;
        _log.Send("b-2", "x");
        Assert.Contains(_log.Run.Remembered, entry => entry.Key.StartsWith("nonce "));
        _log.Send("b-3", "x");
        Assert.DoesNotContain(_log.Run.Remembered, entry => entry.Key.StartsWith("nonce "));
    }

    [Fact]
    public void A_code_holds_for_its_own_page()
    {
        var log = new BindingLog(("page/poster-8", BindingLog.Poster));
        string code = log.Code();
        JsonElement result = log.Bind("b-1", code, page: "poster-8");
        Assert.Equal("refused: code.page", BindingLog.Outcome(result));
        Assert.Equal("""{"page":"poster-7"}""", result.GetProperty("evidence").GetProperty("code.page").GetRawText());
        Assert.Equal("1", log.Run.Hashes["stats:binding:poster-8:{bindings-0}"]["refused:code.page"]);
        Assert.Equal("counted", log.Send("b-2", code));
    }

    [Fact]
    public void An_unknown_page_is_refused_also_one_that_has_gone()
    {
        Assert.Equal("refused: page.unknown", _log.Send("b-1", _log.Code(page: "nowhere"), page: "nowhere"));
        _log.Run.Setting("page/poster-7", null).Pass(TimeSpan.FromSeconds(3));
        Assert.Equal("refused: page.unknown", _log.Send("b-2", _log.Code()));
    }

    [Fact]
    public void What_is_not_asked_for_is_left_out_of_the_result()
    {
        JsonElement result = _log.Bind(
            "b-1",
            _log.Code(),
            values: """{"amount_micros":1000000,"admin":true,"remark":null}"""
        );
        Assert.Equal("""{"amount_micros":1000000}""", result.GetProperty("values").GetRawText());
    }

    [Theory]
    [InlineData(
        """{"type":"binding","time":1795338000000,"page":"poster-7","code":"x","account":"a"}""",
        DeadLetterReason.MissingField,
        "id"
    )]
    [InlineData(
        """{"type":"binding","id":"b","page":"poster-7","code":"x","account":"a"}""",
        DeadLetterReason.MissingField,
        "time"
    )]
    [InlineData(
        """{"type":"binding","id":"b","time":1795338000000,"code":"x","account":"a"}""",
        DeadLetterReason.MissingField,
        "page"
    )]
    [InlineData(
        """{"type":"binding","id":"b","time":1795338000000,"page":"poster-7","account":"a"}""",
        DeadLetterReason.MissingField,
        "code"
    )]
    [InlineData(
        """{"type":"binding","id":"b","time":1795338000000,"page":"poster-7","code":"x"}""",
        DeadLetterReason.MissingField,
        "account"
    )]
    [InlineData(
        """{"type":"binding","id":"b","time":1795338000000,"page":"poster-7","code":7,"account":"a"}""",
        DeadLetterReason.WrongType,
        "code"
    )]
    [InlineData(
        """{"type":"binding","id":"b","time":1795338000000,"page":"poster-7","code":"x","account":"a b"}""",
        DeadLetterReason.OutOfRange,
        "account"
    )]
    [InlineData(
        """{"type":"binding","id":"b","time":1795338000000,"page":"poster-7","code":"x","account":"a","values":[]}""",
        DeadLetterReason.WrongType,
        "values"
    )]
    [InlineData(
        """{"type":"binding","id":"b","time":1795338000000,"page":"poster-7","code":"x","account":"a","ip":"nowhere"}""",
        DeadLetterReason.OutOfRange,
        "ip"
    )]
    [InlineData(
        """{"type":"binding","id":"b","time":1795338000000,"page":"poster-7","code":"x","account":"a","values":{"remark":"\ud800"}}""",
        DeadLetterReason.Malformed,
        "values.remark"
    )]
    [InlineData(
        """{"type":"binding","id":"b","time":1795338000000,"page":"poster-7","code":"x","account":"a","values":{"\ud800":1}}""",
        DeadLetterReason.Malformed,
        null
    )]
    [InlineData(
        """{"type":"binding","id":"b","time":1795338000000,"page":"poster-7","code":"x","account":"a" """,
        DeadLetterReason.Malformed,
        null
    )]
    public void What_is_no_event_is_a_dead_letter_and_counts_nothing(
        string json,
        DeadLetterReason reason,
        string? detail
    )
    {
        _log.Run.Send(json);
        Refusal(reason, detail);
        Assert.Empty(_log.Run.Values);
        Assert.Empty(_log.Run.Hashes);
    }

    private void Refusal(DeadLetterReason reason, string? detail)
    {
        Engine.Workflows.Module.Refusal refusal = Assert.Single(_log.Run.DeadLetters);
        Assert.Equal(reason, refusal.Reason);
        if (detail != null)
        {
            Assert.Equal(detail, refusal.Detail);
        }
    }
}
