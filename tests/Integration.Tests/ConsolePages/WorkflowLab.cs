using System.Text;
using System.Text.Json.Nodes;
using Integration.Tests.Access;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests.ConsolePages;

/// <summary>A running engine with a browser whose visitor is an analyst: shared by the tests of the workflows' pages,
/// each of which sends its own events.</summary>
public sealed class WorkflowLab : IAsyncLifetime
{
    internal ConsoleLab Console { get; private set; } = null!;

    /// <summary>A program of an admin.</summary>
    internal HttpClient Http { get; private set; } = null!;

    /// <summary>Null if there is none on the path.</summary>
    internal Browser? Browser { get; private set; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Console = await ConsoleLab.StartAsync();
        Http = Console.As("ada");
        if (Browser.IsThere)
        {
            Browser = await Browser.StartAsync();
            await Browser.GoAsync(Console.At("/console"));
            await Browser.ClickAsync("#token");
            await Browser.TypeAsync(TestUsers.TokenOf("anna"));
            await Browser.FollowAsync("main button");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Browser != null)
        {
            await Browser.DisposeAsync();
        }

        Http.Dispose();
        await Console.DisposeAsync();
    }

    /// <summary>Sends an event, and waits for its result.</summary>
    internal async Task<JsonNode> SendAsync(string path, JsonObject e)
    {
        e["time"] = LiveEvents.Now;
        using var body = new StringContent(e.ToJsonString(), Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await Http.PostAsync($"{path}?wait=20000", body, Cancel);
        string text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    /// <summary>Opens a page in the browser, looks at it on a phone and on a desk, light and dark, and returns its
    /// text in one line. Scripts don't run but while it is looked at.</summary>
    internal async Task<string> LookAsync(string path, string name)
    {
        Assert.SkipUnless(Browser != null, "needs chromium on the path");
        await Browser.ScriptsAsync(run: false);
        await Browser.GoAsync(Console.At(path));
        await Browser.ScriptsAsync(run: true);
        foreach (bool dark in new[] { true, false })
        {
            await Browser.SchemeAsync(dark);
            await PageLook.FitsAsync(Browser, name + (dark ? "-dark" : ""));
        }

        Assert.NotEqual("evil", (await Browser.EvaluateAsync("document.title")).GetString());
        return await TextAsync();
    }

    internal async Task<string> TextAsync() =>
        string.Join(' ', (await Browser!.TextAsync()).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
