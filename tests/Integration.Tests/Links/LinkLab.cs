using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests.Links;

/// <summary>An engine, and <c>ingest http</c> with the demo's ads before it.</summary>
internal sealed class LinkLab : IAsyncDisposable
{
    private readonly EngineRun _engine;
    private readonly LiveProcess _front;

    private LinkLab(Lab lab, EngineRun engine, LiveProcess front, string address) =>
        (Lab, _engine, _front, Address) = (lab, engine, front, address);

    public Lab Lab { get; }

    /// <summary>The front end's, <c>http://127.0.0.1:…</c>.</summary>
    public string Address { get; }

    /// <param name="deliver">More of the section <c>deliver</c> of engine.yaml.</param>
    /// <param name="models">Whether the shipped models score.</param>
    public static async Task<LinkLab> StartAsync(string deliver = "", bool models = true)
    {
        Lab lab = await Lab.EmbeddedAsync(
            Redises.Any,
            new EngineYaml
            {
                Complete = true,
                SessionMs = 3000,
                Deliver = deliver,
                Models = models,
            }
        );
        EngineRun engine = await lab.StartAsync();
        LiveProcess front = Programs.Start(
            "ingest",
            lab.Folder.Path,
            "http",
            "--demo",
            "--listen",
            "127.0.0.1:0",
            "--kafka",
            lab.Brokers,
            "--redis",
            lab.Redis.Address,
            "--config",
            // Programs that have just started, on a busy machine, take longer than 150 ms.
            lab.Folder.Write("front.yaml", "decide_ms: 5000\n")
        );
        const string Told = "a page to try it out: ";
        await front.SaysAsync(Told);
        await LiveWait.UntilAsync("the address is told", () => front.Out.Contains("/demo\n", StringComparison.Ordinal));
        string address = front.Out[(front.Out.IndexOf(Told, StringComparison.Ordinal) + Told.Length)..].Split("/demo")[
            0
        ];
        var links = new LinkLab(lab, engine, front, address);
        await links.WarmUpAsync();
        return links;
    }

    /// <summary>Clicks until a click on the ad that asks back is decided as its rule says: by then the settings are in
    /// force everywhere, and everything has run once.</summary>
    private async Task WarmUpAsync()
    {
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        await LiveWait.UntilAsync("the demo's settings are in force", async () =>
        {
            using HttpResponseMessage answer = await http.GetAsync(
                Address + "/click?campaign=demo-confirm&publisher=demo",
                TestContext.Current.CancellationToken
            );
            return answer.Headers.Location?.ToString().StartsWith("/confirm/", StringComparison.Ordinal) == true;
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _front.DisposeAsync();
        await _engine.DisposeAsync();
        await Lab.DisposeAsync();
    }
}
