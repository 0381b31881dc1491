using Engine.Contracts;
using Integration.Tests.Access;
using Integration.Tests.Rig;
using Tests.Support;

namespace Integration.Tests.ConsolePages;

/// <summary>A running engine with users of each role, and clicks that are worth looking at: of several campaigns, hours
/// and classes, with names that attack whoever shows them.</summary>
internal sealed class ConsoleLab : IAsyncDisposable
{
    /// <summary>Names that are identifiers and more: markup, and what a spreadsheet takes for a formula.</summary>
    public static readonly string[] EvilNames =
    [
        "<script>document.title='evil'</script>",
        "\"><img/src=x/onerror=document.title='evil'>",
        "</textarea><svg/onload=document.title='evil'>",
        "=HYPERLINK(\"http://evil.example\",\"click\")",
        "+1+cmd|'/c",
        "-2+3",
        "@SUM(1,1)",
        "a/b%2Fc?d#e&f",
        "..",
    ];

    /// <summary>A click whose path is another's, and that other.</summary>
    public const string Replay = "replay-1",
        Original = "original-1";

    private ConsoleLab(Lab lab, EngineRun run) => (Lab, Run) = (lab, run);

    public Lab Lab { get; }

    public EngineRun Run { get; }

    /// <summary>The address of a page.</summary>
    public string At(string path) => $"http://{Run.Http}{path}";

    /// <summary>A program with a user's token.</summary>
    public HttpClient As(string name)
    {
        var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(At("")),
        };
        http.DefaultRequestHeaders.Authorization = new("Bearer", TestUsers.TokenOf(name));
        return http;
    }

    /// <summary>A user's browser.</summary>
    public Task<ConsoleVisitor> SignInAsync(string name) => ConsoleVisitor.SignInAsync(At(""), name);

    public static async Task<ConsoleLab> StartAsync(string redis = "", bool users = true, string deliver = "")
    {
        Lab lab = await Lab.EmbeddedAsync(
            redis.Length > 0 ? redis : Redises.Any,
            new EngineYaml
            {
                SessionMs = 3000,
                Samples = true,
                Complete = deliver.Length == 0,
                Deliver = deliver,
            }
        );
        if (users)
        {
            lab.AddUsers(("ada", "admin"), ("anna", "analyst"), ("vera", "viewer"), ("news", "sponsor sp-1"));
        }

        EngineRun run = await lab.StartAsync();
        return new ConsoleLab(lab, run);
    }

    /// <summary>Sends clicks of three hours, and waits until they are decided.</summary>
    public async Task PlayAsync(int clicks = 600)
    {
        long start = LiveEvents.Now - (long)TimeSpan.FromHours(3).TotalMilliseconds,
            step = (long)TimeSpan.FromHours(3).TotalMilliseconds / clicks;
        Lab.Log.SendAll(LiveEvents.Mixed(clicks, start, step));
        long now = LiveEvents.Now;
        Lab.Log.SendAll(EvilNames.Select((name, i) => Click($"evil-{i}", now, name, name)));
        Lab.Log.SendAll(
            new[] { Original, Replay }.Select(
                (id, i) =>
                    LiveEvents.Click(
                        id,
                        now + i,
                        $"198.51.100.{i + 1}",
                        $""","pointer":"mouse","path":{LiveEvents.Points(Original, 40)}"""
                    )
            )
        );
        await Lab.IsDecidedAsync();
    }

    /// <summary>A click with a campaign, a publisher, an agent and a page of attackers.</summary>
    private static LiveRecord Click(string id, long time, string name, string text)
    {
        string json = System.Text.Json.JsonSerializer.Serialize(
            new
            {
                type = "click",
                id,
                time,
                ip = "192.0.2.9",
                publisher = name,
                campaign = name,
                cost_micros = 1_234_567,
                ua = text,
                page = "https://news.example/" + text,
                referrer = text,
            }
        );
        return new LiveRecord(Topics.Interactions, LiveEvents.KeyOf("192.0.2.9"), json, time);
    }

    public async ValueTask DisposeAsync()
    {
        await Run.DisposeAsync();
        await Lab.DisposeAsync();
    }
}
