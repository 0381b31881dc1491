using System.Net;
using System.Text.Json;
using Engine.Contracts;
using Engine.Workflows.Bindings.Codes;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests.Bindings;

/// <summary>
/// The HTTP endpoints of bindings at a running engine: page, code, binding through Kafka, outcome; and what is refused.
/// </summary>
public sealed class BindingHttpTests
{
    [Theory]
    [InlineData(Redises.Garnet)]
    [InlineData(Redises.Cluster)]
    public async Task A_code_is_made_read_bound_and_counted(string redis)
    {
        await using Lab lab = await BindingLab.StartAsync(redis);
        await using EngineRun engine = await lab.StartAsync();
        using var client = new BindingClient(engine.Http);
        long before = LiveEvents.Now;
        JsonElement made = await client.CodeAsync();
        Assert.Equal(["code", "svg", "expires"], made.EnumerateObject().Select(field => field.Name));
        string code = made.GetProperty("code").GetString()!;
        Assert.InRange(made.GetProperty("expires").GetInt64(), before + 300_000, LiveEvents.Now + 301_000);
        OperationBindingCode contents = BindingLab.Keys.Read(code)!;
        Assert.Equal(
            ("poster-7", "pay", "acc-1", made.GetProperty("expires").GetInt64()),
            (contents.Page, contents.Operation, contents.Account, contents.Expires)
        );
        Assert.Equal(BindingLab.Prompt, contents.Prompt);
        Assert.NotEqual(code, (await client.CodeAsync()).GetProperty("code").GetString());

        Assert.Equal(
            (HttpStatusCode.Accepted, """{"id":"b-1"}"""),
            await client.PostAsync("/v1/bindings", BindingClient.Event("b-1", code))
        );
        JsonElement outcome = await client.OutcomeAsync("b-1");
        Assert.Equal("counted", outcome.GetProperty("outcome").GetString());
        Assert.Equal(outcome.GetRawText(), (string?)await lab.Redis.Database.StringGetAsync("binding:b-1"));
        await client.PostAsync("/v1/bindings", BindingClient.Event("b-2", code));
        Assert.Equal("code.used", (await client.OutcomeAsync("b-2")).GetProperty("reasons")[0].GetString());
        await client.PostAsync("/v1/bindings", BindingClient.Event("b-1", code));

        // Where it lies: under its page, in the slot of its partition.
        Confluent.Kafka.ConsumeResult<byte[], byte[]> record = lab.Log.ReadAll("bindings")[0];
        Assert.Equal("poster-7"u8.ToArray(), record.Message.Key);
        string key = $"stats:binding:poster-7:{{bindings-{record.Partition.Value}}}";
        await LiveWait.UntilAsync("the counts are there", async () =>
            await lab.Redis.Database.HashExistsAsync(key, "refused:code.used")
        );
        Assert.Equal([key], lab.Redis.Keys("stats:binding:"));
        Dictionary<string, string> counts = (await lab.Redis.Database.HashGetAllAsync(key)).ToDictionary(
            field => field.Name.ToString(),
            field => field.Value.ToString()
        );
        Assert.Equal(
            ("1", "1", "1"),
            (counts["operation:pay"], counts["pair:acc-1 acc-2"], counts["refused:code.used"])
        );
        Assert.Contains(counts.Keys, field => field.StartsWith("hour:20", StringComparison.Ordinal));
        Assert.NotNull(await lab.Redis.Database.KeyTimeToLiveAsync("binding:b-1"));
        Assert.False(await lab.Redis.Database.KeyExistsAsync("signing-key"));
    }

    [Fact]
    public async Task Bad_input_is_answered_with_what_and_where_and_reaches_nobody()
    {
        await using Lab lab = await BindingLab.StartAsync(Redises.Any);
        await using EngineRun engine = await lab.StartAsync();
        using var client = new BindingClient(engine.Http);
        foreach (
            (string path, string body, string where) in new[]
            {
                ("/v1/bindings/codes", "", "body"),
                ("/v1/bindings/codes", "[]", "body"),
                ("/v1/bindings/codes", """{"operation":"pay","account":"a"}""", "page"),
                ("/v1/bindings/codes", """{"page":"nowhere","operation":"pay","account":"a"}""", "page"),
                ("/v1/bindings/codes", """{"page":"poster-7","operation":"rob","account":"a"}""", "operation"),
                ("/v1/bindings/codes", """{"page":"poster-7","operation":7,"account":"a"}""", "operation"),
                ("/v1/bindings/codes", """{"page":"poster-7","operation":"pay","account":"a b"}""", "account"),
                ("/v1/bindings/codes", """{"page":"poster-7","operation":"pay","account":"\ud800"}""", "body"),
                ("/v1/bindings", "", "byte 0"),
                ("/v1/bindings", "[]", "not one JSON object"),
                ("/v1/bindings", BindingClient.Event("b-1", "x").Replace("\"account\":\"acc-2\",", ""), "account"),
                ("/v1/bindings", BindingClient.Event("b 1", "x"), "id"),
                ("/v1/bindings", BindingClient.Event("b-1", "x", values: "[]"), "values"),
                (
                    "/v1/bindings",
                    """{"type":"click","id":"c-1","time":1,"ip":"203.0.113.9","publisher":"p","campaign":"c"}""",
                    "type"
                ),
                ("/v1/bindings", BindingClient.Event("b-1", new string('x', 300_000)), "body"),
            }
        )
        {
            (HttpStatusCode status, string answer) = await client.PostAsync(path, body);
            HttpStatusCode expected =
                body.Length > EventLimits.MaxValueBytes
                    ? HttpStatusCode.RequestEntityTooLarge
                    : HttpStatusCode.BadRequest;
            Assert.True(status == expected, $"{body}: {status} {answer}");
            JsonElement fault = JsonDocument.Parse(answer).RootElement;
            Assert.Equal(where, fault.GetProperty("where").GetString());
            Assert.NotEmpty(fault.GetProperty("error").GetString()!);
        }
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/v1/bindings/b-1")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/b/nowhere")).Status);
        (HttpStatusCode missing, string page, _) = await client.GetAsync("/b/nowhere", "text/html");
        Assert.Equal(HttpStatusCode.NotFound, missing);
        Assert.Contains("There is no page “nowhere”", WebUtility.HtmlDecode(page));
        Assert.Empty(lab.Log.ReadAll("bindings"));
    }

    [Fact]
    public async Task A_page_is_content_for_programs_and_a_form_for_people()
    {
        await using Lab lab = await BindingLab.StartAsync(Redises.Any);
        await using EngineRun engine = await lab.StartAsync();
        using var client = new BindingClient(engine.Http);
        const string Content =
            """{"page":"poster-7","title":"Tip the barista","operations":{"pay":{"prompt":{"amount_micros":{"type":"integer","min":10000,"max":50000000},"remark":{"type":"text","max":80,"optional":true}}}},"code_ttl_s":300}""";
        foreach (string? accept in new[] { null, "*/*", "application/json", "application/json, text/html;q=0.9" })
        {
            (HttpStatusCode status, string body, HttpResponseMessage answer) = await client.GetAsync(
                "/b/poster-7",
                accept
            );
            Assert.Equal(
                (HttpStatusCode.OK, Content, "application/json"),
                (status, body, answer.Content.Headers.ContentType?.MediaType)
            );
        }
        (_, string html, HttpResponseMessage page) = await client.GetAsync(
            "/b/poster-7",
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
        );
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
        Assert.Contains("<h1>Tip the barista</h1>", html);
        Assert.Contains("default-src 'none'", page.Headers.GetValues("Content-Security-Policy").Single());
        // Who reads a code may use the camera; who shows one needn't.
        Assert.StartsWith("camera=()", page.Headers.GetValues("Permissions-Policy").Single());
        (_, _, HttpResponseMessage reading) = await client.GetAsync("/b/poster-7/bind", "text/html");
        Assert.StartsWith("camera=(self)", reading.Headers.GetValues("Permissions-Policy").Single());
    }

    /// <summary>
    /// Ids and titles are whatever operators and clients write: pages change while the engine runs, and encode it all.
    /// </summary>
    [Fact]
    public async Task Pages_come_and_change_while_it_runs_and_encode_what_they_show()
    {
        await using Lab lab = await BindingLab.StartAsync(Redises.Any);
        await using EngineRun engine = await lab.StartAsync();
        using var client = new BindingClient(engine.Http);
        const string Id = "a/b<i>&%\"'?#",
            Path = "/b/a%2Fb%3Ci%3E%26%25%22'%3F%23";
        lab.Log.SendAll([
            new LiveRecord(
                "settings",
                "page/" + Id,
                """{"title":"<script>alert(1)</script>","operations":{"<b>pay</b>":{"prompt":{"<i>x":{"type":"text","max":5}}}}}"""
            ),
        ]);
        await LiveWait.UntilAsync("the page is in force", async () =>
            (await client.GetAsync(Path)).Status == HttpStatusCode.OK
        );
        (_, string html, _) = await client.GetAsync(Path, "text/html");
        Assert.DoesNotContain("<script>alert", html);
        Assert.DoesNotContain("<b>pay", html);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", html);
        (HttpStatusCode status, html, _) = await client.FormAsync(
            Path + "/code",
            new() { ["operation"] = "<b>pay</b>", ["account"] = "\"><img src=x>" }
        );
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.DoesNotContain("<img", html);
        string code = (await client.CodeAsync("<u>me</u>", Id, "<b>pay</b>")).GetProperty("code").GetString()!;
        (status, html, _) = await client.FormAsync(Path + "/bind", new() { ["code"] = code });
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.DoesNotContain("<u>me", html);
        Assert.DoesNotContain("<i>x", html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;u&gt;me&lt;/u&gt;", html);
        (status, _, HttpResponseMessage sent) = await client.FormAsync(
            Path + "/bindings",
            new()
            {
                ["code"] = code,
                ["id"] = "b/1?",
                ["account"] = "<u>you</u>",
                ["f0"] = "<s>5",
            }
        );
        Assert.Equal(HttpStatusCode.Found, status);
        Assert.Equal(Path.Replace("'", "%27") + "/bindings/b%2F1%3F", sent.Headers.Location!.OriginalString);
        Assert.Equal("counted", (await client.OutcomeAsync("b%2F1%3F")).GetProperty("outcome").GetString());
        (_, html, _) = await client.GetAsync(sent.Headers.Location!.OriginalString);
        Assert.DoesNotContain("<s>5", html);
        Assert.Contains("&lt;s&gt;5", html);
    }

    [Fact]
    public async Task A_form_from_elsewhere_is_not_taken()
    {
        await using Lab lab = await BindingLab.StartAsync(Redises.Any);
        await using EngineRun engine = await lab.StartAsync();
        using var client = new BindingClient(engine.Http);
        var form = new Dictionary<string, string>
        {
            ["operation"] = "pay",
            ["account"] = "acc-1",
            ["code"] = "x",
        };
        foreach (string path in new[] { "/b/poster-7/code", "/b/poster-7/bind", "/b/poster-7/bindings" })
        {
            foreach (
                (string, string)[] headers in new (string, string)[][]
                {
                    [("Sec-Fetch-Site", "cross-site")],
                    [("Sec-Fetch-Site", "same-site")],
                    [("Origin", "https://elsewhere.example")],
                    [("Origin", "null")],
                    [("X-Nothing", "said")],
                    [("Sec-Fetch-Site", "cross-site"), ("Origin", $"http://{engine.Http}")],
                }
            )
            {
                Assert.Equal(HttpStatusCode.Forbidden, (await client.FormAsync(path, form, headers)).Status);
            }

            Assert.NotEqual(HttpStatusCode.Forbidden, (await client.FormAsync(path, form)).Status);
            Assert.NotEqual(
                HttpStatusCode.Forbidden,
                (await client.FormAsync(path, form, ("Origin", $"http://{engine.Http}"))).Status
            );
        }
        Assert.Empty(lab.Log.ReadAll("bindings"));
    }

    [Fact]
    public async Task The_second_clients_form_says_what_is_wrong_and_sends_nothing()
    {
        await using Lab lab = await BindingLab.StartAsync(Redises.Any);
        await using EngineRun engine = await lab.StartAsync();
        using var client = new BindingClient(engine.Http);
        string code = (await client.CodeAsync()).GetProperty("code").GetString()!;
        string expired = BindingLab.Keys.Sign(
            new OperationBindingCode(
                "poster-7",
                "pay",
                "acc-1",
                BindingLab.Prompt,
                new string('0', 20),
                LiveEvents.Now / 1000 * 1000
            )
        );
        string elsewhere = BindingLab.Keys.Sign(
            new OperationBindingCode(
                "poster-8",
                "pay",
                "acc-1",
                BindingLab.Prompt,
                new string('0', 20),
                LiveEvents.Now / 1000 * 1000 + 60_000
            )
        );
        foreach (
            (string text, string words) in new[]
            {
                ("nonsense", "isn’t one of ours"),
                (expired, "has expired"),
                (elsewhere, "another page"),
            }
        )
        {
            (_, string reading, _) = await client.FormAsync("/b/poster-7/bind", new() { ["code"] = text });
            Assert.Contains(words, WebUtility.HtmlDecode(reading));
            (_, string bound, _) = await client.FormAsync(
                "/b/poster-7/bindings",
                new()
                {
                    ["code"] = text,
                    ["account"] = "a",
                    ["f0"] = "1",
                }
            );
            Assert.Contains(words, WebUtility.HtmlDecode(bound));
        }
        foreach (
            (string account, string amount, string remark, string words) in new[]
            {
                ("", "1", "", "This field is required"),
                ("a b", "1", "", "no spaces"),
                ("acc-2", "", "", "This field is required"),
                ("acc-2", "much", "", "Enter a number"),
                ("acc-2", "0.009", "", "From 0.01 to 50"),
                ("acc-2", "50.000001", "", "From 0.01 to 50"),
                ("acc-2", "1", new string('x', 81), "Up to 80 characters"),
            }
        )
        {
            (HttpStatusCode status, string body, _) = await client.FormAsync(
                "/b/poster-7/bindings",
                new()
                {
                    ["code"] = code,
                    ["id"] = "b-1",
                    ["account"] = account,
                    ["f0"] = amount,
                    ["f1"] = remark,
                }
            );
            Assert.Equal(HttpStatusCode.BadRequest, status);
            Assert.Contains(words, body[body.IndexOf("class=\"fault\"", StringComparison.Ordinal)..]);
        }
        Assert.Empty(lab.Log.ReadAll("bindings"));
        // A form that is sent twice binds once; money is entered in units.
        foreach (int _ in new[] { 1, 2 })
        {
            Assert.Equal(
                HttpStatusCode.Found,
                (
                    await client.FormAsync(
                        "/b/poster-7/bindings",
                        new()
                        {
                            ["code"] = code,
                            ["id"] = "b-1",
                            ["account"] = "acc-2",
                            ["f0"] = "1,50",
                            ["f1"] = "",
                        }
                    )
                ).Status
            );
        }

        Assert.Equal(
            """{"amount_micros":1500000}""",
            (await client.OutcomeAsync("b-1")).GetProperty("values").GetRawText()
        );
        await LiveWait.UntilAsync("both lie in the log", () => lab.Log.Count("bindings") == 2);
        Assert.Contains("127.0.0.1", System.Text.Encoding.UTF8.GetString(lab.Log.ReadAll("bindings")[0].Message.Value));
    }

    [Fact]
    public async Task Without_files_the_group_makes_a_key_that_all_its_engines_share()
    {
        await using Lab lab = await Lab.EmbeddedAsync(
            Redises.Any,
            new EngineYaml
            {
                SessionMs = 3000,
                Models = false,
                Samples = true,
            }
        );
        string code;
        await using (EngineRun engine = await lab.StartAsync())
        {
            using var client = new BindingClient(engine.Http);
            code = (await client.CodeAsync()).GetProperty("code").GetString()!;
            await engine.StopAsync();
        }
        Assert.Null(BindingLab.Keys.Read(code));
        Assert.Null(await lab.Redis.Database.KeyTimeToLiveAsync("signing-key"));
        await using EngineRun again = await lab.StartAsync();
        using var other = new BindingClient(again.Http);
        await other.PostAsync("/v1/bindings", BindingClient.Event("b-1", code));
        Assert.Equal("counted", (await other.OutcomeAsync("b-1")).GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task A_key_that_is_too_short_or_not_there_is_refused_at_start_and_by_check()
    {
        using var folder = new LiveFolder();
        string config = new EngineYaml { Models = false, More = "signing_keys: [short.key]" }.Write(folder);
        CommandRun missing = await Programs.EngineAsync("check", "--config", config);
        Assert.Equal(2, missing.ExitCode);
        Assert.Contains("short.key", missing.Error);
        folder.Write("short.key", "too short");
        CommandRun check = await Programs.EngineAsync("check", "--config", config);
        Assert.Equal(2, check.ExitCode);
        Assert.Contains("short.key has 9 bytes; expected at least 32", check.Error);
    }
}
