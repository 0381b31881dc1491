using System.Text.Json.Nodes;
using Engine.Web;
using StackExchange.Redis;

namespace Ingest.Confirmation.Demo;

/// <summary>A page with ads, for those who try the product out: on loopback only. Its campaigns and the rule that asks
/// back are settings like any others.</summary>
public static class DemoAds
{
    /// <summary>The campaigns of the ad that is decided by the movement, and of the one that asks back.</summary>
    public const string Plain = "demo",
        Confirmed = "demo-confirm";

    private static readonly PageNeeds Needs = new() { Script = DemoPage.Script, OwnServer = true };

    /// <summary>The settings that the page needs: key and JSON.</summary>
    /// <param name="address">The server's own.</param>
    public static IEnumerable<(string Key, string Json)> SettingsFor(string address)
    {
        foreach (string campaign in new[] { Plain, Confirmed })
        {
            yield return (
                $"campaign/{campaign}",
                new JsonObject { ["target"] = address + "/demo/arrived", ["cost_micros"] = 250_000 }.ToJsonString()
            );
        }

        yield return (
            "rule/demo-confirm",
            $$"""
            {"when":"click.campaign == '{{Confirmed}}'","then":{"class":"suspect","action":"confirm","billable":false} }
            """
        );
    }

    public static void Map(IEndpointRouteBuilder app, IConnectionMultiplexer redis, string prefix)
    {
        app.MapGet("/demo", () => Page.Show<DemoPage>(new { }, needs: Needs))
            .ForEveryone()
            .Describe("Shows ads to try the page script with.");
        app.MapGet("/demo/arrived", () => Page.Show<ArrivedPage>(new { }))
            .ForEveryone()
            .Describe("The target of the ads at /demo.");
        app.MapGet("/demo/clicks/{id}", async (HttpContext http) =>
            {
                string click = RoutePart.Id(http, "id");
                IDatabase database = redis.GetDatabase();
                RedisValue verdict = await database.StringGetAsync($"{prefix}verdict:{click}").ConfigureAwait(false),
                    confirmation = await database.StringGetAsync($"{prefix}confirm:{click}").ConfigureAwait(false);
                return Answers.Json(InWords(Parse(verdict), Parse(confirmation)));
            })
            .ForEveryone()
            .Describe("Tells what was decided of a click at /demo.");
    }

    private static JsonNode? Parse(RedisValue json) => json.IsNull ? null : JsonNode.Parse(json.ToString());

    private static JsonObject InWords(JsonNode? verdict, JsonNode? confirmation)
    {
        if (verdict == null)
        {
            return new JsonObject { ["words"] = "not decided yet", ["final"] = false };
        }

        string[] reasons = [.. verdict["reasons"]?.AsArray().Select(reason => (string)reason!) ?? []];
        string? answered = (string?)confirmation?["outcome"];
        string words =
            $"{verdict["class"]}, {verdict["action"]}"
            + (verdict["path"] == null ? ", without a path" : "")
            + (reasons.Length == 0 ? "" : $": {string.Join(", ", reasons)}")
            + (answered == null ? "" : $"; confirmation page: {answered}");
        return new JsonObject { ["words"] = words, ["final"] = answered is not "shown" };
    }
}
