using System.Text.Json.Nodes;
using Engine.Contracts.Settings;
using Engine.Pipeline.Settings;
using Engine.Workflows.Messages;
using Engine.Workflows.Messages.Decision;
using Engine.Workflows.Messages.Settings;
using Xunit;

namespace Workflows.Tests.Messages;

/// <summary>Message rules: who they hold for, what they see, and what they do.</summary>
public sealed class MessageTests
{
    private const string Mark = """[{"mark":"m"}]""";

    private int _number,
        _acts;

    [Theory]
    [InlineData("'Strasse' in message.words", "Große STRAẞE!", true)]
    [InlineData("'ass' in message.words", "first class", false)]
    [InlineData("'Ass' in message.words", "an ASS", true)]
    [InlineData("'paypal' in message.skeleton", "раураl", true)]
    [InlineData("'paypal' in message.words", "раураl", false)]
    [InlineData("'Shop.Example' in message.links", "see https://shop.example/p?x=1", true)]
    [InlineData("message.link_count > 1", "www.example.com and mail a@b.example.org", true)]
    [InlineData("1234.5 in message.amounts", "it is 1,234.50 EUR", true)]
    [InlineData("1234.5 in message.amounts", "it is 1.234,50 EUR", true)]
    [InlineData("message.language == 'de'", "Bitte senden Sie mir die Rechnung bis morgen.", true)]
    [InlineData("message.language == ''", "1234", true)]
    [InlineData("message.length == 2", "a😀", true)]
    [InlineData("message.text.matches('a+b')", "xaaab", true)]
    [InlineData("message.group == 'analysts'", "x", true)]
    [InlineData("'p-2' in message.recipients && message.sender == 'p-1'", "x", true)]
    [InlineData("context.role == 'advertiser'", "x", true)]
    [InlineData("context.nothing == 'x'", "x", false)]
    [InlineData("message.first && message.silent_s == 0 && !message.edited && !message.automatic", "x", true)]
    public void Conditions_see_content_and_context(string when, string text, bool matches) =>
        Assert.Equal(matches ? ["m"] : [], Texts(Handle(text, ("everyone/a", when, Mark))["marks"]));

    [Fact]
    public void Html_counts_as_its_text() =>
        Assert.Equal(
            ["m"],
            Texts(
                Handle(
                    "<p>Now <b>fr</b>ee</p><script>bad</script>",
                    [("everyone/a", "'free' in message.words && !('bad' in message.words)", Mark)],
                    more: ""","format":"html" """
                )["marks"]
            )
        );

    [Fact]
    public void Rules_hold_for_everyone_a_group_and_people_in_order()
    {
        JsonNode handled = Handle(
            "x",
            [
                ("everyone/z", "true", """[{"mark":"everyone"}]"""),
                ("group:analysts/a", "true", """[{"mark":"group"}]"""),
                ("group:others/a", "true", """[{"mark":"no"}]"""),
                ("person:p-1/a", "true", """[{"mark":"sender"}]"""),
                ("person:p-2/a", "true", """[{"mark":"recipient"}]"""),
                ("person:p-3/a", "true", """[{"mark":"no"}]"""),
            ]
        );
        Assert.Equal(["everyone", "group", "sender", "recipient"], Texts(handled["marks"]));
    }

    /// <summary>The table of pairs in docs/messages.md.</summary>
    [Theory]
    [InlineData("""{"mark":"a"}""", """{"mark":"b"}""", "marks=a,b")]
    [InlineData("""{"mark":"a"}""", """{"mark":"a"}""", "marks=a")]
    [InlineData("""{"route":"a"}""", """{"route":"b"}""", "routes=a,b")]
    [InlineData("""{"save":"a"}""", """{"save":"b"}""", "saved=a,b")]
    [InlineData("""{"hold":true}""", """{"release":true}""", "outcome=held;lost=everyone/2 release everyone/1")]
    [InlineData("""{"release":true}""", """{"hold":true}""", "outcome=delivered;lost=everyone/2 hold everyone/1")]
    [InlineData("""{"hold":true}""", """{"hold":true}""", "outcome=held;lost=everyone/2 hold everyone/1")]
    [InlineData("""{"reply":"a"}""", """{"reply":"b"}""", "replies=a;lost=everyone/2 reply everyone/1")]
    [InlineData("""{"mask":"te"}""", """{"mask":"xt"}""", "text=••••")]
    [InlineData("""{"stop":true}""", """{"hold":true}""", "outcome=delivered;stopped=everyone/2")]
    [InlineData("""{"hold":true}""", """{"stop":true}""", "outcome=held")]
    [InlineData("""{"hold":true}""", """{"reply":"a"}""", "outcome=held;replies=a")]
    [InlineData("""{"mark":"a"}""", """{"hold":true}""", "outcome=held;marks=a")]
    [InlineData("""{"mask":"te"}""", """{"release":true}""", "outcome=delivered;text=••xt")]
    public void Of_two_actions_the_table_says_what_counts(string first, string second, string expected)
    {
        JsonNode handled = Handle(
            "text",
            [("everyone/1", "true", $"[{first}]"), ("everyone/2", "true", $"[{second}]")]
        );
        foreach (string part in expected.Split(';'))
        {
            (string name, string value) = (part.Split('=')[0], part.Split('=')[1]);
            string found = name switch
            {
                "lost" => string.Join(
                    ',',
                    handled["lost"]!.AsArray().Select(one => $"{one!["rule"]} {one["action"]} {one["to"]}")
                ),
                "replies" => string.Join(',', handled["replies"]!.AsArray().Select(one => one!["text"])),
                "outcome" or "text" => (string)handled[name]!,
                _ => string.Join(',', Texts(handled[name])),
            };
            Assert.Equal(value, found);
        }
    }

    [Fact]
    public void Exempt_roles_and_shadow_are_listed_and_not_acted_on()
    {
        JsonNode handled = Handle(
            "x",
            [
                ("everyone/a", "true", """[{"hold":true}],"exempt":["role:advertiser"]"""),
                ("everyone/b", "true", """[{"hold":true}],"shadow":true"""),
            ]
        );
        Assert.Equal(
            ("delivered", "everyone/a", "everyone/b"),
            ((string)handled["outcome"]!, Texts(handled["exempt"]).Single(), Texts(handled["shadow"]).Single())
        );
    }

    [Fact]
    public void What_was_found_is_told_with_its_place()
    {
        JsonNode handled = Handle(
            "Win FREE money at shop.example.com",
            [("everyone/a", "'free' in message.words && message.link_count > 0", """[{"mark":"m"},{"mask":"money"}]""")]
        );
        Assert.Equal(
            ["4+4", "18+16", "9+5"],
            handled["rules"]![0]!["found"]!.AsArray().Select(place => $"{place!["at"]}+{place["length"]}")
        );
        Assert.Equal("Win FREE ••••• at shop.example.com", (string)handled["text"]!);
    }

    [Fact]
    public void Tags_are_those_of_bookmarks_in_the_text()
    {
        using DeciderRun run = Run(("everyone/a", "'fraud' in message.tags", Mark));
        Assert.Empty(Marks("about cookie stuffing"));

        run.Learn("k-1 p-1", """{"phrase":"Cookie Stuffing","tags":["fraud","ads"]}""");
        Assert.Equal(["m"], Marks("about COOKIE stuffing."));
        Assert.Empty(Marks("cookie stuffings"));
        Assert.Equal(["m"], Marks("<p>cookie\n <b>stuffing</b></p>", ""","format":"html" """));
        Assert.Empty(Marks("<p>cookie</p><p>stuffing</p>", ""","format":"html" """));

        run.Learn("k-1 p-2", """{"phrase":"cookie stuffing","tags":[]}""").Learn("k-1 p-1", null);
        Assert.Empty(Marks("cookie stuffing"));
        run.Learn("k-1 p-2", null).Learn("k-1 p-3", """{"phrase":"cookie stuffing","tags":["fraud"]}""");
        Assert.Equal(["m"], Marks("cookie stuffing"));
        run.TakeOver();
        Assert.Equal(["m"], Marks("cookie stuffing"));

        string[] Marks(string text, string more = "") => Texts(JsonNode.Parse(Send(run, "p-1", text, more))!["marks"]);
    }

    /// <summary>However phrases come and go, what is found is what a search that is built at once finds.</summary>
    [Fact]
    public void Bookmarks_that_come_one_by_one_are_found_as_if_they_had_come_at_once()
    {
        using DeciderRun run = Run(("everyone/a", "'longest' in message.tags && !('other' in message.tags)", Mark));
        for (int i = 0; i < 3_000; i++)
        {
            run.Learn($"k-{i % 1500} p-1", $$"""{"phrase":"w{{i % 1500}} x","tags":["other"]}""");
            if (i % 100 == 99)
            {
                Assert.Empty(Texts(JsonNode.Parse(Send(run, "p-1", $"w{i % 1500} x"))!["marks"]));
                run.Learn($"k-{i % 1500} p-1", null);
            }
            else if (i < 2_900)
            {
                run.Learn($"k-{i % 1500} p-1", null);
            }
        }

        run.Learn("l p-1", """{"phrase":"w7 x y","tags":["longest"]}""");
        Assert.Equal(["m"], Texts(JsonNode.Parse(Send(run, "p-1", "w7 x y"))!["marks"]));
        Assert.Empty(Texts(JsonNode.Parse(Send(run, "p-1", "w7 x y and w1410 x"))!["marks"]));
    }

    [Fact]
    public void Five_like_acts_in_seven_days_suggest_one_rule()
    {
        using DeciderRun run = Run();
        for (int i = 0; i < 4; i++)
        {
            Send(run, "p-1", $"{i} https://bad.example/{i}");
            Act(run, "p-2", """{"hold":true}""");
            run.Pass(TimeSpan.FromDays(1));
        }

        Assert.Empty(run.Hashes);
        run.TakeOver();
        // Another action, another person, the same message again: not alike.
        Act(run, "p-2", """{"release":true}""");
        Act(run, "p-3", """{"hold":true}""");
        Act(run, "p-2", """{"hold":true}""");
        Assert.Empty(run.Hashes);

        Send(run, "p-9", "nothing");
        Send(run, "p-1", "once more");
        Act(run, "p-2", """{"hold":true}""");
        (string key, Dictionary<string, string> suggested) = Assert.Single(run.Hashes);
        Assert.Equal("suggestions:messages:p-2:{messages-0}", key);
        JsonNode suggestion = JsonNode.Parse(Assert.Single(suggested).Value)!;
        Assert.Equal(
            """message.sender == "p-1" [{"hold":true}] 5 acts, 5 of 6""",
            $"{suggestion["when"]} {suggestion["actions"]!.ToJsonString()} {suggestion["acts"]} acts, "
                + $"{suggestion["would"]} of {suggestion["of"]}"
        );

        // A week later they count no more.
        run.Hashes.Clear();
        run.Pass(TimeSpan.FromDays(7.1));
        Assert.DoesNotContain(run.Remembered.Keys, field => field.StartsWith("habits ", StringComparison.Ordinal));
        Send(run, "p-1", "again");
        Act(run, "p-2", """{"hold":true}""");
        Assert.Empty(run.Hashes);
    }

    [Fact]
    public void Messages_of_several_people_suggest_what_they_have_in_common()
    {
        using DeciderRun run = Run();
        for (int i = 0; i < 5; i++)
        {
            Send(run, $"p-{10 + i}", "see https://Shop.example/x and www.other.example");
            Act(run, "p-2", """{"mark":"spam"}""");
        }

        JsonNode suggestion = JsonNode.Parse(Assert.Single(Assert.Single(run.Hashes).Value).Value)!;
        string when = (string)suggestion["when"]!;
        Assert.Equal("\"shop.example\" in message.links", when);
        // It is a rule that can be used as it is.
        Assert.Equal(
            ["spam"],
            Texts(
                Handle("https://shop.example", ("person:p-2/x", when, suggestion["actions"]!.ToJsonString()))["marks"]
            )
        );
    }

    [Theory]
    [InlineData("""{"hold":false}""")]
    [InlineData("""{"reply":"x"}""")]
    [InlineData("""{"mark":5}""")]
    [InlineData("""{"mark":"a","hold":true}""")]
    [InlineData("{}")]
    public void An_act_that_no_rule_can_repeat_teaches_nothing(string action)
    {
        using DeciderRun run = Run();
        for (int i = 0; i < 8; i++)
        {
            Send(run, "p-1", "hello");
            Act(run, "p-2", action);
        }

        Assert.Empty(run.DeadLetters);
        Assert.Empty(run.Hashes);
    }

    [Fact]
    public void Two_programs_that_reply_end_after_one_reply_each()
    {
        using DeciderRun run = Run(("everyone/away", "true", """[{"reply":"I am away."}]"""));
        string[] replies =
        [
            Send(run, "p-1", "hello"),
            Send(run, "p-2", "I am away.", ""","automatic":true"""),
            Send(run, "p-1", "hello again"),
            Send(run, "p-2", "hello"),
        ];
        Assert.Equal(
            ["1", "0", "0", "1"],
            replies.Select(json => $"{JsonNode.Parse(json)!["replies"]!.AsArray().Count}")
        );
        run.TakeOver();
        Assert.Empty(JsonNode.Parse(Send(run, "p-1", "hello"))!["replies"]!.AsArray());
        run.Pass(TimeSpan.FromHours(24.1));
        Assert.Single(JsonNode.Parse(Send(run, "p-1", "hello"))!["replies"]!.AsArray());
    }

    [Fact]
    public void Who_is_to_be_told_gets_an_indication_without_what_matched()
    {
        using DeciderRun run = Run(
            (
                "everyone/a",
                "'secret' in message.words",
                """[{"mark":"m"},{"hold":true}],"because":"Not here.","tell":["sender","p-9"]"""
            )
        );
        Send(run, "p-1", "the secret is 42");
        Assert.Equal(["p-1", "p-9"], run.Notified.Select(one => one.Recipient));
        JsonNode indication = JsonNode.Parse(run.Notified[0].Json)!;
        Assert.Equal(("everyone/a", "Not here."), ((string)indication["rule"]!, (string)indication["because"]!));
        Assert.Equal(["marked", "held"], Texts(indication["done"]));
        Assert.DoesNotContain("secret", run.Notified[0].Json);
    }

    [Theory]
    [InlineData("2026-10-25T00:30:00Z", 2)]
    [InlineData("2026-10-25T01:30:00Z", 2)]
    [InlineData("2026-10-25T02:30:00Z", 3)]
    [InlineData("2026-03-29T00:30:00Z", 1)]
    [InlineData("2026-03-29T01:30:00Z", 3)]
    public void The_hour_is_right_in_nights_when_clocks_change(string time, int hour)
    {
        long ms = DateTimeOffset
            .Parse(time, System.Globalization.CultureInfo.InvariantCulture)
            .ToUnixTimeMilliseconds();
        JsonNode handled = Handle(
            "x",
            [("everyone/a", $"message.hour == {hour} && message.weekday == 7", Mark + ""","zone":"Europe/Berlin" """)],
            ms
        );
        Assert.Equal(["m"], Texts(handled["marks"]));
    }

    [Theory]
    [InlineData("everyone", """{"when":"true","actions":[{"hold":true}]}""", "everyone/<id>")]
    [InlineData("group:/a", """{"when":"true","actions":[{"hold":true}]}""", "everyone/<id>")]
    [InlineData("everyone/a", """{"actions":[{"hold":true}]}""", "'when' is missing")]
    [InlineData("everyone/a", """{"when":"message.lenth == ''","actions":[{"hold":true}]}""", "message.length")]
    [InlineData("everyone/a", """{"when":"'' in message.words","actions":[{"hold":true}]}""", "nothing is left of it")]
    [InlineData("everyone/a", """{"when":"message.sender in []","actions":[{"hold":true}]}""", "list is empty")]
    [InlineData("everyone/a", """{"when":"message.text.matches('a*')","actions":[{"hold":true}]}""", "empty text")]
    [InlineData("everyone/a", """{"when":"message.text.matches('(a)\\\\1')","actions":[{"hold":true}]}""", "matches")]
    [InlineData("everyone/a", """{"when":"true","actions":[]}""", "expected 1 to 16")]
    [InlineData("everyone/a", """{"when":"true","actions":[{"hold":false}]}""", "expected true")]
    [InlineData("everyone/a", """{"when":"true","actions":[{"explode":true}]}""", "one of mark, hold")]
    [InlineData("everyone/a", """{"when":"true","actions":[{"hold":true,"stop":true}]}""", "one of mark, hold")]
    [InlineData("everyone/a", """{"when":"true","actions":[{"mask":"a*"}]}""", "empty text")]
    [InlineData("everyone/a", """{"when":"true","actions":[{"mask":"(?=a)b"}]}""", "'mask'")]
    [InlineData("everyone/a", """{"when":"true","actions":[{"hold":true}],"zone":"Mars/Olympus"}""", "time zone")]
    [InlineData("everyone/a", """{"when":"true","actions":[{"hold":true}],"exempt":["moderator"]}""", "role:<role>")]
    [InlineData("everyone/a", """{"when":"true","actions":[{"raise":{"process":"p"}}]}""", "'instance' is missing")]
    public void Wrong_rules_are_refused_with_what_is_wrong(string id, string json, string expected)
    {
        SettingException problem = Assert.Throws<SettingException>(() =>
            SettingParser.Parse("message-rule/" + id, json, new SettingFiles(), [new MessageRuleKind()])
        );
        Assert.Contains(expected, problem.Message);
    }

    private JsonNode Handle(string text, params (string Id, string When, string Actions)[] rules) =>
        Handle(text, rules, null);

    private JsonNode Handle(
        string text,
        (string Id, string When, string Actions)[] rules,
        long? time = null,
        string more = ""
    )
    {
        var tester = new MessageTester(
            rules.Select(rule =>
                (MessageRule)
                    (
                        (WorkflowSetting)
                            SettingParser.Parse(Key(rule.Id), Json(rule), new SettingFiles(), [new MessageRuleKind()])
                    ).Value
            )
        );
        return JsonNode.Parse(tester.Handle(MessageTester.Read(Event("p-1", text, time ?? 1_763_769_600_000, more))))!;
    }

    private static DeciderRun Run(params (string Id, string When, string Actions)[] rules) =>
        new(new MessagesWorkflow(), new MessageDecider(), [.. rules.Select(rule => (Key(rule.Id), Json(rule)))]);

    private string Send(DeciderRun run, string sender, string text, string more = "")
    {
        run.Send(Event(sender, text, run.Now, more), "c-3");
        return run.Values[$"message:m-{_number}"];
    }

    /// <summary>Somebody handles the last message by hand.</summary>
    private void Act(DeciderRun run, string by, string action) =>
        run.Send(
            $$"""{"type":"message-handled","id":"h-{{++_acts}}","time":{{run.Now}},"conversation":"c-3","message":"m-{{_number}}","by":"{{by}}","action":{{action}}}""",
            "c-3"
        );

    private static string Key(string id) => "message-rule/" + id;

    private static string Json((string Id, string When, string Actions) rule) =>
        $$"""{"when":{{JsonValue.Create(rule.When).ToJsonString()}},"actions":{{rule.Actions}}}""";

    private string Event(string sender, string text, long time, string more) =>
        $$"""{"type":"message","id":"m-{{++_number}}","time":{{time}},"conversation":"c-3","sender":"{{sender}}","recipients":["p-2"],"group":"analysts","context":{"role":"advertiser","n":1},"text":{{JsonValue.Create(text).ToJsonString()}}{{more}}}""";

    private static string[] Texts(JsonNode? list) => [.. list!.AsArray().Select(one => (string)one!)];
}
