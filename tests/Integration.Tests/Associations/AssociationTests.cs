using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Integration.Tests.Bindings;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests.Associations;

/// <summary>Associations over HTTP and in a browser, with a running engine, its Kafka and a Redis.</summary>
public sealed class AssociationTests : IDisposable
{
    private readonly LiveFolder _pictures = new();

    [Fact]
    public async Task Codes_lead_from_one_account_to_the_next_and_the_chain_is_walked_from_both_ends()
    {
        await using Lab lab = await StartAsync();
        await using EngineRun engine = await lab.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri($"http://{engine.Http}") };
        JsonNode first = await PostAsync(http, "a-1", "acc-1", null),
            second = await PostAsync(http, "a-2", "acc-2", (string)first["code"]!),
            third = await PostAsync(http, "a-3", "acc-3", (string)second["code"]!);
        Assert.Equal(("associated", 2), ((string?)third["outcome"], (int)third["depth"]!));
        Assert.StartsWith("<svg", (string)third["svg"]!);
        Assert.Equal("ring", (string?)(await PostAsync(http, "a-4", "ACC-1", (string)third["code"]!))["reasons"]![0]);

        JsonNode chain = await GetAsync(http, "/v1/associations/a-3/chain");
        Assert.Equal(["acc-1", "acc-2", "acc-3"], chain["chain"]!.AsArray().Select(one => (string)one!["account"]!));
        JsonNode brought = await GetAsync(http, "/v1/items/it-9/associations?account=Acc-1");
        Assert.Equal("a-2", (string?)brought["associations"]![0]!["association"]);
        // The sample's condition: a third friend.
        await PostAsync(http, "a-5", "acc-5", (string)first["code"]!);
        JsonNode friend = await PostAsync(http, "a-6", "acc-6", (string)first["code"]!);
        Assert.Equal("third-friend", (string?)friend["pushed"]![0]!["condition"]);
        await LiveWait.UntilAsync("acc-1 is notified", () =>
            lab
                .Log.ReadAll("notifications")
                .Exists(record => (string?)JsonNode.Parse(record.Message.Value)!["recipient"] == "acc-1")
        );
        using HttpResponseMessage unknown = await http.GetAsync(
            "/v1/associations/nobody",
            TestContext.Current.CancellationToken
        );
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task Two_phones_show_and_read_a_code()
    {
        Assert.SkipUnless(Rig.Browser.IsThere, "no browser on the path");
        await using Lab lab = await StartAsync();
        await using EngineRun engine = await lab.StartAsync();
        await using Rig.Browser phone = await Rig.Browser.StartAsync();
        await phone.SizeAsync(400, 800, phone: true);
        await phone.GoAsync($"http://{engine.Http}/i/it-9");
        await phone.PictureAsync("item-400");
        Assert.Empty(await phone.ViolationsAsync());
        await phone.EvaluateAsync("document.querySelector('input[name=account]').focus()");
        await phone.TypeAsync("acc-1");
        await phone.FollowAsync("form button");
        byte[] picture = await phone.PictureAsync("item-code-400");
        string code = (await phone.EvaluateAsync("document.getElementById('code').textContent")).GetString()!;
        string file = _pictures.File("code.png");
        await File.WriteAllBytesAsync(file, picture, TestContext.Current.CancellationToken);
        Assert.Equal(code, await QrReader.ReadFileAsync(file));

        await phone.GoAsync($"http://{engine.Http}/i/it-9/read");
        await phone.EvaluateAsync("document.getElementById('code').focus()");
        await phone.TypeAsync(code[..20].ToLowerInvariant() + "\n" + code[20..]);
        await phone.EvaluateAsync("document.querySelector('input[name=account]').focus()");
        await phone.TypeAsync("acc-2");
        await phone.PictureAsync("item-read-400");
        await phone.FollowAsync("form button:not([type=button])");
        Assert.Contains("Your code", await phone.TextAsync());
        Assert.Empty(await phone.ViolationsAsync());
        await phone.SizeAsync(1280, 800, phone: false);
        await phone.PictureAsync("item-code-1280");
    }

    public void Dispose() => _pictures.Dispose();

    private static async Task<Lab> StartAsync()
    {
        Lab lab = await Lab.EmbeddedAsync(Redises.Any, BindingLab.Signing with { SessionMs = 3000 });
        BindingLab.WriteKey(lab);
        return lab;
    }

    private static async Task<JsonNode> PostAsync(HttpClient http, string id, string account, string? code)
    {
        var e = new JsonObject
        {
            ["type"] = "association",
            ["id"] = id,
            ["time"] = LiveEvents.Now,
            ["item"] = "it-9",
            ["account"] = account,
        };
        if (code != null)
        {
            e["code"] = code;
        }

        using HttpResponseMessage answer = await http.PostAsync(
            "/v1/associations?wait=20000",
            new StringContent(e.ToJsonString(), Encoding.UTF8, "application/json"),
            TestContext.Current.CancellationToken
        );
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }

    private static async Task<JsonNode> GetAsync(HttpClient http, string path) =>
        JsonNode.Parse(await http.GetStringAsync(path, TestContext.Current.CancellationToken))!;
}
