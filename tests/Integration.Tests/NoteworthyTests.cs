using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Confluent.Kafka;
using Engine.Client;
using Engine.Contracts;
using Integration.Tests.Links;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests;

/// <summary><c>deliver.verdicts: noteworthy</c>: plain valid verdicts aren't written, and look-ups tell a plain click
/// from an undecided one by progress.</summary>
public sealed class NoteworthyTests
{
    private const string Ip = "203.0.113.9",
        Only = "verdicts: noteworthy";

    private static readonly string Key = LiveEvents.KeyOf(Ip);

    [Fact]
    public async Task A_plain_click_is_told_from_an_undecided_one_by_its_place()
    {
        await using Lab lab = await LabAsync();
        await using EngineRun engine = await lab.StartAsync();
        long now = LiveEvents.Now;
        long plain = await SendAsync(lab, LiveEvents.Click("a-1", now, Ip, ""","visitor":"v-1" """.TrimEnd()));
        await SendAsync(lab, LiveEvents.Click("a-2", now + 300, Ip, ""","visitor":"v-1" """.TrimEnd()));
        long waiting = await SendAsync(lab, LiveEvents.Expecting("a-3", now + 400, Ip));
        Assert.Equal("givt", (await lab.VerdictAsync("a-2")).GetProperty("class").GetString());

        JsonElement assumed = await FoundAsync(engine, $"a-1?key={Uri.EscapeDataString(Key)}&offset={plain}");
        Assert.Equal(
            $$"""{"click":"a-1","class":"valid","band":"allow","action":"accept","billable":true,"assumed":true,"at":"{{At(plain)}}"}""",
            assumed.GetRawText()
        );
        Assert.False(await lab.Redis.Database.KeyExistsAsync("verdict:a-1"));
        // A click that waits for its path is read, and not decided: it is never taken for a plain one.
        JsonElement missing = await FoundAsync(engine, $"a-3?key={Key}&offset={waiting}");
        Assert.Equal("cursor.missing", missing.GetProperty("reasons")[0].GetString());

        // Its producer knows when it was sent: no later event comes, and it is told of all the same.
        JsonElement sent = await FoundAsync(engine, $"a-1?key={Key}&sent={now}&wait=30000");
        Assert.True(sent.GetProperty("assumed").GetBoolean());
        Assert.False(sent.TryGetProperty("at", out _));
        // Ticks carry log time on where a click came, until it is certain, and nowhere else.
        Assert.All(lab.Log.ReadAll(Topics.Interactions), record =>
            Assert.Equal(PartitionOf(Key), record.Partition.Value)
        );
        Assert.Empty(lab.Log.ReadAll(Topics.DeadLetters));
        // What is stored is answered, whatever place is said.
        Assert.Equal("givt", (await FoundAsync(engine, $"a-2?key={Key}&offset=0")).GetProperty("class").GetString());

        string elsewhere = Enumerable
            .Range(0, 100)
            .Select(i => $"198.51.{i}.0/24")
            .First(key => PartitionOf(key) != PartitionOf(Key));
        foreach (
            string undecided in (string[])
                [
                    "a-1",
                    $"a-1?key={Key}&offset={waiting + 1_000}",
                    $"a-1?key={Key}&sent={now + 600_000}",
                    $"a-1?key={elsewhere}&offset={plain}",
                ]
        )
        {
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(engine, undecided));
        }

        foreach (
            string wrong in (string[])
                [
                    $"a-1?key={Key}",
                    "a-1?offset=1",
                    $"a-1?key={Key}&offset=1&sent=1",
                    $"a-1?key={Key}&offset=-1",
                    $"a-1?key={Key}&sent=soon",
                    "a-1?wait=long",
                ]
        )
        {
            Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(engine, wrong));
        }

        string[] of = ["--redis", lab.Redis.Address, "--key", Key, "--offset", $"{plain}"];
        CommandRun told = await Programs.EngineAsync(["verdict", "a-1", .. of]);
        Assert.True(told.ExitCode == 0, told.ToString());
        Assert.Contains("assumed   the click is decided", told.Out);
        told = await Programs.EngineAsync(["verdict", "a-1", "--json", .. of]);
        Assert.Equal(assumed.GetRawText(), told.Out.Trim());
        told = await Programs.EngineAsync("verdict", "a-1", "--redis", lab.Redis.Address);
        Assert.True(told is { ExitCode: 3 } && told.Error.Contains("--key NETWORK", StringComparison.Ordinal));
        told = await Programs.EngineAsync("verdict", "a-1", "--redis", lab.Redis.Address, "--key", Key);
        Assert.True(told.ExitCode == 2, told.ToString());

        CommandRun audit = await Programs.EngineAsync(
            "audit",
            "a-1",
            "--kafka",
            lab.Brokers,
            "--redis",
            lab.Redis.Address,
            "--config",
            lab.Config
        );
        Assert.True(audit.ExitCode == 0, audit.ToString());
        Assert.Contains("\"assumed\":true", audit.Out);
        Assert.EndsWith("equal\n", audit.Out);
    }

    [Fact]
    public async Task No_look_up_takes_a_click_for_plain_that_is_not_whoever_dies()
    {
        const int Clicks = 3_000,
            Chunk = 250;
        await using Lab lab = await LabAsync();
        await using EngineRun first = await lab.StartAsync();
        await using EngineRun second = await lab.StartAsync();
        var lookup = new VerdictLookup(lab.Redis.Database.Multiplexer);
        var undecided = new List<(string Click, ClickPlace Place)>();
        var said = new Dictionary<string, Verdict>();
        int sent = 0;
        foreach (LiveRecord[] some in LiveEvents.Mixed(Clicks, LiveEvents.Now - 60_000, 10).Chunk(Chunk))
        {
            DeliveryResult<byte[], byte[]>[] placed = await Task.WhenAll(some.Select(lab.Log.SendAsync));
            undecided.AddRange(
                some.Zip(placed)
                    .Select(pair => (Click: ClickOf(pair.First), pair.First.Key, pair.Second.Offset.Value))
                    .Where(found => found.Click != null)
                    .Select(found => (found.Click!, ClickPlace.At(found.Key!, found.Value)))
            );
            if ((sent += some.Length) is > Clicks / 2 and <= (Clicks / 2) + Chunk)
            {
                first.Process.Signal(LiveProcess.Kill);
            }

            await AskAsync();
        }

        // Log time has to pass the deadlines of the last ones.
        foreach (int partition in Enumerable.Range(0, 4))
        {
            await lab.Log.SendAsync(
                new LiveRecord(Topics.Interactions, null, """{"type":"tick"}""", LiveEvents.Now, partition)
            );
        }

        await LiveWait.UntilAsync($"{undecided.Count} of {said.Count} clicks are decided", async () =>
        {
            await AskAsync();
            return undecided.Count == 0;
        });

        string[] stored = [.. lab.Redis.Keys("verdict:").Select(key => key["verdict:".Length..])];
        Assert.Equal(Clicks, said.Count);
        Assert.Equal(stored.Order(), said.Where(one => !one.Value.IsAssumed).Select(one => one.Key).Order());
        Assert.True(stored.Length is > Clicks / 50 and < Clicks / 2, $"{stored.Length} verdicts are stored");
        // What is stored says something.
        Assert.All(said.Values.Where(verdict => !verdict.IsAssumed), verdict => Assert.NotEmpty(verdict.Reasons));

        async Task AskAsync()
        {
            Verdict?[] answers = await Task.WhenAll(undecided.Select(one => lookup.GetAsync(one.Click, one.Place)));
            foreach (
                (string Click, ClickPlace, Verdict? Verdict) one in undecided
                    .Zip(answers, (asked, answer) => (asked.Click, asked.Place, answer))
                    .ToArray()
            )
            {
                if (one.Verdict != null)
                {
                    said.TryAdd(one.Click, one.Verdict);
                }
            }

            undecided.RemoveAll(one => said.ContainsKey(one.Click));
        }
    }

    [Fact]
    public async Task An_ad_s_link_hears_of_plain_clicks_on_the_channel()
    {
        await using LinkLab links = await LinkLab.StartAsync(Only + ", verdicts_channel: true", models: false);
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        // A machine so busy that one isn't decided in time decides another.
        long before = await DecidedAsync();
        int clicks = 0;
        await LiveWait.UntilAsync("a plain click is decided", async () =>
        {
            // Visitors of their own: none of them clicks twice.
            string id = $"heard-{++clicks}";
            using HttpResponseMessage answer = await http.GetAsync(
                $"{links.Address}/click?campaign=demo&publisher=demo&id={id}&visitor={id}",
                TestContext.Current.CancellationToken
            );
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
            Assert.False(await links.Lab.Redis.Database.KeyExistsAsync($"verdict:{id}"));
            return await DecidedAsync() > before;
        });

        async Task<long> DecidedAsync()
        {
            string metrics = await http.GetStringAsync(
                links.Address + "/metrics",
                TestContext.Current.CancellationToken
            );
            Match decided = Regex.Match(metrics, """ingest_links.*outcome="decided".*} (\d+)""");
            return decided.Success ? long.Parse(decided.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
        }
    }

    [Fact]
    public async Task Without_the_channel_links_are_refused()
    {
        await using Lab lab = await LabAsync();
        await using EngineRun engine = await lab.StartAsync();
        await LiveWait.UntilAsync("partitions are taken over", () => lab.Redis.Keys("decided:").Count > 0);
        CommandRun front = await Programs.IngestAsync(
            "http",
            "--listen",
            "127.0.0.1:0",
            "--kafka",
            lab.Brokers,
            "--redis",
            lab.Redis.Address
        );
        Assert.True(front.ExitCode == 2, front.ToString());
        Assert.Contains("set deliver.verdicts_channel: true", front.Error);
    }

    private static Task<Lab> LabAsync() =>
        Lab.EmbeddedAsync(
            Redises.Any,
            new EngineYaml
            {
                SessionMs = 3000,
                Models = false,
                Deliver = Only,
            }
        );

    private static async Task<long> SendAsync(Lab lab, LiveRecord record) =>
        (await lab.Log.SendAsync(record)).Offset.Value;

    private static string At(long offset) => $"interactions-{PartitionOf(Key)}@{offset}";

    private static int PartitionOf(string key) => Murmur2.Partition(Encoding.ASCII.GetBytes(key), 4);

    private static string? ClickOf(LiveRecord record)
    {
        try
        {
            JsonElement e = JsonDocument.Parse(record.Value).RootElement;
            return e.GetProperty("type").GetString() == "click" ? e.GetProperty("id").GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static async Task<JsonElement> FoundAsync(EngineRun engine, string query)
    {
        using var http = new HttpClient();
        return JsonDocument
            .Parse(await LiveWait.ForAsync($"{query} is answered", async () =>
                {
                    using HttpResponseMessage answer = await http.GetAsync($"http://{engine.Http}/v1/verdicts/{query}");
                    return answer.StatusCode == HttpStatusCode.OK ? await answer.Content.ReadAsStringAsync() : null;
                }))
            .RootElement;
    }

    private static async Task<HttpStatusCode> StatusAsync(EngineRun engine, string query)
    {
        using var http = new HttpClient();
        using HttpResponseMessage answer = await http.GetAsync($"http://{engine.Http}/v1/verdicts/{query}");
        return answer.StatusCode;
    }
}
