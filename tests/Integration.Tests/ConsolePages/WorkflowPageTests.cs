using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Engine.Contracts;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests.ConsolePages;

/// <summary>What workflows did, on the console: meetings, messages, items, sponsors and bookmarks.</summary>
public sealed class WorkflowPageTests(WorkflowLab lab) : IClassFixture<WorkflowLab>
{
    private const string Evil = "<script>document.title='evil'</script>\u202e";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_meeting_shows_who_is_missed_and_an_analyst_stops_and_resumes_its_notices()
    {
        await lab.SendAsync("/v1/meetings/m-1/events", Meeting("m-1", Evil));
        await lab.SendAsync(
            "/v1/meetings/m-1/events",
            new JsonObject
            {
                ["type"] = "attendance",
                ["id"] = "m-1-joined",
                ["meeting"] = "m-1",
                ["person"] = "p-2",
                ["session"] = "s-1",
                ["what"] = "joined",
            }
        );
        Assert.Contains("m-1", await lab.LookAsync("/console/meetings", "meetings"));
        string page = await lab.LookAsync("/console/meetings/m-1", "meeting");
        Assert.Contains("Present p-2", page);
        Assert.Contains("Absent p-3", page);
        Assert.Contains("\\u202e", page);

        Browser browser = lab.Browser!;
        await browser.ScriptsAsync(run: false);
        await browser.ClickAsync("input[name=because]");
        await browser.TypeAsync("The host asked by phone.");
        await browser.FollowAsync("main form button");
        page = await lab.LookAsync("/console/meetings/m-1", "meeting-stopped");
        Assert.Contains("Notices are stopped", page);
        Assert.Contains("user anna The host asked by phone.", page);
        Assert.True(await IsStoppedAsync("m-1"));

        await browser.ScriptsAsync(run: false);
        await browser.ClickAsync("input[name=because]");
        await browser.TypeAsync("It goes on.");
        await browser.FollowAsync("main form button");
        Assert.False(await IsStoppedAsync("m-1"));

        // Who did it, and why, is with the event.
        Confluent.Kafka.Headers headers = lab.Console.Lab.Log.ReadAll(Topics.Meetings)
            .Last(record => Encoding.UTF8.GetString(record.Message.Value).Contains("resume"))
            .Message.Headers;
        Assert.Equal("user anna", Encoding.UTF8.GetString(headers.GetLastBytes("by")));
        Assert.Equal("It goes on.", Encoding.UTF8.GetString(headers.GetLastBytes("because")));
    }

    [Fact]
    public async Task Only_analysts_stop_notices_with_a_form_of_ours_and_a_reason()
    {
        await lab.SendAsync("/v1/meetings/m-2/events", Meeting("m-2", "Weekly"));
        const string Page = "/console/meetings/m-2",
            Action = Page + "/notices";
        Dictionary<string, string> stop = new() { ["what"] = "stop", ["because"] = "A try." };
        using ConsoleVisitor vera = await lab.Console.SignInAsync("vera"),
            anna = await lab.Console.SignInAsync("anna");
        Assert.DoesNotContain("<button>Stop", await vera.GetAsync(Page));
        Assert.Equal(HttpStatusCode.Forbidden, (await vera.PostAsync(null, Action, stop)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await anna.PostAsync(null, Action, stop)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await anna.PostAsync(Page, Action, stop, "cross-site")).StatusCode);
        foreach ((string field, string wrong) in new[] { ("because", " "), ("what", "send") })
        {
            Dictionary<string, string> bad = new(stop) { [field] = wrong };
            Assert.Equal(HttpStatusCode.BadRequest, (await anna.PostAsync(Page, Action, bad)).StatusCode);
        }

        Assert.False(await IsStoppedAsync("m-2"));
        await lab.SendAsync(
            "/v1/meetings/m-2/events",
            new JsonObject
            {
                ["type"] = "meeting-ended",
                ["id"] = "m-2-ended",
                ["meeting"] = "m-2",
            }
        );
        Assert.Equal(HttpStatusCode.Conflict, (await anna.PostAsync(Page, Action, stop)).StatusCode);
        Assert.DoesNotContain("Stop notices", await anna.GetAsync(Page));
    }

    private static JsonObject Meeting(string id, string title) =>
        new()
        {
            ["type"] = "meeting-scheduled",
            ["id"] = id + "-scheduled",
            ["meeting"] = id,
            ["title"] = title,
            ["start"] = LiveEvents.Now + 600_000,
            ["host"] = "p-1",
            ["rules"] = new JsonArray("default"),
            ["invitees"] = new JsonArray(
                new JsonObject { ["person"] = "p-2" },
                new JsonObject
                {
                    ["person"] = "p-3",
                    ["channels"] = new JsonArray(new JsonObject { ["chat"] = "u-3" }),
                }
            ),
        };

    private async Task<bool> IsStoppedAsync(string meeting) =>
        (bool)JsonNode.Parse(await lab.Http.GetStringAsync($"/v1/meetings/{meeting}", Cancel))!["stopped"]!;
}
