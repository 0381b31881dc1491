using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Contracts;
using Engine.Workflows.Module.Traffic;

namespace Engine.Workflows.Bindings.Traffic;

/// <summary>Bindings as two clients make them: the first gets a code from a running engine, which alone can sign it,
/// and the second fills in the code's prompt. Most are valid. Some reuse a code, alter it, leave the prompt empty, bind
/// an account with itself, or are sent twice. The events differ each time, as the codes do; a seed only fixes the
/// accounts and their behaviour.</summary>
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

    /// <summary>The minimum number of accounts: one per binding or more, so pairs seldom repeat.</summary>
    private const int MinPeople = 200;

    public string Option => "bindings";

    public string Description => "number of bindings to add, valid and invalid; a running engine makes their codes";

    public int DemoCount(int clicks) => 60;

    public bool NeedsEngine => true;

    public IReadOnlyList<TrafficOption> Options => [new(PageOption, DefaultPage, "the page of the bindings")];

    /// <summary>Requests each code just before its binding, so none expires in between.</summary>
    public IEnumerable<SampleEvent> Play(TrafficRequest request)
    {
        (ulong seed, int count, string page) = (request.Seed, request.Count, request.Options[PageOption]);
        using var http = new HttpClient { BaseAddress = new Uri($"http://{request.Engine}") };
        http.DefaultRequestHeaders.Authorization = request.Token == null ? null : new("Bearer", request.Token);
        JsonObject operations = Send(http, new HttpRequestMessage(HttpMethod.Get, $"/b/{Uri.EscapeDataString(page)}"))[
            "operations"
        ]!.AsObject();
        var dice = new Dice(seed, 0xB1_4D);
        string last = "";
        for (int i = 0; i < count; i++)
        {
            (string operation, JsonNode? details) = operations.ElementAt(dice.Whole(0, operations.Count));
            string actor = Draw(dice, last.Length > 0),
                first = Person(dice, count),
                second = actor == Self ? first : Person(dice, count);
            while (actor != Self && second == first)
            {
                second = Person(dice, count);
            }

            string code = actor == Used ? last : CodeOf(http, page, operation, first);
            // A reused code keeps its own prompt, but all pages of ours have the same one.
            JsonObject values = actor == Empty ? [] : Values(dice, details?["prompt"]?.AsObject());
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

    /// <summary>Values for the prompt: numbers at or above the minimum, and a short text.</summary>
    private static JsonObject Values(Dice dice, JsonObject? prompt)
    {
        var values = new JsonObject();
        foreach ((string name, JsonNode? field) in prompt ?? [])
        {
            if (field!["optional"]?.GetValue<bool>() == true && dice.Chance(0.5))
            {
                continue;
            }

            double min = field["min"]?.GetValue<double>() ?? 0,
                max = Math.Min(field["max"]?.GetValue<double>() ?? min + 1000, min + 1e9);
            values[name] = field["type"]!.GetValue<string>() switch
            {
                "integer" => (long)Math.Floor(min + dice.Unit() * (max - min)),
                "number" => min + dice.Unit() * (max - min),
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
                    $"the engine at {http.BaseAddress!.Authority} refused: {json["error"]}",
                    isMissing: true
                );
        }
        catch (Exception e) when (e is HttpRequestException or JsonException)
        {
            throw new TrafficException(
                $"no engine at {http.BaseAddress!.Authority} ({e.Message}): set its address with --engine HOST:PORT."
            );
        }
    }
}
