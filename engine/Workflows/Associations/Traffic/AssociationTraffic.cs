using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Contracts;
using Engine.Workflows.Module.Traffic;

namespace Engine.Workflows.Associations.Traffic;

/// <summary>People who show each other an item: some scan it, others read their codes, which a running engine alone can
/// make. A few alter a code, read their own, or close a ring. A seed fixes the accounts and their behaviour.</summary>
public sealed class AssociationTraffic : ISampleTraffic
{
    internal const string DefaultItem = "it-9";

    private const string ItemOption = "item";

    internal const string First = "association.first",
        Shown = "association.shown",
        Altered = "association.altered",
        Self = "association.self",
        Back = "association.ring";

    public string Option => "associations";

    public string Description => "number of associations to add, valid and invalid; a running engine makes their codes";

    public int DemoCount(int clicks) => 60;

    public bool NeedsEngine => true;

    public IReadOnlyList<TrafficOption> Options => [new(ItemOption, DefaultItem, "the item of the associations")];

    public IEnumerable<SampleEvent> Play(TrafficRequest request)
    {
        (ulong seed, int count, string item) = (request.Seed, request.Count, request.Options[ItemOption]);
        using var http = new HttpClient { BaseAddress = new Uri($"http://{request.Engine}") };
        http.DefaultRequestHeaders.Authorization = request.Token == null ? null : new("Bearer", request.Token);
        var dice = new Dice(seed, 0xA5_50C);
        List<(string Id, string Account, string? Referrer)> made = [];
        for (int i = 0; i < count; i++)
        {
            string actor = Draw(dice, made.Count);
            (string Id, string Account, string? Referrer) shown = made.Count == 0 ? default : dice.Pick(made);
            if (actor == Back && shown.Referrer == null)
            {
                actor = Shown;
            }

            string account = actor switch
            {
                Self => shown.Account,
                Back => shown.Referrer!,
                _ => $"acc-{dice.Whole(1, Math.Max(200, count))}",
            };
            string? code = actor == First ? null : CodeOf(http, shown.Id);
            if (actor == Altered)
            {
                code = code![1..] + code[0];
            }

            long now = request.Clock.GetUtcNow().ToUnixTimeMilliseconds();
            string id = string.Create(CultureInfo.InvariantCulture, $"a-{seed:x}-{now:x}-{i}");
            var e = new JsonObject
            {
                ["type"] = "association",
                ["id"] = id,
                ["time"] = now,
                ["item"] = item,
                ["account"] = account,
                ["ip"] = $"244.2.{dice.Whole(0, 250)}.{dice.Whole(1, 255)}",
            };
            if (code != null)
            {
                e["code"] = code;
            }

            if (actor is First or Shown)
            {
                made.Add((id, account, actor == Shown ? shown.Account : null));
            }

            yield return new SampleEvent(
                Encoding.UTF8.GetBytes(e.ToJsonString()),
                "association",
                Topics.Associations,
                item,
                now,
                actor,
                id,
                null
            );
        }
    }

    private static string Draw(Dice dice, int made)
    {
        double at = dice.Unit();
        return made == 0 || at < 0.2 ? First
            : at < 0.90 ? Shown
            : at < 0.94 ? Altered
            : at < 0.97 ? Self
            : Back;
    }

    /// <summary>The code of an association that was just sent: waits for its outcome.</summary>
    private static string CodeOf(HttpClient http, string id)
    {
        try
        {
            using HttpResponseMessage answer = http.Send(
                new HttpRequestMessage(HttpMethod.Get, $"/v1/associations/{Uri.EscapeDataString(id)}?wait=10000")
            );
            using Stream body = answer.Content.ReadAsStream();
            JsonObject json = JsonNode.Parse(body)!.AsObject();
            return answer.StatusCode == HttpStatusCode.OK && json["code"] is { } code
                ? code.GetValue<string>()
                : throw new TrafficException(
                    $"the engine at {http.BaseAddress!.Authority} gave no code for {id}: {json["error"] ?? json}",
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
