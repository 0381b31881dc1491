using System.Net.WebSockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Tests.Support;

namespace Integration.Tests.Rig;

/// <summary>A real browser with one page, driven by the DevTools protocol. It navigates, clicks with a mouse, types and
/// takes screenshots, which are kept if the variable SCREENSHOTS names a folder.</summary>
public sealed partial class Browser : IAsyncDisposable
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    private readonly LiveProcess _process;
    private readonly LiveFolder _folder;
    private readonly ClientWebSocket _socket = new();
    private (double X, double Y) _mouse;
    private int _id;

    private Browser(LiveProcess process, LiveFolder folder) => (_process, _folder) = (process, folder);

    /// <summary>Whether a browser is on the path.</summary>
    public static bool IsThere => Find() != null;

    public static async Task<Browser> StartAsync()
    {
        var folder = new LiveFolder();
        LiveProcess process = LiveProcess.Start(
            Find()!,
            [
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--remote-debugging-port=0",
                $"--user-data-dir={folder.File("profile")}",
                "about:blank",
            ]
        );
        var browser = new Browser(process, folder);
        try
        {
            await process.SaysAsync("DevTools listening on ws://", TimeSpan.FromSeconds(60));
            string address = Listening().Match(process.Error).Groups[1].Value;
            using var http = new HttpClient();
            string page = await LiveWait.ForAsync("the browser has a page", async () =>
                JsonDocument
                    .Parse(await http.GetStringAsync($"http://{address}/json/list"))
                    .RootElement.EnumerateArray()
                    .Where(target => target.GetProperty("type").GetString() == "page")
                    .Select(target => target.GetProperty("webSocketDebuggerUrl").GetString())
                    .FirstOrDefault()
            );
            await browser._socket.ConnectAsync(new Uri(page), CancellationToken.None);
            await browser.CallAsync("Page.enable");
            await browser.SizeAsync(1100, 800, phone: false);
            await browser.ConcealAsync();
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes the word out of the agent that tells a browser without a window: it is on the list of
    /// crawlers.</summary>
    private async Task ConcealAsync() =>
        await CallAsync(
            "Emulation.setUserAgentOverride",
            new { userAgent = (await EvaluateAsync("navigator.userAgent")).GetString()!.Replace("Headless", "") }
        );

    /// <summary>Sets the window's size, CSS pixels.</summary>
    public Task SizeAsync(int width, int height, bool phone) =>
        CallAsync(
            "Emulation.setDeviceMetricsOverride",
            new
            {
                width,
                height,
                deviceScaleFactor = phone ? 2 : 1,
                mobile = phone,
            }
        );

    /// <summary>Sets the colour scheme that the visitor's system prefers.</summary>
    public Task SchemeAsync(bool dark) =>
        CallAsync(
            "Emulation.setEmulatedMedia",
            new { features = new[] { new { name = "prefers-color-scheme", value = dark ? "dark" : "light" } } }
        );

    /// <summary>Whether the page's own scripts run.</summary>
    public Task ScriptsAsync(bool run) => CallAsync("Emulation.setScriptExecutionDisabled", new { value = !run });

    /// <summary>Runs in every page and frame before anything of its own does.</summary>
    public Task BeforeEachPageAsync(string source) =>
        CallAsync("Page.addScriptToEvaluateOnNewDocument", new { source });

    /// <summary>Navigates to an address and waits until the page is loaded.</summary>
    public Task GoAsync(string url) => LoadedAfterAsync(() => CallAsync("Page.navigate", new { url }));

    /// <summary>Clicks in the middle of the selected element, and waits for the page that follows.</summary>
    public Task FollowAsync(string selector) => LoadedAfterAsync(() => ClickAsync(selector));

    /// <summary>Clicks in the middle of the selected element.</summary>
    public async Task ClickAsync(string selector)
    {
        JsonElement at = await EvaluateAsync(
            $"(() => {{ const e = document.querySelector({JsonSerializer.Serialize(selector)}); "
                + $"e.scrollIntoView({{block:'center'}}); const r = e.getBoundingClientRect(); return [r.left + "
                + $"r.width / 2, r.top + r.height / 2]; }})()"
        );
        await MouseAsync("mouseMoved", at[0].GetDouble(), at[1].GetDouble());
        await PressAsync();
    }

    /// <summary>Moves the mouse, or presses or releases its button, at a place in the window.</summary>
    public async Task MouseAsync(string type, double x, double y)
    {
        _mouse = (x, y);
        await CallAsync(
            "Input.dispatchMouseEvent",
            new
            {
                type,
                x,
                y,
                button = type == "mouseMoved" ? "none" : "left",
                clickCount = type == "mouseMoved" ? 0 : 1,
            }
        );
    }

    /// <summary>Clicks where the mouse is.</summary>
    public async Task PressAsync()
    {
        (double x, double y) = _mouse;
        await MouseAsync("mousePressed", x, y);
        await MouseAsync("mouseReleased", x, y);
    }

    /// <summary>Taps in the middle of the selected element.</summary>
    public async Task TapAsync(string selector)
    {
        JsonElement at = await EvaluateAsync(
            $"(() => {{ const e = document.querySelector({JsonSerializer.Serialize(selector)}); "
                + "const r = e.getBoundingClientRect(); return [r.left + r.width / 2, r.top + r.height / 2]; })()"
        );
        await CallAsync("Emulation.setTouchEmulationEnabled", new { enabled = true });
        await CallAsync(
            "Input.dispatchTouchEvent",
            new { type = "touchStart", touchPoints = new[] { new { x = at[0].GetDouble(), y = at[1].GetDouble() } } }
        );
        await CallAsync("Input.dispatchTouchEvent", new { type = "touchEnd", touchPoints = Array.Empty<object>() });
    }

    /// <summary>Presses a key, such as Tab or Enter.</summary>
    public async Task KeyAsync(string key)
    {
        foreach (string type in new[] { "keyDown", "keyUp" })
        {
            await CallAsync(
                "Input.dispatchKeyEvent",
                new
                {
                    type,
                    key,
                    code = key,
                    windowsVirtualKeyCode = key == "Tab" ? 9 : 13,
                    text = key == "Enter" && type == "keyDown" ? "\r" : "",
                }
            );
        }
    }

    /// <summary>Types into the focused element.</summary>
    public Task TypeAsync(string text) => CallAsync("Input.insertText", new { text });

    /// <summary>The visible text of the page.</summary>
    public async Task<string> TextAsync() =>
        (await EvaluateAsync("document.body?.innerText ?? ''")).GetString()!.Replace('\u00A0', ' ');

    public async Task<string> AddressAsync() => (await EvaluateAsync("location.href")).GetString()!;

    /// <summary>Evaluates an expression in the page.</summary>
    public async Task<JsonElement> EvaluateAsync(string expression)
    {
        JsonElement answer = await CallAsync("Runtime.evaluate", new { expression, returnByValue = true });
        if (answer.TryGetProperty("exceptionDetails", out JsonElement problem))
        {
            throw new InvalidOperationException($"{expression}: {problem}");
        }

        return answer.GetProperty("result").TryGetProperty("value", out JsonElement value) ? value : default;
    }

    /// <summary>What axe finds against WCAG 2.2 at levels A and AA: rules and the elements that break them.</summary>
    public async Task<string[]> ViolationsAsync()
    {
        await EvaluateAsync(new BundledAxeScriptProvider().GetScript());
        JsonElement found = (
            await CallAsync(
                "Runtime.evaluate",
                new
                {
                    expression = """
                    axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })
                      .then(found => found.violations.flatMap(one => one.nodes.map(node => one.id + ': ' + node.html)))
                    """,
                    awaitPromise = true,
                    returnByValue = true,
                }
            )
        ).GetProperty("result").GetProperty("value");
        return [.. found.EnumerateArray().Select(one => one.GetString()!)];
    }

    /// <summary>Takes a screenshot of the whole page.</summary>
    public async Task<byte[]> PictureAsync(string name)
    {
        byte[] png = (await CallAsync("Page.captureScreenshot", new { format = "png", captureBeyondViewport = true }))
            .GetProperty("data")
            .GetBytesFromBase64();
        if (Environment.GetEnvironmentVariable("SCREENSHOTS") is { Length: > 0 } folder)
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, name + ".png"), png);
        }

        return png;
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private async Task LoadedAfterAsync(Func<Task> work)
    {
        // A marker in the old page shows when a new one has replaced it.
        await EvaluateAsync("window.left = 1");
        await work();
        await LiveWait.UntilAsync("the page is there", async () =>
        {
            try
            {
                return (await EvaluateAsync("window.left !== 1 && document.readyState === 'complete'")).ValueKind
                    == JsonValueKind.True;
            }
            catch (InvalidOperationException)
            {
                return false; // between two pages
            }
        });
    }

    private async Task<JsonElement> CallAsync(string method, object? parameters = null)
    {
        int id = ++_id;
        using var cancel = new CancellationTokenSource(LiveWait.Patience);
        await _socket.SendAsync(
            JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    id,
                    method,
                    @params = parameters ?? new { },
                }
            ),
            WebSocketMessageType.Text,
            true,
            cancel.Token
        );
        while (true)
        {
            JsonElement message = JsonDocument.Parse(await ReceiveAsync(cancel.Token)).RootElement;
            if (!message.TryGetProperty("id", out JsonElement answered) || answered.GetInt32() != id)
            {
                continue;
            }

            return message.TryGetProperty("result", out JsonElement result)
                ? result
                : throw new InvalidOperationException($"{method}: {message}");
        }
    }

    private async Task<byte[]> ReceiveAsync(CancellationToken cancel)
    {
        using var whole = new MemoryStream();
        byte[] part = new byte[64 * 1024];
        while (true)
        {
            ValueWebSocketReceiveResult read = await _socket.ReceiveAsync(part.AsMemory(), cancel);
            whole.Write(part, 0, read.Count);
            if (read.EndOfMessage)
            {
                return whole.ToArray();
            }
        }
    }

    private static string? Find() =>
        (
            from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            from name in Names
            select Path.Combine(folder, name)
        ).FirstOrDefault(File.Exists);

    [GeneratedRegex("DevTools listening on ws://([0-9.]+:[0-9]+)/")]
    private static partial Regex Listening();
}
