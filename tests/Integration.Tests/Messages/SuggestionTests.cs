using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Integration.Tests.Bindings;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests.Messages;

/// <summary>Rules that people are suggested by what they do by hand, over HTTP with a running engine.</summary>
public sealed class SuggestionTests
{
    private const string Path = "/v1/people/p-2/message-rules/suggestions";

    [Fact]
    public async Task Five_like_acts_suggest_a_rule_which_acts_once_accepted_and_stays_away_once_declined()
    {
        await using Lab lab = await BindingLab.StartAsync(Redises.Any);
        lab.Folder.Write("settings/messages.yaml", MessageKillTests.Settings);
        await using EngineRun engine = await lab.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri($"http://{engine.Http}") };
        for (int i = 0; i < 5; i++)
        {
            await WriteAsync(http, $"m-{i}", "p-1", "c-1");
            await HandleAsync(http, $"h-{i}", $"m-{i}", "c-1", """{"hold":true}""");
        }

        JsonNode suggestion = await SuggestedAsync(http);
        Assert.Equal("message.sender == \"p-1\"", (string?)suggestion["when"]);
        string id = (string)suggestion["suggestion"]!;
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(http, $"{Path}/none/accept", "")).Status);

        (HttpStatusCode status, JsonNode accepted) = await PostAsync(http, $"{Path}/{id}/accept", "");
        Assert.Equal((HttpStatusCode.Created, $"person:p-2/{id}"), (status, (string?)accepted["rule"]));
        Assert.Empty((await GetAsync(http, Path))["suggestions"]!.AsArray());
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(http, $"{Path}/{id}/accept", "")).Status);
        int tries = 0;
        await LiveWait.UntilAsync("the rule is in force", async () =>
            (string?)(await WriteAsync(http, $"after-{tries++}", "p-1", "c-1"))["outcome"] == "held"
        );
        Assert.Contains((await GetAsync(http, "/v1/people/p-2/message-rules"))["rules"]!.AsArray(), rule =>
            (string?)rule!["rule"] == $"person:p-2/{id}"
        );

        for (int i = 0; i < 6; i++)
        {
            await WriteAsync(http, $"n-{i}", "p-3", "c-1");
            await HandleAsync(http, $"g-{i}", $"n-{i}", "c-1", """{"mark":"later"}""");
            if (i == 4)
            {
                id = (string)(await SuggestedAsync(http))["suggestion"]!;
                (_, JsonNode declined) = await PostAsync(http, $"{Path}/{id}/decline", "");
                Assert.True((bool)declined["declined"]!);
                Assert.Empty((await GetAsync(http, Path))["suggestions"]!.AsArray());
            }
        }

        // The sixth was counted, and is nothing new.
        await LiveWait.UntilAsync("the sixth act is counted", async () =>
            (await lab.Redis.HashesAsync("suggestions:messages:p-2:")).Any(field =>
                field.Key.EndsWith(id, StringComparison.Ordinal) && field.Value.Contains("\"acts\":6")
            )
        );
        Assert.Empty((await GetAsync(http, Path))["suggestions"]!.AsArray());
    }

    private static Task<JsonNode> SuggestedAsync(HttpClient http) =>
        LiveWait.ForAsync("a rule is suggested", async () =>
            (await GetAsync(http, Path))["suggestions"]!.AsArray().FirstOrDefault()
        );

    private static async Task<JsonNode> WriteAsync(HttpClient http, string id, string sender, string conversation) =>
        (
            await PostAsync(
                http,
                "/v1/messages?wait=20000",
                $$"""{"type":"message","id":"{{id}}","time":{{LiveEvents.Now}},"conversation":"{{conversation}}","sender":"{{sender}}","recipients":["p-2"],"text":"hello"}"""
            )
        ).Answer;

    private static async Task HandleAsync(
        HttpClient http,
        string id,
        string message,
        string conversation,
        string action
    ) =>
        await PostAsync(
            http,
            "/v1/messages",
            $$"""{"type":"message-handled","id":"{{id}}","time":{{LiveEvents.Now}},"conversation":"{{conversation}}","message":"{{message}}","by":"p-2","action":{{action}}}"""
        );

    private static async Task<(HttpStatusCode Status, JsonNode Answer)> PostAsync(
        HttpClient http,
        string path,
        string body
    )
    {
        using HttpResponseMessage answer = await http.PostAsync(
            path,
            new StringContent(body, Encoding.UTF8, "application/json"),
            TestContext.Current.CancellationToken
        );
        return (
            answer.StatusCode,
            JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!
        );
    }

    private static async Task<JsonNode> GetAsync(HttpClient http, string path) =>
        JsonNode.Parse(await http.GetStringAsync(path, TestContext.Current.CancellationToken))!;
}
