using System.Net;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Engine.Contracts;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests.ConsolePages;

/// <summary>The pages of events that couldn't be used: shown safely, mended, sent again.</summary>
public sealed class DeadLetterPageTests
{
    private const string Broken =
        """{"type":"click","id":"broken-1","time":TIME,"ip":"203.0.113.9","publisher":"pub-1","cost_micros":5}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_letter_is_mended_sent_again_and_decided()
    {
        await using ConsoleLab lab = await ConsoleLab.StartAsync();
        string path = await BreakAsync(lab, Broken.Replace("TIME", $"{LiveEvents.Now}"));
        using ConsoleVisitor anna = await lab.SignInAsync("anna");
        string page = WebUtility.HtmlDecode(await anna.GetAsync(path));
        Assert.Contains("A field that is required isn't there.", page);
        Assert.Contains("<code>missing-field</code>", page);
        Assert.Contains("campaign", page);

        // Not mended yet: told why, and what was written stays.
        Dictionary<string, string> form = new()
        {
            ["key"] = "203.0.113.0/24",
            ["value"] = Broken.Replace("TIME", $"{LiveEvents.Now}"),
            ["because"] = "The tag was old.",
        };
        HttpResponseMessage refused = await anna.PostAsync(path, path + "/send", form);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        string again = WebUtility.HtmlDecode(await refused.Content.ReadAsStringAsync(Cancel));
        Assert.Contains("It still can't be used: missing-field, campaign.", again);
        Assert.Contains("value=\"The tag was old.\"", again);

        form["value"] = form["value"].Replace("\"cost_micros\"", "\r\n\"campaign\":\"cmp-1\",\"cost_micros\"");
        form["key"] = "198.51.100.0/24";
        Assert.Equal(HttpStatusCode.BadRequest, (await anna.PostAsync(path, path + "/send", form)).StatusCode);
        form["key"] = "203.0.113.0/24";
        HttpResponseMessage sent = await anna.PostAsync(path, path + "/send", form);
        Assert.Equal((HttpStatusCode.SeeOther, path + "?sent"), (sent.StatusCode, $"{sent.Headers.Location}"));
        await lab.Lab.VerdictAsync("broken-1");
        ConsumeResult<byte[], byte[]> record = lab.Lab.Log.ReadAll(Topics.Interactions)[^1];
        Assert.Equal(
            ("user anna", "The tag was old."),
            (Header(record, "resent.by"), Header(record, "resent.because"))
        );
        Assert.StartsWith("dead-letters-", Header(record, "resent.of"));
        Assert.DoesNotContain(record.Message.Headers, header =>
            header.Key.StartsWith("error.", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Whatever_the_value_is_it_is_shown_and_runs_nowhere()
    {
        await using ConsoleLab lab = await ConsoleLab.StartAsync();
        using HttpClient http = lab.As("vera");
        foreach (
            byte[] value in new[]
            {
                [0xff, 0xfe, 0x00, 0x3c, 0x73],
                "<script>alert(1)</script>"u8.ToArray(),
                "</textarea></pre><script>alert(1)</script>"u8.ToArray(),
                Encoding.UTF8.GetBytes("\u202egpj.exe\u0007\u0000"),
                [],
                Encoding.UTF8.GetBytes(new string('x', 300_000)),
            }
        )
        {
            string path = await BreakAsync(lab, value);
            string page = await http.GetStringAsync(path, Cancel);
            Assert.DoesNotContain("<script", page);
            Assert.DoesNotContain('\u202e', page);
            Assert.DoesNotContain('\u0007', page);
            Assert.DoesNotContain("Send to", page);
        }

        Assert.Contains("ff fe 00 3c 73", await PageOfAsync(lab, http, [0xff, 0xfe, 0x00, 0x3c, 0x73]));
    }

    [Fact]
    public async Task Only_analysts_send_and_only_what_is_there()
    {
        await using ConsoleLab lab = await ConsoleLab.StartAsync();
        string path = await BreakAsync(lab, Broken.Replace("TIME", "1"));
        Dictionary<string, string> form = new()
        {
            ["key"] = "203.0.113.0/24",
            ["value"] = Broken.Replace("TIME", $"{LiveEvents.Now},\"campaign\":\"cmp-1\""),
            ["because"] = "So it is.",
        };
        using ConsoleVisitor vera = await lab.SignInAsync("vera");
        Assert.Equal(HttpStatusCode.Forbidden, (await vera.PostAsync(path, path + "/send", form)).StatusCode);
        using ConsoleVisitor anna = await lab.SignInAsync("anna");
        Assert.Equal(HttpStatusCode.BadRequest, (await anna.PostAsync(null, path + "/send", form)).StatusCode);
        foreach (string missing in new[] { "/console/dead-letters/0/999999", "/console/dead-letters/77/0" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await anna.PostAsync(path, missing + "/send", form)).StatusCode);
        }
    }

    [Fact]
    public async Task A_command_lists_them_too()
    {
        await using ConsoleLab lab = await ConsoleLab.StartAsync();
        await BreakAsync(lab, Broken.Replace("TIME", "1"));
        await BreakAsync(lab, [0xff, 0x3c]);
        CommandRun all = await ListAsync(lab);
        Assert.Equal((0, 2), (all.ExitCode, all.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length));
        Assert.Contains("missing-field: campaign  from interactions-", all.Out);
        CommandRun some = await ListAsync(lab, "--reason", "malformed", "--json");
        JsonElement letter = JsonDocument.Parse(some.Out).RootElement;
        Assert.Equal("/zw=", letter.GetProperty("base64").GetString());
    }

    private static Task<CommandRun> ListAsync(ConsoleLab lab, params string[] more) =>
        Programs.EngineAsync(["dead-letters", "--kafka", lab.Lab.Brokers, "--config", lab.Lab.Config, .. more]);

    private static string? Header(ConsumeResult<byte[], byte[]> record, string name) =>
        record.Message.Headers.TryGetLastBytes(name, out byte[] value) ? Encoding.UTF8.GetString(value) : null;

    private static Task<string> BreakAsync(ConsoleLab lab, string value) =>
        BreakAsync(lab, Encoding.UTF8.GetBytes(value));

    private static async Task<string> PageOfAsync(ConsoleLab lab, HttpClient http, byte[] value) =>
        await http.GetStringAsync(await BreakAsync(lab, value), Cancel);

    /// <summary>Sends something that can't be used. Returns the address of its page.</summary>
    private static async Task<string> BreakAsync(ConsoleLab lab, byte[] value)
    {
        string[] before = [.. Letters(lab)];
        await lab.Lab.Log.SendAsync(new LiveRecord(Topics.Interactions, "203.0.113.0/24", value, LiveEvents.Now));
        return await LiveWait.ForAsync("it is a dead letter", () =>
            Task.FromResult(Letters(lab).Except(before).FirstOrDefault())
        );
    }

    /// <summary>The addresses of the pages of all dead letters.</summary>
    private static IEnumerable<string> Letters(ConsoleLab lab) =>
        lab
            .Lab.Log.ReadAll(Topics.DeadLetters)
            .Select(letter => $"/console/dead-letters/{letter.Partition.Value}/{letter.Offset.Value}");
}
