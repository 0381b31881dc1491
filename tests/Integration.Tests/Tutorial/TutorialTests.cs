using System.Net;
using System.Text;
using System.Text.Json;
using Engine.Contracts;
using Engine.Workflows;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests.Tutorial;

/// <summary>What docs/tutorials/write-a-workflow.md has a newcomer write is a whole workflow.</summary>
public sealed class TutorialTests
{
    private const string Topic = "ratings",
        Rated = "cmp-rated";

    private const int Ratings = 1_000;

    [Fact]
    public async Task The_tutorials_folder_and_line_are_a_workflow()
    {
        Assert.SkipWhen(
            WorkflowModules.All.Any(module => module.Topic == Topic),
            "somebody has followed the tutorial in this checkout"
        );
        using var checkout = new NewcomersCheckout();
        IReadOnlyList<string> written = checkout.Follow(
            await File.ReadAllTextAsync(
                Path.Combine(Programs.Checkout, "docs", "tutorials", "write-a-workflow.md"),
                TestContext.Current.CancellationToken
            )
        );
        Assert.Equal(
            ["engine/Workflows/WorkflowModules.cs"],
            written.Where(path => !path.StartsWith("engine/Workflows/Ratings/", StringComparison.Ordinal))
        );
        await checkout.BuildAsync();

        await using Lab lab = await Lab.EmbeddedAsync(
            Redises.Any,
            new EngineYaml { Models = false, SessionMs = 3000 },
            Topic
        );
        await using LiveProcess generate = Programs.Start(
            checkout.Ingest,
            null,
            [
                "generate",
                "20",
                "--ratings",
                $"{Ratings}",
                "--seed",
                "3",
                "--minutes",
                "1",
                "--speed",
                "10",
                "--kafka",
                lab.Brokers,
            ]
        );
        await using (EngineRun run = await StartAsync(checkout, lab))
        {
            await LiveWait.UntilAsync("some are decided", () => lab.Redis.Keys("rating:").Count > Ratings / 10);
            await run.Process.KillAsync();
        }

        Assert.Equal(0, await generate.ExitAsync());
        await using (EngineRun run = await StartAsync(checkout, lab))
        {
            using var http = new HttpClient { BaseAddress = new Uri($"http://{run.Http}") };
            await AskAsync(http, lab, run);
            await run.StopAsync();
        }

        SortedDictionary<string, string> live = await lab.Redis.StringsAsync("rating:");
        int refused = lab
            .Log.ReadAll(Topic)
            .Count(record => Encoding.UTF8.GetString(record.Message.Value).Contains("\"stars\":6"));
        Assert.InRange(refused, 1, Ratings / 10);
        Assert.InRange(lab.Log.Count(Topics.DeadLetters), refused, long.MaxValue);
        Assert.Equal(Ratings - refused, live.Keys.Count(key => key.StartsWith("rating:ra-", StringComparison.Ordinal)));
        foreach ((string field, string count) in await lab.Redis.HashesAsync("stats:rating:"))
        {
            live[field] = count;
        }

        Assert.Equal(live, await RescoredAsync(checkout, lab));
    }

    private static Task<EngineRun> StartAsync(NewcomersCheckout checkout, Lab lab) =>
        EngineRun.UpAsync(Programs.Start(checkout.Engine, null, ["run", .. Where(lab), "--http", "127.0.0.1:0"]));

    private static string[] Where(Lab lab) =>
        ["--kafka", lab.Brokers, "--redis", lab.Redis.Address, "--config", lab.Config];

    private static async Task<SortedDictionary<string, string>> RescoredAsync(NewcomersCheckout checkout, Lab lab)
    {
        string file = lab.Folder.File("rescored.jsonl");
        CommandRun run = await Programs.RunAsync(checkout.Engine, null, ["rescore", .. Where(lab), "--out", file]);
        Assert.True(run.ExitCode == 0, run.ToString());
        return RescoreWorkflowTests.ResultsOf(
            await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken)
        );
    }

    private static async Task AskAsync(HttpClient http, Lab lab, EngineRun run)
    {
        // The endpoint, and the bounds of the schema.
        Assert.Contains("out-of-range", await PostAsync(http, Rating("bad", "v-77", 6), HttpStatusCode.BadRequest));
        Assert.Equal("""{"id":"one"}""", await PostAsync(http, Rating("one", "v-77", 4), HttpStatusCode.Accepted));
        Assert.Equal("counted", await OutcomeAsync(http, "one"));
        await PostAsync(http, Rating("two", "v-77", 5), HttpStatusCode.Accepted);
        Assert.Equal("repeated", await OutcomeAsync(http, "two"));

        // The setting: a visitor is counted again after a second, and no longer after a day.
        await lab.Log.SendAsync(
            new LiveRecord(Topics.Settings, "rating/cmp-7", """{"again_after_s":1}""", LiveEvents.Now)
        );
        await run.Process.SaysAsync("rating/cmp-7 changed");
        int sent = 0;
        await LiveWait.UntilAsync("a visitor is counted again after a second", async () =>
        {
            string visitor = $"v-again-{sent++}";
            await PostAsync(http, Rating(visitor + "-a", visitor, 5), HttpStatusCode.Accepted);
            Assert.Equal("counted", await OutcomeAsync(http, visitor + "-a"));
            await Task.Delay(1100);
            await PostAsync(http, Rating(visitor + "-b", visitor, 5), HttpStatusCode.Accepted);
            return await OutcomeAsync(http, visitor + "-b") == "counted";
        });

        // The page, and what the log made of the generator's ratings.
        await LiveWait.UntilAsync("all are decided", async () =>
            await lab.Redis.ProgressAsync("engine", topic: Topic) >= lab.Log.Count(Topic)
        );
        Assert.Contains("of 5 stars", await http.GetStringAsync($"/ratings/{Rated}"));
        Assert.Contains("Nobody has rated this ad", await http.GetStringAsync("/ratings/unknown"));
        Assert.Contains("/v1/ratings/{id}", await http.GetStringAsync("/openapi.json"));
    }

    private static string Rating(string id, string visitor, int stars) =>
        $$"""{"type":"rating","id":"{{id}}","time":{{LiveEvents.Now}},"campaign":"cmp-7","visitor":"{{visitor}}","stars":{{stars}}}""";

    private static async Task<string> PostAsync(HttpClient http, string json, HttpStatusCode expected)
    {
        using var body = new StringContent(json, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await http.PostAsync("/v1/ratings", body);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == expected, $"{answer.StatusCode}: {text}");
        return text;
    }

    private static Task<string> OutcomeAsync(HttpClient http, string id) =>
        LiveWait.ForAsync($"rating {id} has an outcome", async () =>
        {
            using HttpResponseMessage answer = await http.GetAsync($"/v1/ratings/{id}");
            return answer.StatusCode == HttpStatusCode.OK
                ? JsonDocument
                    .Parse(await answer.Content.ReadAsStringAsync())
                    .RootElement.GetProperty("outcome")
                    .GetString()
                : null;
        });
}
