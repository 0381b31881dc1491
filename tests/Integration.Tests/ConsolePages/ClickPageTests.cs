using System.Net;
using System.Text;
using System.Text.Json;
using Engine.Contracts;
using Tests.Support;
using Xunit;

namespace Integration.Tests.ConsolePages;

/// <summary>The page of a single click: why it was decided so, its path, neighbours, labels, and audit.</summary>
public sealed class ClickPageTests
{
    private const string Path = "/console/clicks/" + ConsoleLab.Replay;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_replay_is_explained_drawn_and_proven()
    {
        await using ConsoleLab lab = await ConsoleLab.StartAsync();
        await lab.PlayAsync(clicks: 100);
        using HttpClient http = lab.As("vera");
        string page = WebUtility.HtmlDecode(await http.GetStringAsync(Path, Cancel));
        Assert.Contains("sophisticated invalid traffic", page);
        Assert.Contains("The advertiser doesn't pay for it.", page);
        Assert.Contains(
            $"The cursor moved as it did for click {ConsoleLab.Original}: the paths differ by 0 pixels.",
            page
        );
        Assert.Contains($"of <a href=\"/console/clicks/{ConsoleLab.Original}\">click {ConsoleLab.Original}</a>", page);
        Assert.Contains("198.51.100.2", page);
        // The original lies in the same network, beside it.
        Assert.Contains($"<a href=\"/console/clicks/{ConsoleLab.Original}\">{ConsoleLab.Original}</a>", page);
        Assert.DoesNotContain("Label this click", page);

        HttpResponseMessage picture = await http.GetAsync(Path + "/path.svg", Cancel);
        Assert.Equal("image/svg+xml", picture.Content.Headers.ContentType?.MediaType);
        Assert.Contains("sandbox", picture.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Contains(
            $"the path that it replays, of click {ConsoleLab.Original}",
            await picture.Content.ReadAsStringAsync(Cancel)
        );

        Assert.Contains(
            "the verdict is the same, byte for byte",
            WebUtility.HtmlDecode(await http.GetStringAsync(Path + "/audit", Cancel))
        );
        HttpResponseMessage found = await http.GetAsync("/console/clicks?click=" + ConsoleLab.Replay, Cancel);
        Assert.Equal(Path, found.Headers.Location?.OriginalString);
        HttpResponseMessage unknown = await http.GetAsync("/console/clicks/nobody", Cancel);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Contains("no verdict of this click", await unknown.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task A_label_is_in_the_log_with_who_and_why()
    {
        await using ConsoleLab lab = await ConsoleLab.StartAsync();
        await lab.PlayAsync(clicks: 20);
        using ConsoleVisitor anna = await lab.SignInAsync("anna");
        Dictionary<string, string> label = new() { ["label"] = "invalid", ["because"] = "They told us so." };
        HttpResponseMessage taken = await anna.PostAsync(Path, Path + "/label", label);
        Assert.Equal((HttpStatusCode.SeeOther, Path + "?labelled"), (taken.StatusCode, $"{taken.Headers.Location}"));

        JsonElement record = JsonDocument
            .Parse(Assert.Single(lab.Lab.Log.ReadAll(Topics.Labels)).Message.Value)
            .RootElement;
        Assert.Equal(
            ("label", ConsoleLab.Replay, false, "analyst", "user anna", "They told us so.", "pub-1"),
            (
                record.GetProperty("type").GetString(),
                record.GetProperty("click").GetString(),
                record.GetProperty("valid").GetBoolean(),
                record.GetProperty("source").GetString(),
                record.GetProperty("by").GetString(),
                record.GetProperty("because").GetString(),
                record.GetProperty("publisher").GetString()
            )
        );
        Assert.Contains("They told us so.", await anna.GetAsync(Path));
        // It is one that the engine takes: nothing becomes a dead letter.
        using HttpClient http = lab.As("vera");
        await LiveWait.UntilAsync("quality counts it", async () =>
            (await http.GetStringAsync("/v1/quality", Cancel)).Contains("\"labels\":1")
        );
        Assert.DoesNotContain(lab.Lab.Log.ReadAll(Topics.DeadLetters), letter =>
            Encoding.UTF8.GetString(letter.Message.Key) == ConsoleLab.Replay
        );
    }

    [Fact]
    public async Task A_click_without_a_stored_verdict_keeps_its_place_while_it_is_labelled_and_audited()
    {
        await using ConsoleLab lab = await ConsoleLab.StartAsync(deliver: "verdicts: noteworthy");
        long now = LiveEvents.Now;
        // The event already has a publisher; of members with the same name the last counts.
        lab.Lab.Log.SendAll([LiveEvents.Click("plain-1", now, "192.0.2.9", ""","publisher":"pub-7" """)]);
        await lab.Lab.IsDecidedAsync();
        using ConsoleVisitor anna = await lab.SignInAsync("anna");
        string place = $"?key={Uri.EscapeDataString(LiveEvents.KeyOf("192.0.2.9"))}&offset=0",
            page = "/console/clicks/plain-1",
            shown = WebUtility.HtmlDecode(await anna.GetAsync(page + place));
        Assert.Contains($"action=\"{page}/label{place}\"", shown);
        Assert.Contains($"href=\"{page}/audit{place}\"", shown);
        Assert.Contains($"href=\"{page}{place}\"", WebUtility.HtmlDecode(await anna.GetAsync(page + "/audit" + place)));

        HttpResponseMessage taken = await anna.PostAsync(
            page + place,
            page + "/label" + place,
            new Dictionary<string, string> { ["label"] = "invalid", ["because"] = "Nobody was there." }
        );
        Assert.Equal(
            (HttpStatusCode.SeeOther, page + place + "&labelled"),
            (taken.StatusCode, $"{taken.Headers.Location}")
        );
        byte[] label = Assert.Single(lab.Lab.Log.ReadAll(Topics.Labels)).Message.Value;
        Assert.Equal("pub-7", JsonDocument.Parse(label).RootElement.GetProperty("publisher").GetString());
    }

    [Fact]
    public async Task Only_analysts_label_and_only_from_the_page()
    {
        await using ConsoleLab lab = await ConsoleLab.StartAsync();
        await lab.PlayAsync(clicks: 20);
        Dictionary<string, string> label = new() { ["label"] = "valid", ["because"] = "So it is." };
        using ConsoleVisitor vera = await lab.SignInAsync("vera");
        Assert.Equal(HttpStatusCode.Forbidden, (await vera.PostAsync(Path, Path + "/label", label)).StatusCode);
        using ConsoleVisitor anna = await lab.SignInAsync("anna");
        Assert.Equal(HttpStatusCode.BadRequest, (await anna.PostAsync(null, Path + "/label", label)).StatusCode);
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await anna.PostAsync(Path, Path + "/label", label, site: "cross-site")).StatusCode
        );
        foreach (
            Dictionary<string, string> wrong in new Dictionary<string, string>[]
            {
                new() { ["label"] = "perhaps", ["because"] = "?" },
                new() { ["label"] = "valid", ["because"] = " " },
                new() { ["label"] = "valid", ["because"] = new string('x', 501) },
            }
        )
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await anna.PostAsync(Path, Path + "/label", wrong)).StatusCode);
        }

        Assert.Empty(lab.Lab.Log.ReadAll(Topics.Labels));
    }
}
