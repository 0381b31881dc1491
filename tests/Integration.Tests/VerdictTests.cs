using System.Net;
using System.Text.Json;
using Integration.Tests.Rig;
using StackExchange.Redis;
using Tests.Support;
using Xunit;

namespace Integration.Tests;

/// <summary>From a click in Kafka to everything that readers find in Redis.</summary>
public class VerdictTests
{
    [Theory]
    [InlineData(Redises.Garnet)]
    [InlineData(Redises.Server)]
    [InlineData(Redises.Cluster)]
    public async Task A_click_becomes_a_verdict_counts_standing_and_progress(string redis)
    {
        await using Lab lab = await Lab.EmbeddedAsync(redis, new EngineYaml { SessionMs = 3000, Models = false });
        await using EngineRun engine = await lab.StartAsync();
        // At the beginning of a second: standings change where one ends.
        long now = LiveEvents.Now / 1000 * 1000;
        // Two of one visitor on one campaign within a second: the second is a double click.
        lab.Log.SendAll([
            LiveEvents.Click("a-1", now, "203.0.113.9", ""","visitor":"v-1" """.TrimEnd()),
            LiveEvents.Click("a-2", now + 300, "203.0.113.9", ""","visitor":"v-1" """.TrimEnd()),
            .. Enumerable
                .Range(0, 40)
                .Select(i =>
                    LiveEvents.Click($"b-{i}", now + 400 + i, $"198.51.{i}.7", $$""","visitor":"w-{{i}}" """.TrimEnd())
                ),
            // A later second, which makes standings of what came before.
            LiveEvents.Click("c-1", now + 2500, "203.0.113.9"),
        ]);
        JsonElement plain = await lab.VerdictAsync("a-1"),
            twice = await lab.VerdictAsync("a-2");
        Assert.Equal(
            ["class", "score", "band", "action", "billable", "model", "settings"],
            plain.EnumerateObject().Select(field => field.Name)
        );
        Assert.Equal("s-base", plain.GetProperty("settings").GetString());
        Assert.Equal("givt", twice.GetProperty("class").GetString());
        Assert.Equal("click.double", twice.GetProperty("reasons")[0].GetString());
        Assert.Equal(300, twice.GetProperty("evidence").GetProperty("click.double").GetProperty("since_ms").GetInt64());
        Assert.Matches(@"^interactions-\d@\d+$", twice.GetProperty("at").GetString()!);

        await lab.VerdictAsync("c-1");
        await lab.IsDecidedAsync();
        IDatabase db = lab.Redis.Database;
        Assert.Equal(43, await lab.Redis.TotalAsync("campaign", "clicks"));
        Assert.Equal(43, await lab.Redis.TotalAsync("publisher", "clicks"));
        Assert.Equal(43_000, await lab.Redis.TotalAsync("campaign", "cost_micros"));
        Assert.Equal(1, await lab.Redis.TotalAsync("campaign", "clicks:reason:click.double"));
        Assert.Equal(
            43,
            await lab.Redis.TotalAsync("publisher", "clicks:givt")
                + await lab.Redis.TotalAsync("publisher", "clicks:valid")
                + await lab.Redis.TotalAsync("publisher", "clicks:suspect")
                + await lab.Redis.TotalAsync("publisher", "clicks:sivt")
        );
        // The sums over names say the same.
        Assert.Equal(43, await lab.Redis.TotalAsync("clicks", "clicks"));
        Assert.Equal(43_000, await lab.Redis.TotalAsync("clicks", "cost_micros"));
        Assert.Equal(1, await lab.Redis.TotalAsync("clicks", "clicks:reason:click.double"));
        Assert.Equal(43, await lab.Redis.TotalAsync("campaigns", "cmp-1"));
        Assert.Equal(43_000, await lab.Redis.TotalAsync("campaigns", "cmp-1 cost_micros"));
        Assert.Equal(
            await lab.Redis.TotalAsync("campaign", "clicks:givt")
                + await lab.Redis.TotalAsync("campaign", "clicks:sivt"),
            await lab.Redis.TotalAsync("campaigns", "cmp-1 invalid")
        );
        Assert.All(lab.Redis.Keys("stats:campaigns:"), key =>
            Assert.Matches(@"^stats:campaigns:\d{4}-\d\d-\d\d:{interactions-[0-3]}$", key)
        );
        string hour = DateTimeOffset.FromUnixTimeMilliseconds(now).ToString("yyyy-MM-dd'T'HH");
        Assert.All(lab.Redis.Keys("stats:campaign:"), key =>
            Assert.Matches($@"^stats:campaign:cmp-1:\d{{4}}-\d\d-\d\dT\d\d:{{interactions-[0-3]}}$", key)
        );
        Assert.Contains(lab.Redis.Keys("stats:campaign:"), key =>
            key.Contains($":{hour}:", StringComparison.Ordinal)
            || DateTimeOffset.FromUnixTimeMilliseconds(now).Minute == 59
        );

        await LiveWait.UntilAsync("the network's standing is there", async () =>
            await db.KeyExistsAsync("network:203.0.113.0/24")
        );
        HashEntry[] network = await db.HashGetAllAsync("network:203.0.113.0/24");
        Assert.Equal(["clicks", "fraud", "last", "score"], network.Select(field => field.Name.ToString()).Order());
        Assert.Equal("2", network.Single(field => field.Name == "clicks").Value);
        Assert.Equal("1", network.Single(field => field.Name == "fraud").Value);

        for (int i = 0; i < 4; i++)
        {
            Assert.Matches(@"^\d+ \d{13}$", (string?)await db.StringGetAsync($"progress:engine:{{interactions-{i}}}"));
            Assert.Matches(@"^[1-9]\d*$", (string?)await db.StringGetAsync($"owner:engine:{{interactions-{i}}}"));
            Assert.Null(await db.KeyTimeToLiveAsync($"progress:engine:{{interactions-{i}}}"));
        }
        Assert.Equal("engine", await db.StringGetAsync("group"));
        Assert.Null(await db.KeyTimeToLiveAsync("group"));
        Assert.Null(await db.KeyTimeToLiveAsync("settings-base:engine"));
        foreach (
            (string beginning, int most) in new[]
            {
                ("verdict:", 604_800),
                ("stats:", 3_024_000),
                ("network:", 604_800),
            }
        )
        {
            Assert.InRange(
                (await db.KeyTimeToLiveAsync(lab.Redis.Keys(beginning)[0]))!.Value.TotalSeconds,
                most - 300,
                most
            );
        }

        await LookUpsAgree(lab, engine, "a-2");
        CommandRun end = await engine.StopAsync();
        Assert.True(end.ExitCode == 0, end.ToString());
        Assert.Contains("Ended: stopped. Records of interactions, without ticks: 43", end.Out);
        Assert.Equal(43, lab.Redis.Keys("verdict:").Count);
    }

    private static async Task LookUpsAgree(Lab lab, EngineRun engine, string click)
    {
        string stored = (await lab.Redis.Database.StringGetAsync("verdict:" + click)).ToString();
        CommandRun json = await Programs.EngineAsync("verdict", click, "--redis", lab.Redis.Address, "--json"),
            text = await Programs.EngineAsync("verdict", click, "--redis", lab.Redis.Address);
        Assert.Equal((0, stored), (json.ExitCode, json.Out.TrimEnd()));
        Assert.Equal(0, text.ExitCode);
        foreach (
            string part in new[]
            {
                $"click     {click}",
                "class     givt (band block)",
                "action    deny, not billable",
                "path      none",
                "settings s-base",
                "click.double",
            }
        )
        {
            Assert.Contains(part, text.Out);
        }

        CommandRun none = await Programs.EngineAsync("verdict", "nobody", "--redis", lab.Redis.Address);
        Assert.Equal((3, ""), (none.ExitCode, none.Out));
        Assert.Contains("click 'nobody' has no verdict", none.Error);

        using var http = new HttpClient { BaseAddress = new Uri($"http://{engine.Http}") };
        CancellationToken cancel = TestContext.Current.CancellationToken;
        HttpResponseMessage found = await http.GetAsync($"/v1/verdicts/{click}", cancel);
        Assert.Equal(
            (HttpStatusCode.OK, "application/json", stored),
            (
                found.StatusCode,
                found.Content.Headers.ContentType?.MediaType,
                await found.Content.ReadAsStringAsync(cancel)
            )
        );
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/v1/verdicts/nobody", cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/healthz", cancel)).StatusCode);
        await LiveWait.UntilAsync("it is ready", async () =>
            (await http.GetAsync("/readyz", cancel)).StatusCode == HttpStatusCode.OK
        );
    }
}
