using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Integration.Tests.Bindings;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests.Meetings;

/// <summary>Meetings over HTTP and in a browser, with a running engine, its Kafka and a Redis.</summary>
public sealed class MeetingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_is_missed_is_notified_and_the_host_alone_intervenes()
    {
        await using Lab lab = await StartAsync();
        await using EngineRun engine = await lab.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri($"http://{engine.Http}") };
        JsonNode meeting = await SendAsync(http, "meeting-scheduled", Scheduled());
        Assert.Equal(("running", 2), ((string?)meeting["state"], meeting["absent"]!.AsArray().Count));
        Assert.StartsWith("/m/m-1?token=", (string?)meeting["page"]);
        meeting = await SendAsync(http, "attendance", ""","person":"p-1","session":"s-1","what":"joined" """);
        Assert.Equal("p-1", (string?)meeting["present"]![0]);

        await LiveWait.UntilAsync("p-2 is notified", () =>
            lab
                .Log.ReadAll("notifications")
                .Exists(record => (string?)JsonNode.Parse(record.Message.Value)!["notice"] == "m-1/soon/p-2")
        );
        meeting = JsonNode.Parse(await http.GetStringAsync("/v1/meetings/m-1", Cancel))!;
        Assert.Equal("sent", (string?)meeting["notices"]![0]!["state"]);

        (HttpStatusCode status, string answer) = await TryAsync(
            http,
            "m-1",
            Event("meeting-notice", ""","by":"p-2","what":"stop" """)
        );
        Assert.True(
            status == HttpStatusCode.BadRequest && answer.Contains("isn't the host", StringComparison.Ordinal),
            answer
        );
        (status, answer) = await TryAsync(http, "m-2", Event("meeting-ended", ""));
        Assert.True(status == HttpStatusCode.BadRequest && answer.Contains("m-2", StringComparison.Ordinal), answer);
        meeting = await SendAsync(
            http,
            "notice-delivery",
            ""","notice":"m-1/soon/p-2","channel":"chat","outcome":"delivered" """
        );
        Assert.Equal("delivered", (string?)meeting["notices"]![0]!["state"]);
        meeting = await SendAsync(http, "meeting-ended", "");
        Assert.Equal("ended", (string?)meeting["state"]);
    }

    [Fact]
    public async Task The_host_stops_resumes_and_sends_on_a_page()
    {
        Assert.SkipUnless(Rig.Browser.IsThere, "no browser on the path");
        await using Lab lab = await StartAsync();
        await using EngineRun engine = await lab.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri($"http://{engine.Http}") };
        string page = (string)(await SendAsync(http, "meeting-scheduled", Scheduled("later")))["page"]!;
        await SendAsync(http, "attendance", ""","person":"p-1","session":"s-1","what":"joined" """);
        foreach (string wrong in new[] { "/m/m-1", "/m/m-1?token=", page[..^1], page + "A", "/m/m-2" + page[6..] })
        {
            using HttpResponseMessage answer = await http.GetAsync(wrong, Cancel);
            Assert.True(answer.StatusCode == HttpStatusCode.NotFound, wrong);
        }

        await using Rig.Browser phone = await Rig.Browser.StartAsync();
        await phone.SizeAsync(400, 800, phone: true);
        await phone.GoAsync($"http://{engine.Http}{page}");
        await phone.PictureAsync("meeting-400");
        Assert.Contains("1 of 2 invited are there", await phone.TextAsync());
        Assert.Empty(await phone.ViolationsAsync());

        await phone.FollowAsync("button[value=stop]");
        Assert.Contains("Notices are stopped", await phone.TextAsync());
        Assert.True((bool)JsonNode.Parse(await http.GetStringAsync("/v1/meetings/m-1", Cancel))!["stopped"]!);
        Assert.Empty(await phone.ViolationsAsync());
        await phone.FollowAsync("button[value=resume]");
        Assert.DoesNotContain("Notices are stopped", await phone.TextAsync());
        await phone.FollowAsync("button[value=send]");
        Assert.Contains("sent by chat", await phone.TextAsync());
        await LiveWait.UntilAsync("p-2 is notified by the host", () =>
            lab
                .Log.ReadAll("notifications")
                .Exists(record => (string?)JsonNode.Parse(record.Message.Value)!["notice"] == "m-1/host/p-2")
        );
        await phone.SizeAsync(1280, 800, phone: false);
        await phone.PictureAsync("meeting-1280");
        await phone.SchemeAsync(dark: true);
        await phone.PictureAsync("meeting-1280-dark");
        Assert.Empty(await phone.ViolationsAsync());

        // Another host gets another link.
        await SendAsync(
            http,
            "meeting-scheduled",
            Scheduled("later").Replace("\"host\":\"p-1\"", "\"host\":\"p-2\"", StringComparison.Ordinal)
        );
        using HttpResponseMessage old = await http.GetAsync(page, Cancel);
        Assert.Equal(HttpStatusCode.NotFound, old.StatusCode);
    }

    private static async Task<Lab> StartAsync()
    {
        Lab lab = await BindingLab.StartAsync(Redises.Any);
        lab.Folder.Write(
            "settings/rules.yaml",
            "meeting-rule/soon: { after_s: 1 }\nmeeting-rule/later: { after_s: 3600 }\n"
        );
        return lab;
    }

    private static string Scheduled(string rule = "soon") =>
        $$""","title":"Incident <42>","start":{{LiveEvents.Now}},"host":"p-1","join":"https://meet.example/m-1","rules":["{{rule}}"],"invitees":[{"person":"p-1"},{"person":"p-2","channels":[{"chat":"u-2"}]}]""";

    private static string Event(string type, string fields) =>
        $$"""{"type":"{{type}}","id":"e-{{Guid.NewGuid():n}}","time":{{LiveEvents.Now}},"meeting":"m-1"{{fields}}}""";

    private static async Task<JsonNode> SendAsync(HttpClient http, string type, string fields)
    {
        (HttpStatusCode status, string answer) = await TryAsync(http, "m-1", Event(type, fields));
        Assert.True(status == HttpStatusCode.OK, answer);
        return JsonNode.Parse(answer)!;
    }

    private static async Task<(HttpStatusCode, string)> TryAsync(HttpClient http, string meeting, string json)
    {
        using HttpResponseMessage answer = await http.PostAsync(
            $"/v1/meetings/{meeting}/events?wait=20000",
            new StringContent(json, Encoding.UTF8, "application/json"),
            Cancel
        );
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel));
    }
}
