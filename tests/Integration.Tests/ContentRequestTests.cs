using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Contracts;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests;

/// <summary>Content requests through HTTP, Kafka and Redis, with real processes.</summary>
public class ContentRequestTests
{
    internal const string Token = "news-token",
        OtherToken = "other-token";

    internal static string SettingsIn(LiveFolder folder, string more = "")
    {
        folder.Write("content-settings/content.yaml", Settings(more));
        return folder.File("content-settings");
    }

    /// <summary>Two sponsors, one of which defines nothing.</summary>
    internal static string Settings(string more = "") =>
        $$"""
            sponsor/sp-1: { name: "News <b>& Co</b>", resources: ["https://news.example/"], tokens: ["{{HashOf(
                Token
            )}}"] }
            sponsor/sp-2: { resources: ["https://other.example/"], requests_per_s: 2, tokens: ["{{HashOf(
                OtherToken
            )}}"] }
            definition/sp-1/front-top: { unit: news/front/top, sizes: [[300, 250], [728, 90]], parameters: { color: [blue, red] }, item: it-front }
            definition/sp-1/sport: { unit: sport, sizes: [[160, 600]], item: it-sport }
            {{more}}
            """;

    private static string HashOf(string token) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    internal static string Request(
        string id,
        string unit = "news/front/top",
        string sizes = "[[300,250]]",
        string parameters = "{}",
        string sponsor = "sp-1",
        string resource = "https://news.example/a",
        long? time = null
    ) =>
        $$"""{"type":"content-request","id":"{{id}}","time":{{time ?? LiveEvents.Now}},"sponsor":"{{sponsor}}","resource":"{{resource}}","unit":"{{unit}}","sizes":{{sizes}},"parameters":{{parameters}}}""";

    internal static async Task<(Lab, EngineRun, HttpClient)> StartAsync()
    {
        using var folder = new LiveFolder();
        Lab lab = await Lab.EmbeddedAsync(
            Redises.Any,
            new EngineYaml { SessionMs = 3000, Settings = SettingsIn(folder) }
        );
        EngineRun run = await lab.StartAsync();
        return (lab, run, new HttpClient { BaseAddress = new Uri($"http://{run.Http}") });
    }

    internal static async Task<(HttpStatusCode Status, string Body)> AskAsync(
        HttpClient http,
        string json,
        string type = "application/json"
    )
    {
        HttpResponseMessage answer = await http.PostAsync(
            "/v1/content-requests",
            new StringContent(json, Encoding.UTF8, type)
        );
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    internal static async Task<(HttpStatusCode Status, JsonElement Body)> SponsorAsync(
        HttpClient http,
        HttpMethod method,
        string path,
        string? token,
        string? body = null
    )
    {
        using var request = new HttpRequestMessage(method, path);
        if (token != null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (body != null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        HttpResponseMessage answer = await http.SendAsync(request);
        return (answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement);
    }

    private static Task<string> StoredAsync(Lab lab, string request) =>
        LiveWait.ForAsync($"{request} is decided", async () =>
            (string?)await lab.Redis.Database.StringGetAsync($"content:{request}")
        );

    private static string Without(string json, params string[] names)
    {
        JsonObject answer = JsonNode.Parse(json)!.AsObject();
        foreach (string name in names)
        {
            answer.Remove(name);
        }

        return answer.ToJsonString();
    }

    [Fact]
    public async Task By_Kafka_and_by_HTTP_the_decision_is_the_same_and_HTTPs_is_the_one_that_is_kept()
    {
        (Lab lab, EngineRun run, HttpClient http) = await StartAsync();
        await using Lab disposeLab = lab;
        await using EngineRun disposeRun = run;
        (string Unit, string Sizes, string Parameters, string Sponsor, string Resource)[] requests =
        [
            ("news/front/top", "[[728,90]]", """{"color":"red"}""", "sp-1", "https://news.example/"),
            ("news/front/top", "[[320,50]]", """{"color":"green"}""", "sp-1", "https://news.example/"),
            ("news/front", "[[1,1]]", "{}", "sp-1", "https://news.example/"),
            ("weather", "[[1,1]]", "{}", "sp-1", "https://news.example/"),
            ("u", "[[1,1]]", "{}", "sp-1", "https://news.example.evil/"),
            ("u", "[[1,1]]", "{}", "sp-9", "https://news.example/"),
            ("u", "[[1,1]]", "{}", "sp-2", "https://other.example/"),
        ];
        foreach (
            ((string unit, string sizes, string parameters, string sponsor, string resource), int i) in requests.Select(
                (request, i) => (request, i)
            )
        )
        {
            (HttpStatusCode status, string answer) = await AskAsync(
                http,
                Request($"h-{i}", unit, sizes, parameters, sponsor, resource)
            );
            Assert.Equal(HttpStatusCode.OK, status);
            await lab.Log.SendAsync(
                new LiveRecord(
                    Topics.ContentRequests,
                    sponsor,
                    Request($"k-{i}", unit, sizes, parameters, sponsor, resource)
                )
            );
            Assert.Equal(answer, await StoredAsync(lab, $"h-{i}"));
            Assert.Equal(
                Without(answer, "request", "time"),
                Without(await StoredAsync(lab, $"k-{i}"), "request", "time")
            );
        }
        // Each is counted once, whichever way it came: three types of two requests.
        await LiveWait.UntilAsync("types are counted", async () => (await CountsAsync(lab)).SequenceEqual([2L, 2, 2]));
        Confluent.Kafka.ConsumeResult<byte[], byte[]> record = lab
            .Log.ReadAll(Topics.ContentRequests)
            .Single(one => Encoding.UTF8.GetString(one.Message.Value).Contains("\"h-1\""));
        Assert.Equal("sp-1", Encoding.UTF8.GetString(record.Message.Key));
        Assert.Equal(
            await StoredAsync(lab, "h-1"),
            Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes("engine.decision"))
        );
    }

    [Fact]
    public async Task By_HTTP_Protobuf_is_answered_as_JSON_and_lies_in_the_log_as_it_came()
    {
        (Lab lab, EngineRun run, HttpClient http) = await StartAsync();
        await using Lab disposeLab = lab;
        await using EngineRun disposeRun = run;
        var e = new Engine.Contracts.Protobuf.WorkflowEvent
        {
            Type = "content-request",
            Id = "p",
            Time = LiveEvents.Now,
            Sponsor = "sp-1",
            Resource = "https://news.example/a",
            Unit = "news/front/top",
        };
        e.Sizes.Add(new Engine.Contracts.Protobuf.Size { Width = 320, Height = 50 });
        e.Parameters["color"] = "green";
        byte[] bytes = Google.Protobuf.MessageExtensions.ToByteArray(e);
        using var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/protobuf");
        HttpResponseMessage answered = await http.PostAsync(
            "/v1/content-requests",
            content,
            TestContext.Current.CancellationToken
        );
        string answer = await answered.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        (_, string json) = await AskAsync(http, Request("j", "news/front/top", "[[320,50]]", """{"color":"green"}"""));
        Assert.Equal(Without(json, "request", "time"), Without(answer, "request", "time"));
        Assert.Equal(answer, await StoredAsync(lab, "p"));
        Assert.Contains(lab.Log.ReadAll(Topics.ContentRequests), record =>
            record.Message.Value.AsSpan().SequenceEqual(bytes)
        );
        await LiveWait.UntilAsync("both are counted as one type", async () =>
            (await CountsAsync(lab)).SequenceEqual([2L])
        );
    }

    internal static async Task<IEnumerable<long>> CountsAsync(Lab lab) =>
        (await lab.Redis.HashesAsync("suggestions:sp-1:"))
            .Select(type => JsonDocument.Parse(type.Value).RootElement.GetProperty("requests").GetInt64())
            .Order();

    [Fact]
    public async Task Rates_by_HTTP_are_those_that_the_instance_saw()
    {
        (Lab lab, EngineRun run, HttpClient http) = await StartAsync();
        await using Lab disposeLab = lab;
        await using EngineRun disposeRun = run;
        string all = "";
        for (int i = 0; i < 20; i++)
        {
            all += (await AskAsync(http, Request($"r-{i}", sponsor: "sp-2", resource: "https://other.example/"))).Body;
        }

        Assert.Contains("rate.sponsor", all);
        Assert.Contains("definition.none", all);
    }

    [Fact]
    public async Task A_sponsor_accepts_a_type_that_recurs_and_takes_it_back()
    {
        (Lab lab, EngineRun run, HttpClient http) = await StartAsync();
        await using Lab disposeLab = lab;
        await using EngineRun disposeRun = run;
        for (int i = 0; i < 12; i++)
        {
            await lab.Log.SendAsync(
                new LiveRecord(
                    Topics.ContentRequests,
                    "sp-1",
                    Request($"a-{i}", sizes: "[[320,50]]", parameters: """{"color":"green"}""")
                )
            );
        }
        // Also where it doesn't belong: the list adds partitions up.
        for (int i = 0; i < 3; i++)
        {
            await lab.Log.SendAsync(
                new LiveRecord(
                    Topics.ContentRequests,
                    "sp-1",
                    Encoding.UTF8.GetBytes(Request($"b-{i}", sizes: "[[320,50]]", parameters: """{"color":"green"}""")),
                    Partition: i
                )
            );
        }

        JsonElement listed = default;
        await LiveWait.UntilAsync("the type is suggested", async () =>
            (listed = (await SponsorAsync(http, HttpMethod.Get, "/v1/sponsors/sp-1/suggestions", Token)).Body)
                is { ValueKind: JsonValueKind.Array } list
            && list.GetArrayLength() == 1
            && list[0].GetProperty("requests").GetInt64() == 15
        );
        JsonElement one = listed[0];
        Assert.Equal(
            ["type", "validity", "unit", "sizes", "parameters", "requests", "first", "last", "example", "definition"],
            one.EnumerateObject().Select(property => property.Name)
        );
        Assert.Equal(
            ("invalid-format", "news/front/top", "[[320,50]]", """{"color":"green"}""", "front-top"),
            (
                one.GetProperty("validity").GetString(),
                one.GetProperty("unit").GetString(),
                one.GetProperty("sizes").GetRawText(),
                one.GetProperty("parameters").GetRawText(),
                one.GetProperty("definition").GetString()
            )
        );
        string type = one.GetProperty("type").GetString()!;

        string accept = $"/v1/sponsors/sp-1/suggestions/{type}/accept";
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await SponsorAsync(http, HttpMethod.Post, "/v1/sponsors/sp-1/suggestions/0123/accept", Token)).Status
        );
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await SponsorAsync(http, HttpMethod.Post, accept, Token, "[]")).Status
        );
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await SponsorAsync(http, HttpMethod.Post, accept, Token, """{"item":"a b"}""")).Status
        );
        (HttpStatusCode status, JsonElement accepted) = await SponsorAsync(http, HttpMethod.Post, accept, Token);
        Assert.Equal(HttpStatusCode.Created, status);
        string id = accepted.GetProperty("id").GetString()!,
            by = "token " + HashOf(Token)[..8];
        Assert.Equal(by, accepted.GetProperty("by").GetString());
        Assert.InRange(accepted.GetProperty("time").GetInt64(), LiveEvents.Now - 60_000, LiveEvents.Now);
        (HttpStatusCode again, JsonElement same) = await SponsorAsync(http, HttpMethod.Post, accept, Token);
        Assert.Equal((HttpStatusCode.OK, accepted.GetRawText()), (again, same.GetRawText()));
        Assert.Equal(
            0,
            (await SponsorAsync(http, HttpMethod.Get, "/v1/sponsors/sp-1/suggestions", Token)).Body.GetArrayLength()
        );
        Assert.Equal(
            $"definition/sp-1/{id}",
            Encoding.UTF8.GetString(Assert.Single(lab.Log.ReadAll(Topics.Settings)).Message.Key)
        );

        await AnswersAsync(lab, http, "valid", accepted.GetProperty("definition").GetString()!);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await SponsorAsync(http, HttpMethod.Delete, "/v1/sponsors/sp-1/acceptances/none", Token)).Status
        );
        Assert.Equal(
            HttpStatusCode.OK,
            (await SponsorAsync(http, HttpMethod.Delete, $"/v1/sponsors/sp-1/acceptances/{id}", Token)).Status
        );
        await AnswersAsync(lab, http, "invalid-format", "front-top");
        Assert.Equal(
            HttpStatusCode.OK,
            (await SponsorAsync(http, HttpMethod.Delete, $"/v1/sponsors/sp-1/acceptances/{id}", Token)).Status
        );

        JsonElement history = Assert.Single(
            (await SponsorAsync(http, HttpMethod.Get, "/v1/sponsors/sp-1/acceptances", Token)).Body.EnumerateArray()
        );
        Assert.Equal(
            (id, by, by),
            (
                history.GetProperty("id").GetString(),
                history.GetProperty("by").GetString(),
                history.GetProperty("undone").GetProperty("by").GetString()
            )
        );
        Assert.Empty(
            (
                await SponsorAsync(http, HttpMethod.Get, "/v1/sponsors/sp-2/acceptances", OtherToken)
            ).Body.EnumerateArray()
        );

        (HttpStatusCode anew, JsonElement second) = await SponsorAsync(
            http,
            HttpMethod.Post,
            accept,
            Token,
            """{"item":"it-mobile"}"""
        );
        Assert.Equal((HttpStatusCode.Created, id + "-2"), (anew, second.GetProperty("id").GetString()));
        Assert.Contains("\"item\":\"it-mobile\"", await AnswersAsync(lab, http, "valid", id + "-2"));
    }

    /// <summary>Waits until requests of the type are answered so by HTTP and, soon after, by Kafka.</summary>
    private static async Task<string> AnswersAsync(Lab lab, HttpClient http, string validity, string definition)
    {
        int tries = 0;
        string answer = "",
            expected = $"\"validity\":\"{validity}\",\"definition\":\"{definition}\"";
        await LiveWait.UntilAsync($"HTTP answers {expected}", async () =>
            (
                answer = (
                    await AskAsync(
                        http,
                        Request(
                            $"{validity}-h-{tries++}-{LiveEvents.Now}",
                            sizes: "[[320,50]]",
                            parameters: """{"color":"green"}"""
                        )
                    )
                ).Body
            ).Contains(expected)
        );
        await LiveWait.UntilAsync($"Kafka answers {expected}", async () =>
        {
            string id = $"{validity}-k-{tries++}-{LiveEvents.Now}";
            await lab.Log.SendAsync(
                new LiveRecord(
                    Topics.ContentRequests,
                    "sp-1",
                    Request(id, sizes: "[[320,50]]", parameters: """{"color":"green"}""")
                )
            );
            return (await StoredAsync(lab, id)).Contains(expected);
        });
        return answer;
    }
}
