using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tests.Support;
using Xunit;

namespace Integration.Tests.Bindings;

/// <summary>
/// A real Chromium without a window, driven over the DevTools protocol: one tab, of a phone's size. Skipped by name
/// where there is none.
/// </summary>
internal sealed partial class Browser : IAsyncDisposable
{
    public const int Width = 390,
        Height = 844;

    private readonly LiveProcess _process;
    private readonly LiveFolder _folder;
    private readonly ClientWebSocket _socket = new();
    private string _session = "";
    private int _id;

    private Browser(LiveProcess process, LiveFolder folder) => (_process, _folder) = (process, folder);

    public static async Task<Browser> StartAsync()
    {
        if (!LiveProcess.OnPath("chromium"))
        {
            Assert.Skip("needs chromium on the path");
        }

        var folder = new LiveFolder();
        LiveProcess process = LiveProcess.Start(
            "chromium",
            [
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--mute-audio",
                "--remote-debugging-port=0",
                $"--user-data-dir={folder.Path}",
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                "about:blank",
            ]
        );
        var browser = new Browser(process, folder);
        try
        {
            await process.SaysAsync("DevTools listening on ws://");
            await LiveWait.UntilAsync("the line is whole", () => Listening().IsMatch(process.Error));
            await browser._socket.ConnectAsync(
                new Uri(Listening().Match(process.Error).Groups[1].Value),
                CancellationToken.None
            );
            JsonNode target = await browser.SendAsync(
                "Target.createTarget",
                new JsonObject { ["url"] = "about:blank" }
            );
            browser._session = (
                await browser.SendAsync(
                    "Target.attachToTarget",
                    new JsonObject { ["targetId"] = target["targetId"]!.GetValue<string>(), ["flatten"] = true }
                )
            )["sessionId"]!.GetValue<string>();
            await browser.SendAsync("Page.enable");
            await browser.SendAsync(
                "Emulation.setDeviceMetricsOverride",
                new JsonObject
                {
                    ["width"] = Width,
                    ["height"] = Height,
                    ["deviceScaleFactor"] = 2,
                    ["mobile"] = true,
                }
            );
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    public async Task OpenAsync(string address)
    {
        await SendAsync("Page.navigate", new JsonObject { ["url"] = address });
        await LiveWait.UntilAsync($"{address} is loaded", async () =>
            (await EvaluateAsync("document.readyState + ' ' + location.href"))!.StartsWith(
                "complete http",
                StringComparison.Ordinal
            )
        );
    }

    /// <summary>A text that the page works out.</summary>
    public async Task<string?> EvaluateAsync(string script)
    {
        JsonNode answer = await SendAsync(
            "Runtime.evaluate",
            new JsonObject
            {
                ["expression"] = $"String({script})",
                ["returnByValue"] = true,
                ["awaitPromise"] = true,
            }
        );
        return answer["exceptionDetails"] is { } wrong
            ? throw new InvalidOperationException($"{script}: {wrong.ToJsonString()}")
            : answer["result"]!["value"]?.GetValue<string>();
    }

    /// <summary>Waits for something that a selector finds.</summary>
    public Task WaitForAsync(string selector) => LiveWait.UntilAsync($"the page has {selector}", async () =>
        {
            try
            {
                return await EvaluateAsync(
                        $"document.readyState == 'complete' && "
                            + $"document.querySelector({JsonSerializer.Serialize(selector)}) != null"
                    ) == "true";
            }
            catch (InvalidOperationException)
            {
                // Between two pages there is no document to ask.
                return false;
            }
        });

    /// <summary>Types a text where a selector finds a field, as a keyboard does.</summary>
    public async Task TypeAsync(string selector, string text)
    {
        await ClickAsync(selector);
        await SendAsync("Input.insertText", new JsonObject { ["text"] = text });
    }

    /// <summary>Taps the middle of what a selector finds.</summary>
    public async Task ClickAsync(string selector)
    {
        string[] at = (
            await EvaluateAsync(
                $"(e => (e.scrollIntoView({{block: 'center', behavior: 'instant'}}), r = e.getBoundingClientRect(), "
                    + $"`${{r.x + r.width / 2}} ${{r.y + r.height / "
                    + $"2}}`))(document.querySelector({JsonSerializer.Serialize(selector)}))"
            )
        )!.Split(' ');
        foreach (string type in new[] { "mousePressed", "mouseReleased" })
        {
            await SendAsync(
                "Input.dispatchMouseEvent",
                new JsonObject
                {
                    ["type"] = type,
                    ["x"] = double.Parse(at[0], System.Globalization.CultureInfo.InvariantCulture),
                    ["y"] = double.Parse(at[1], System.Globalization.CultureInfo.InvariantCulture),
                    ["button"] = "left",
                    ["clickCount"] = 1,
                }
            );
        }
    }

    /// <summary>Whether the page's own scripts run.</summary>
    public Task ScriptsAsync(bool run) =>
        SendAsync("Emulation.setScriptExecutionDisabled", new JsonObject { ["value"] = !run });

    /// <summary>Runs before each page's own scripts.</summary>
    public Task BeforeEachPageAsync(string script) =>
        SendAsync("Page.addScriptToEvaluateOnNewDocument", new JsonObject { ["source"] = script });

    /// <summary>A picture of the whole page, in a file.</summary>
    public async Task<string> PictureAsync(LiveFolder folder, string name)
    {
        JsonNode answer = await SendAsync(
            "Page.captureScreenshot",
            new JsonObject { ["format"] = "png", ["captureBeyondViewport"] = true }
        );
        string file = folder.File(name + ".png");
        await File.WriteAllBytesAsync(file, Convert.FromBase64String(answer["data"]!.GetValue<string>()));
        // For people who want to look: the folder that PICTURES names keeps them.
        if (Environment.GetEnvironmentVariable("PICTURES") is { Length: > 0 } keep)
        {
            File.Copy(file, Path.Combine(keep, name + ".png"), overwrite: true);
        }

        return file;
    }

    private async Task<JsonNode> SendAsync(string method, JsonObject? parameters = null)
    {
        int id = ++_id;
        var message = new JsonObject
        {
            ["id"] = id,
            ["method"] = method,
            ["params"] = parameters ?? [],
        };
        if (_session.Length > 0)
        {
            message["sessionId"] = _session;
        }

        using var cancel = new CancellationTokenSource(LiveWait.Patience);
        await _socket.SendAsync(
            JsonSerializer.SerializeToUtf8Bytes(message),
            WebSocketMessageType.Text,
            true,
            cancel.Token
        );
        while (true)
        {
            JsonNode answer = await ReceiveAsync(cancel.Token);
            // Events come in between.
            if (answer["id"]?.GetValue<int>() != id)
            {
                continue;
            }

            return answer["error"] is { } error
                ? throw new InvalidOperationException($"{method}: {error.ToJsonString()}")
                : answer["result"]!;
        }
    }

    private async Task<JsonNode> ReceiveAsync(CancellationToken cancel)
    {
        using var whole = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            WebSocketReceiveResult part = await _socket.ReceiveAsync(buffer, cancel);
            whole.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
            {
                return JsonNode.Parse(whole.ToArray())!;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    [GeneratedRegex(@"DevTools listening on (ws://\S+)\s")]
    private static partial Regex Listening();
}
