using System.Text.Json;
using Engine.Contracts;
using Tests.Support;
using Xunit;

namespace Integration.Tests.ConsolePages;

/// <summary>The big list of naughty strings as agents, pages, referrers and campaigns: it is shown as text.</summary>
public sealed class AttackTests
{
    /// <summary>Every so-manieth click's page is looked at.</summary>
    private const int Step = 4;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Attackers_text_is_text()
    {
        string file = SharedData.Find("clicks/bad/blns.json") ?? "";
        Assert.SkipUnless(file.Length > 0, "needs shared data");
        string[] texts = JsonSerializer.Deserialize<string[]>(await File.ReadAllTextAsync(file, Cancel))!;
        await using ConsoleLab lab = await ConsoleLab.StartAsync();
        lab.Lab.Log.SendAll(texts.Select(Click));
        await lab.Lab.IsDecidedAsync();
        using HttpClient http = lab.As("vera");
        string[] markup = [.. texts.Where(text => text.Contains('<') && text.Trim().Length > 3)];
        Assert.True(markup.Length > 100);
        List<string> paths =
        [
            "/console",
            "/console/campaigns",
            "/console/campaigns?page=2",
            "/console/publishers",
            "/console/clicks",
            "/console/credit",
            "/console/dead-letters",
        ];
        for (int i = 0; i < texts.Length; i += Step)
        {
            paths.Add($"/console/clicks/blns-{i}");
            if (Identifier.IsOne(texts[i]) && texts[i] is not ("." or ".."))
            {
                paths.Add("/console/campaigns/" + Uri.EscapeDataString(texts[i]));
                paths.Add("/console/campaigns?find=" + Uri.EscapeDataString(texts[i]));
            }
        }

        foreach (string path in paths)
        {
            string page = await http.GetStringAsync(path, Cancel);
            Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
            Assert.Null(markup.FirstOrDefault(text => page.Contains(text, StringComparison.Ordinal)));
        }

        string csv = await http.GetStringAsync("/console/credit.csv", Cancel);
        Assert.DoesNotContain(
            csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimStart('"')),
            line => line[0] is '=' or '+' or '-' or '@'
        );
    }

    private static LiveRecord Click(string text, int number)
    {
        long time = LiveEvents.Now;
        string name = Identifier.IsOne(text) ? text : "cmp-blns",
            ip = $"192.0.2.{number % 250}";
        string json = JsonSerializer.Serialize(
            new
            {
                type = "click",
                id = $"blns-{number}",
                time,
                ip,
                publisher = name,
                campaign = name,
                ua = text,
                page = text,
                referrer = text,
                target = text,
                cost_micros = 1,
            }
        );
        return new LiveRecord(Topics.Interactions, LiveEvents.KeyOf(ip), json, time);
    }
}
