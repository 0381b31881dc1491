using System.Net;
using System.Text;
using System.Text.Json;
using Engine.Workflows.TaggedContent.Tagging;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests.TaggedContent;

/// <summary>HTML made to get past sanitisers, tagged and shown in a real browser.</summary>
public sealed class SanitiserTests : IDisposable
{
    /// <summary>Tells of everything that payloads do when they run.</summary>
    private const string Trap = """
        window.alert = window.confirm = window.prompt = window.print = () => { (window.top.ran ??= []).push(window.name); };
        """;

    /// <summary>Touches every element of every frame.</summary>
    private const string Provoke = """
        (() => {
          for (const frame of document.querySelectorAll('iframe')) {
            for (const element of frame.contentDocument.querySelectorAll('*')) {
              for (const type of ['mouseover', 'mouseout', 'focus', 'load', 'error', 'begin', 'toggle', 'pointerenter']) {
                element.dispatchEvent(new Event(type));
              }
            }
          }
        })()
        """;

    private const string Attributes = """
        [...document.querySelectorAll('iframe')].flatMap(frame => [...frame.contentDocument.querySelectorAll('*')])
          .flatMap(element => [...element.attributes].map(one => one.name.toLowerCase()))
          .filter(name => name.startsWith('on') || name === 'srcdoc').length
        """;

    /// <summary>Frames whose HTML the browser reads differently once it has written it.</summary>
    private const string Unstable = """
        [...document.querySelectorAll('iframe')].filter(frame => {
          const once = frame.contentDocument.documentElement.outerHTML;
          return new DOMParser().parseFromString('<!DOCTYPE html>' + once, 'text/html').documentElement.outerHTML !== once;
        }).map(frame => frame.name).join(' ')
        """;

    private readonly LiveFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Nothing_runs_in_a_browser()
    {
        string? file = SharedData.Find("text/sanitiser.jsonl");
        Assert.SkipWhen(file is null, "there is no shared data");
        Assert.SkipUnless(Browser.IsThere, "needs chromium on the path");
        string[] payloads =
        [
            .. File.ReadLines(file)
                .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("payload").GetString()!),
        ];
        Tagger tagger = Tagger.Build(
            BookmarkFile.Read(["""{"phrase":"alert"}""", """{"phrase":"x"}""", """{"phrase":"123"}"""], isExact: false)
        );
        string[] tagged = [.. payloads.Select(payload => tagger.Tag(new TagRequest(payload, IsHtml: true)).Html)];

        await using Browser browser = await Browser.StartAsync();
        await browser.BeforeEachPageAsync(Trap);
        // As they are, so that the trap is known to work.
        Assert.InRange((await RanAsync(browser, "raw", payloads)).Length, 20, payloads.Length);
        string[] ran = await RanAsync(browser, "tagged", tagged);
        Assert.True(ran.Length == 0, string.Join('\n', ran.Select(name => tagged[int.Parse(name[1..])])));
        Assert.Equal(0, (await browser.EvaluateAsync(Attributes)).GetInt32());
        Assert.Equal("", (await browser.EvaluateAsync(Unstable)).GetString());
    }

    /// <summary>The names of the frames in which something ran.</summary>
    private async Task<string[]> RanAsync(Browser browser, string name, string[] documents)
    {
        var page = new StringBuilder("<!DOCTYPE html><title>frames</title>");
        for (int i = 0; i < documents.Length; i++)
        {
            page.Append($"<iframe name=\"f{i}\" srcdoc=\"{WebUtility.HtmlEncode(documents[i])}\"></iframe>\n");
        }

        await browser.GoAsync(new Uri(_folder.Write($"{name}.html", page.ToString())).AbsoluteUri);
        try
        {
            await browser.EvaluateAsync(Provoke);
        }
        catch (InvalidOperationException) when (name == "raw")
        {
            // A payload has led its frame elsewhere.
        }

        return JsonSerializer.Deserialize<string[]>(
            (await browser.EvaluateAsync("JSON.stringify([...new Set(window.ran ?? [])])")).GetString()!
        )!;
    }
}
