using System.Text.Json;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests.Bindings;

/// <summary>Both clients' pages in a real browser of a phone's size.</summary>
public sealed class PhoneTests : IDisposable
{
    private readonly LiveFolder _pictures = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Two_phones_bind_with_and_without_scripts(bool scripts)
    {
        await using Lab lab = await BindingLab.StartAsync(Redises.Any);
        await using EngineRun engine = await lab.StartAsync();
        await using Browser phone = await Browser.StartAsync();
        await phone.ScriptsAsync(scripts);
        string page = $"http://{engine.Http}/b/poster-7";

        // The first opens the poster's address, chooses, and shows a picture that a reader reads.
        await phone.OpenAsync(page);
        await FitsAsync(phone);
        await phone.PictureAsync(_pictures, "1-poster");
        await phone.TypeAsync("input[name=account]", "acc-1");
        await phone.ClickAsync("form button");
        await phone.WaitForAsync(".picture svg");
        await FitsAsync(phone);
        string picture = await phone.PictureAsync(_pictures, "2-code");
        await phone.ClickAsync("summary");
        string text = (await phone.EvaluateAsync("document.getElementById('code').textContent"))!;
        await phone.PictureAsync(_pictures, "3-code-as-text");
        Assert.Equal(text, await QrReader.ReadFileAsync(picture));
        Assert.Equal("acc-1", BindingLab.Keys.Read(text)!.Account);

        // The second reads it, answers the prompt, and sees what became of it.
        await phone.OpenAsync(page);
        await phone.ClickAsync("a.plain");
        await phone.WaitForAsync("#code");
        Assert.Equal("true", await phone.EvaluateAsync("document.getElementById('scan').hidden"));
        await phone.TypeAsync("#code", text[..^1]);
        await phone.ClickAsync("form button:not([type=button])");
        await phone.WaitForAsync("[aria-invalid=true]");
        await phone.PictureAsync(_pictures, "4-read-wrong");
        await phone.EvaluateAsync("document.getElementById('code').value = ''");
        await phone.TypeAsync("#code", $" {text[..20].ToLowerInvariant()}\n{text[20..]}\n");
        await phone.ClickAsync("form button:not([type=button])");
        await phone.WaitForAsync("input[name=f0]");
        await FitsAsync(phone);
        Assert.Equal(
            "0.01 50 any true",
            await phone.EvaluateAsync(
                "(e => `${e.min} ${e.max} ${e.step} ${e.required}`)(document.querySelector('input[name=f0]'))"
            )
        );
        await phone.TypeAsync("input[name=account]", "acc-2");
        await phone.TypeAsync("input[name=f0]", "1.5");
        await phone.TypeAsync("input[name=f1]", "thanks, \"you\" <3");
        await phone.PictureAsync(_pictures, "5-prompt");
        await phone.ClickAsync("form button");
        await phone.WaitForAsync("#outcome");
        await FitsAsync(phone);
        await phone.PictureAsync(_pictures, "6-outcome");
        Assert.Equal("Counted", await phone.EvaluateAsync("document.getElementById('outcome').textContent.trim()"));
        string id = (await phone.EvaluateAsync("location.pathname.split('/').pop()"))!;
        JsonElement outcome = JsonDocument
            .Parse(((string?)await lab.Redis.Database.StringGetAsync($"binding:{id}"))!)
            .RootElement;
        Assert.Equal(
            """{"amount_micros":1500000,"remark":"thanks, \"you\" <3"}""",
            outcome.GetProperty("values").GetRawText()
        );
        Assert.Equal("""["acc-1","acc-2"]""", outcome.GetProperty("accounts").GetRawText());

        // Used codes say so, to people.
        await phone.OpenAsync(page + "/bind");
        await phone.TypeAsync("#code", text);
        await phone.ClickAsync("form button:not([type=button])");
        await phone.WaitForAsync("input[name=f0]");
        await phone.TypeAsync("input[name=account]", "acc-3");
        await phone.TypeAsync("input[name=f0]", "2");
        await phone.ClickAsync("form button");
        await phone.WaitForAsync("#outcome");
        await phone.PictureAsync(_pictures, "7-used");
        Assert.Contains(
            "The code has already been used. (code.used)",
            System.Text.RegularExpressions.Regex.Replace(
                (await phone.EvaluateAsync("document.querySelector('.card').textContent"))!,
                @"\s+",
                " "
            )
        );
    }

    /// <summary>
    /// Browsers on Linux have a camera (here Chromium's test picture) but no BarcodeDetector: what it would find is put
    /// in its place, so that all of the page's own script runs.
    /// </summary>
    [Fact]
    public async Task Where_the_browser_reads_codes_the_camera_fills_the_form()
    {
        await using Lab lab = await BindingLab.StartAsync(Redises.Any);
        await using EngineRun engine = await lab.StartAsync();
        using var client = new BindingClient(engine.Http);
        string code = (await client.CodeAsync()).GetProperty("code").GetString()!;
        await using Browser phone = await Browser.StartAsync();
        await phone.BeforeEachPageAsync(
            $$"""
            window.BarcodeDetector = class {
              static getSupportedFormats() { return Promise.resolve(['qr_code']); }
              async detect(video) { return video.videoWidth > 0 && ++window.looks > 3 ? [{ rawValue: {{JsonSerializer.Serialize(
                code
            )}} }] : []; }
            };
            window.looks = 0;
            """
        );
        await phone.OpenAsync($"http://{engine.Http}/b/poster-7/bind");
        await phone.WaitForAsync("#scan:not([hidden])");
        await phone.PictureAsync(_pictures, "8-camera");
        await phone.ClickAsync("#scan");
        await phone.WaitForAsync("input[name=f0]");
        Assert.Equal(code, await phone.EvaluateAsync("document.querySelector('input[name=code]').value"));
    }

    public void Dispose() => _pictures.Dispose();

    /// <summary>Nothing sticks out of the screen, and nothing was kept out by the page's policy.</summary>
    private static async Task FitsAsync(Browser phone)
    {
        Assert.Equal($"{Browser.Width}", await phone.EvaluateAsync("document.documentElement.scrollWidth"));
        Assert.NotEqual("16px", await phone.EvaluateAsync("getComputedStyle(document.body).fontSize"));
    }
}
