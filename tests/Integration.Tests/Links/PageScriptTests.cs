using System.IO.Compression;
using System.Text.Json.Nodes;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests.Links;

/// <summary><c>beacon.js</c> in a real browser, on pages of another site: each click on an ad is sent once, and says
/// how it was made.</summary>
public sealed class PageScriptTests : IAsyncLifetime
{
    private const string Link = "href=\"#here\"";

    private Lab? _lab;
    private LiveProcess? _front;
    private Browser? _browser;
    private PageHost? _site;
    private string _address = "";

    private string Script => $"<script src=\"{_address}/beacon.js\" data-publisher=\"pub-12\"></script>";

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(Browser.IsThere, "no browser on the path");
        _lab = await Lab.EmbeddedAsync(Redises.Server);
        _front = Programs.Start("ingest", _lab.Folder.Path, "http", "--listen", "127.0.0.1:0", "--kafka", _lab.Brokers);
        await _front.SaysAsync("/v1/events takes events");
        _address = _front.Out["POST ".Length..].Split("/v1/")[0];
        _site = new PageHost(LiveProcess.FreePort());
        _browser = await Browser.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser != null)
        {
            await _browser.DisposeAsync();
        }

        _site?.Dispose();
        if (_front != null)
        {
            await _front.DisposeAsync();
        }

        if (_lab != null)
        {
            await _lab.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_mouse_click_brings_its_path_and_a_tap_none()
    {
        string page = _site!.Show("/ad", $"{Script}<p style='padding:60px'><a id=ad {Link} data-campaign=c>ad</a>");
        await _browser!.GoAsync(page);
        for (int i = 0; i < 20; i++)
        {
            await _browser.MouseAsync("mouseMoved", 10 + 3 * i, 10 + 2 * i);
        }

        await _browser.ClickAsync("#ad");
        JsonNode click = (await ClicksAsync(1))[0];
        Assert.Equal(
            ("mouse", "pub-12", "c"),
            ((string?)click["pointer"], (string?)click["publisher"], (string?)click["campaign"])
        );
        Assert.InRange(click["path"]!.AsArray().Count, 3, 600);
        Assert.Equal(page, (string?)click["page"]);

        // R1: what the press was made with counts, not what the click's event says.
        await _browser.TapAsync("#ad");
        click = (await ClicksAsync(2))[1];
        Assert.Equal("touch", (string?)click["pointer"]);
        Assert.Null(click["path"]);
    }

    [Fact]
    public async Task Clicks_that_disagree_with_their_press_are_as_the_press_was()
    {
        await _browser!.GoAsync(_site!.Show("/ad", $"{Script}<a id=ad {Link} data-campaign=c>ad</a>"));
        // As browsers do that give a tap's click no pointerType, or a mouse's.
        foreach (string type in new[] { "", "mouse" })
        {
            await _browser.EvaluateAsync(
                $$"""
                (() => { const ad = document.getElementById('ad');
                const at = { bubbles: true, composed: true, clientX: 5, clientY: 5 };
                ad.dispatchEvent(new PointerEvent('pointerdown', { ...at, pointerType: 'touch' }));
                ad.dispatchEvent(new PointerEvent('click', { ...at, pointerType: '{{type}}', detail: 1 })); })()
                """
            );
        }

        Assert.All(await ClicksAsync(2), click => Assert.Equal("touch", (string?)click["pointer"]));
    }

    [Fact]
    public async Task The_keyboard_s_click_has_no_place_and_no_path()
    {
        await _browser!.GoAsync(_site!.Show("/ad", $"{Script}<a id=ad {Link} data-campaign=c>ad</a>"));
        await _browser.EvaluateAsync("document.getElementById('ad').focus()");
        await _browser.KeyAsync("Enter");
        JsonNode click = (await ClicksAsync(1))[0];
        Assert.Equal("keyboard", (string?)click["pointer"]);
        Assert.Null(click["x"]);
        Assert.False((bool)click["expects_path"]!);
    }

    [Fact]
    public async Task Two_copies_of_the_script_send_a_click_once()
    {
        await _browser!.GoAsync(_site!.Show("/ad", $"{Script}{Script}<a id=ad {Link} data-campaign=c>ad</a>"));
        await _browser.ClickAsync("#ad");
        await OnlyAsync(1);
    }

    [Fact]
    public async Task Ads_in_drawings_shadows_and_labels_are_clicked_once_each()
    {
        await _browser!.GoAsync(
            _site!.Show(
                "/ads",
                $$"""
                {{Script}}
                <svg width=200 height=60><a id=drawn href="#drawn" data-campaign=drawn>
                <rect width=200 height=60 /></a></svg>
                <div id=host></div>
                <label id=label data-campaign=label>ad <input type=checkbox></label>
                <script>
                document.getElementById('host').attachShadow({ mode: 'open' }).innerHTML =
                  '<a id=shadowed href="#s" data-campaign=shadowed style="display:block;height:40px">ad</a>';
                </script>
                """
            )
        );
        await _browser.ClickAsync("#drawn");
        await _browser.ClickAsync("#host");
        await _browser.ClickAsync("#label");
        Assert.Equal(
            ["drawn", "label", "shadowed"],
            (await OnlyAsync(3)).Select(click => (string?)click["campaign"]).Order()
        );
    }

    [Fact]
    public async Task Ads_that_appear_later_and_pages_that_change_their_address_count()
    {
        await _browser!.GoAsync(_site!.Show("/app", $"{Script}<main></main>"));
        await _browser.EvaluateAsync(
            "history.pushState({}, '', '/app/second'); document.querySelector('main').innerHTML = "
                + "'<a id=ad href=\"#here\" data-campaign=late>ad</a>'"
        );
        await _browser.ClickAsync("#ad");
        JsonNode click = (await OnlyAsync(1))[0];
        Assert.Equal(("late", _site.Address + "/app/second"), ((string?)click["campaign"], (string?)click["page"]));
    }

    [Fact]
    public async Task A_page_that_comes_back_goes_on()
    {
        string ad = $"{Script}<a id=ad href=\"/other\" data-campaign=c>ad</a>";
        string page = _site!.Show("/ad", ad);
        _site.Show("/other", "<p>another page");
        await _browser!.GoAsync(page);
        await _browser.FollowAsync("#ad");
        await _browser.EvaluateAsync("history.back()");
        await LiveWait.UntilAsync("the page is back", async () => await _browser.AddressAsync() == page);
        await _browser.FollowAsync("#ad");
        Assert.Equal(2, (await OnlyAsync(2)).Select(click => (string?)click["id"]).Distinct().Count());
    }

    [Fact]
    public async Task A_strict_policy_that_allows_the_server_is_enough()
    {
        await _browser!.GoAsync(
            _site!.Show(
                "/strict",
                $"{Script}<a id=ad {Link} data-campaign=c>ad</a>",
                $"default-src 'none'; script-src {_address}; connect-src {_address}"
            )
        );
        await _browser.ClickAsync("#ad");
        await OnlyAsync(1);
    }

    [Fact]
    public async Task Nothing_is_sent_or_stored_before_consent()
    {
        string script = Script.Replace("data-publisher", "data-consent=\"mayMeasure\" data-publisher");
        await _browser!.GoAsync(_site!.Show("/ad", $"{script}<a id=ad {Link} data-campaign=c>ad</a>"));
        await _browser.ClickAsync("#ad");
        await _browser.EvaluateAsync("window.mayMeasure = () => 'yes'");
        await _browser.ClickAsync("#ad");
        Assert.Equal(0, (await _browser.EvaluateAsync("sessionStorage.length")).GetInt32());
        await _browser.EvaluateAsync("window.mayMeasure = () => true");
        await _browser.ClickAsync("#ad");
        await OnlyAsync(1);
    }

    [Fact]
    public async Task The_script_has_less_than_3_KB_compressed()
    {
        using var http = new HttpClient();
        byte[] script = await http.GetByteArrayAsync(_address + "/beacon.js", TestContext.Current.CancellationToken);
        using var compressed = new MemoryStream();
        await using (var gzip = new GZipStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write(script);
        }

        Assert.InRange(compressed.Length, 1, 3 * 1024);
    }

    /// <summary>The clicks in the log, once there are so many.</summary>
    private async Task<List<JsonNode>> ClicksAsync(int count)
    {
        List<JsonNode> clicks = [];
        await LiveWait.UntilAsync($"{count} clicks are in the log", () =>
        {
            clicks = [.. _lab!.Log.ReadAll("interactions").Select(record => JsonNode.Parse(record.Message.Value)!)];
            return clicks.Count >= count;
        });
        return clicks;
    }

    /// <summary>The same, and no more: one that follows all others has come.</summary>
    private async Task<List<JsonNode>> OnlyAsync(int count)
    {
        await _browser!.EvaluateAsync(
            $"fetch('{_address}/v1/beacon', {{ method: 'POST', mode: 'no-cors', body: JSON.stringify("
                + "{ type: 'click', id: 'last', publisher: 'p', campaign: 'last' }) })"
        );
        await LiveWait.UntilAsync("the last click is in the log", async () =>
            (await ClicksAsync(1)).Exists(click => (string?)click["id"] == "last")
        );
        List<JsonNode> clicks = await ClicksAsync(count + 1);
        clicks.RemoveAll(click => (string?)click["id"] == "last");
        Assert.Equal(count, clicks.Count);
        return clicks;
    }
}
