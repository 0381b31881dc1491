using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Contracts;
using Engine.Workflows.Module.Traffic;

namespace Engine.Workflows.Bindings.Traffic;

/// <summary>
/// Bindings as two clients make them: the first asks a running engine for a code, which only it can sign, the second
/// answers the code's prompt. Most are good; some use a code twice, alter it, enter what isn't asked for, bind an
/// account with itself, or are sent twice. The events are new each time, as codes are: of a seed only who does what is
/// the same.
/// </summary>
public sealed class BindingTraffic : ISampleTraffic
{
    internal const string DefaultPage = "poster-7";
    private const string PageOption = "page";

    internal const string Good = "binding.good",
        Used = "binding.used",
        Altered = "binding.altered",
        Empty = "binding.empty",
        Self = "binding.self",
        Twice = "binding.twice";

    private static readonly (string Actor, double Share)[] Shares =
    [
        (Used, 0.03),
        (Altered, 0.03),
        (Empty, 0.03),
        (Self, 0.02),
        (Twice, 0.03),
    ];

    /// <summary>People who bind, so many for each hundred bindings that pairs seldom repeat.</summary>
    private const int MinPeople = 200;

    public string Option => "bindings";

    public string Description => "how many bindings follow, good and bad ones; a running engine makes their codes";

    public int DemoCount(int clicks) => 60;

    public bool NeedsEngine => true;

    public IReadOnlyList<TrafficOption> Options => [new(PageOption, DefaultPage, "the page that is bound on")];

    /// <summary>Codes are asked for when their turn comes, so that none expires on the way.</summary>
    public IEnumerable<SampleEvent> Play(TrafficRequest request)
    {
        (ulong seed, int count, string page) = (request.Seed, request.Count, request.Options[PageOption]);
        using var http = new HttpClient { BaseAddress = new Uri($"http://{request.Engine}") };
        JsonObject operations = Send(http, new HttpRequestMessage(HttpMethod.Get, $"/b/{Uri.EscapeDataString(page)}"))[
            "operations"
        ]!.AsObject();
        var dice = new Dice(seed, 0xB1_4D);
        string last = "";
        for (int i = 0; i < count; i++)
        {
            (string operation, JsonNode? asked) = operations.ElementAt(dice.Whole(0, operations.Count));
            string actor = Draw(dice, last.Length > 0),
                first = Person(dice, count),
                second = actor == Self ? first : Person(dice, count);
            while (actor != Self && second == first)
            {
                second = Person(dice, count);
            }

            string code = actor == Used ? last : CodeOf(http, page, operation, first);
            // A code that is used again has the prompt that it had; every page of ours answers with the same one.
            JsonObject values = actor == Empty ? [] : Values(dice, asked?["prompt"]?.AsObject());
            if (actor != Altered)
            {
                last = code;
            }
            else
            {
                code = code[1..] + code[0];
            }

            long now = request.Clock.GetUtcNow().ToUnixTimeMilliseconds();
            string id = string.Create(CultureInfo.InvariantCulture, $"b-{seed:x}-{now:x}-{i}");
            byte[] json = Encoding.UTF8.GetBytes(
                new JsonObject
                {
                    ["type"] = "binding",
                    ["id"] = id,
                    ["time"] = now,
                    ["page"] = page,
                    ["code"] = code,
                    ["account"] = second,
                    ["values"] = values,
                    ["ip"] = $"244.1.{dice.Whole(0, 250)}.{dice.Whole(1, 255)}",
                }.ToJsonString()
            );
            var made = new SampleEvent(json, "binding", Topics.Bindings, page, now, actor, id, null);
            yield return made;
            if (actor == Twice)
            {
                yield return made;
            }
        }
    }

    private static string Draw(Dice dice, bool any)
    {
        double at = dice.Unit();
        foreach ((string actor, double share) in Shares)
        {
            if (at < share)
            {
                return actor == Used && !any ? Good : actor;
            }

            at -= share;
        }
        return Good;
    }

    private static string Person(Dice dice, int count) => $"acc-{dice.Whole(1, Math.Max(MinPeople, count))}";

    /// <summary>What the prompt asks for: the least of numbers and some more, a few words of text.</summary>
    private static JsonObject Values(Dice dice, JsonObject? prompt)
    {
        var values = new JsonObject();
        foreach ((string name, JsonNode? field) in prompt ?? [])
        {
            if (field!["optional"]?.GetValue<bool>() == true && dice.Chance(0.5))
            {
                continue;
            }

            double least = field["min"]?.GetValue<double>() ?? 0,
                most = Math.Min(field["max"]?.GetValue<double>() ?? least + 1000, least + 1e9);
            values[name] = field["type"]!.GetValue<string>() switch
            {
                "integer" => (long)Math.Floor(least + dice.Unit() * (most - least)),
                "number" => least + dice.Unit() * (most - least),
                _ => "thanks"[..Math.Min(6, field["max"]?.GetValue<int>() ?? 6)],
            };
        }
        return values;
    }

    private static string CodeOf(HttpClient http, string page, string operation, string account) =>
        Send(
            http,
            new HttpRequestMessage(HttpMethod.Post, "/v1/bindings/codes")
            {
                Content = JsonContent.Create(
                    new
                    {
                        page,
                        operation,
                        account,
                    }
                ),
            }
        )["code"]!.GetValue<string>();

    private static JsonObject Send(HttpClient http, HttpRequestMessage request)
    {
        try
        {
            using HttpResponseMessage answer = http.Send(request);
            using Stream body = answer.Content.ReadAsStream();
            JsonObject json = JsonNode.Parse(body)!.AsObject();
            return answer.IsSuccessStatusCode
                ? json
                : throw new TrafficException(
                    $"the engine at {http.BaseAddress!.Authority} refuses: {json["error"]}",
                    isMissing: true
                );
        }
        catch (Exception e) when (e is HttpRequestException or JsonException)
        {
            throw new TrafficException(
                $"no engine's HTTP at {http.BaseAddress!.Authority} ({e.Message}): name it with --engine HOST:PORT."
            );
        }
    }
}
