using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Engine.Contracts;
using Engine.Notices.Sending;
using Integration.Tests.Bindings;
using Integration.Tests.Rig;
using MimeKit;
using Tests.Support;
using Xunit;

namespace Integration.Tests.Meetings;

/// <summary><c>engine notify</c> with a real mail server and a real web server on loopback.</summary>
public sealed class NotifyTests
{
    private const string Key = "a key of more than thirty-two letters";

    [Fact]
    public async Task Notices_are_delivered_once_and_outcomes_reported()
    {
        await using var mail = new MailServer(LiveProcess.FreePort());
        using var web = new HookServer(LiveProcess.FreePort(), (hook, before) => hook.Path switch
            {
                "/chat" when before < 2 => 503,
                "/moved" => 302,
                "/elsewhere" => 200,
                "/gone" => 410,
                _ => 200,
            });
        await using Lab lab = await Lab.EmbeddedAsync(
            Redises.Any,
            BindingLab.Signing with
            {
                SessionMs = 3000,
                Models = false,
                More = $$"""
                signing_keys: [mine.key]
                notify:
                  smtp: {{mail.Address}}
                  smtp_security: none
                  from: Incidents <incidents@corp.example>
                  chat: {{web.Address}}/chat
                  webhook_key_file: hook.key
                  allow: [127.0.0.1/32]
                """,
            }
        );
        BindingLab.WriteKey(lab);
        lab.Folder.Write("hook.key", Key + "\n");
        lab.Folder.Write("settings/rules.yaml", "meeting-rule/soon: { after_s: 0, next_channel_after_s: 3600 }\n");
        await using EngineRun engine = await lab.StartAsync();
        int port = new Uri(web.Address).Port;
        string[] invitees =
        [
            Invitee("mail", """{"email":"Mail <p2@corp.example>"}"""),
            Invitee("hook", $$"""{"webhook":"{{web.Address}}/hook"}"""),
            Invitee("chat", """{"chat":"u-4"}"""),
            // Each fails at first, and mail comes next.
            Invitee("private", $$"""{"webhook":"http://127.0.0.2:{{port}}/hook"}""", Mail),
            Invitee("mapped", $$"""{"webhook":"http://[::ffff:127.0.0.2]:{{port}}/hook"}""", Mail),
            Invitee("moved", $$"""{"webhook":"{{web.Address}}/moved"}""", Mail),
            Invitee("gone", $$"""{"webhook":"{{web.Address}}/gone"}""", Mail),
            Invitee("scheme", """{"webhook":"file:///etc/passwd"}""", Mail),
            Invitee("user", $$"""{"webhook":"http://me@127.0.0.1:{{port}}/hook"}""", Mail),
            Invitee("phone", """{"phone":"+49 30 1234"}""", Mail),
            Invitee("nobody", """{"email":"no address"}"""),
            Invitee("header", """{"email":"a@b.example\nBcc: c@d.example"}"""),
        ];
        lab.Log.SendAll([
            new LiveRecord(
                Topics.Meetings,
                "m-1",
                $$"""{"type":"meeting-scheduled","id":"e-1","time":{{LiveEvents.Now}},"meeting":"m-1","title":"Störung 42","start":{{LiveEvents.Now}},"join":"https://meet.example/m-1","rules":["soon"],"invitees":[{{string.Join(',', invitees)}}]}"""
            ),
        ]);
        await using LiveProcess notify = Programs.Start("engine", null, Arguments(lab));
        Dictionary<string, string> states = await LiveWait.ForAsync("all outcomes are reported", async () =>
        {
            Dictionary<string, string> found = await StatesAsync(lab);
            return found.Count == invitees.Length && found.Values.All(state => state is "delivered" or "failed")
                ? found
                : null;
        });
        Assert.All(states, state =>
            Assert.Equal(state.Key is "nobody" or "header" ? "failed" : "delivered", state.Value)
        );
        string[] to = [.. mail.Mails.Select(one => one.To.Mailboxes.Single().Address).Order(StringComparer.Ordinal)];
        Assert.Equal(
            [
                "gone@x.example",
                "mapped@x.example",
                "moved@x.example",
                "p2@corp.example",
                "phone@x.example",
                "private@x.example",
                "scheme@x.example",
                "user@x.example",
            ],
            to
        );
        MimeMessage first = mail.Mails.First(one => one.To.Mailboxes.Single().Address == "p2@corp.example");
        Assert.Equal(("Störung 42", "incidents@corp.example"), (first.Subject, first.From.Mailboxes.Single().Address));
        Assert.Contains("0 of 12 are there: https://meet.example/m-1", first.TextBody);
        Assert.Equal(
            ["/chat", "/chat", "/chat", "/gone", "/hook", "/moved"],
            web.Hooks.Select(hook => hook.Path).Order()
        );
        Hook called = web.Hooks.Single(hook => hook.Path == "/hook");
        Assert.Equal(("m-1/soon/hook/webhook", "application/json"), (called.Identity, called.Type));
        Assert.Equal(called.Signature, SignatureOf(called));
        Assert.Equal("m-1/soon/hook", (string?)JsonNode.Parse(called.Body)!["notice"]);

        // Whoever reads it all again, as after a crash, delivers nothing again.
        await notify.KillAsync();
        int mails = mail.Mails.Count;
        int hooks = web.Hooks.Count;
        CommandRun again = await Programs.EngineAsync([.. Arguments(lab), "--until-idle", "3"]);
        Assert.True(
            again.ExitCode == 0 && again.Error.Contains("0 delivered, 0 failed", StringComparison.Ordinal),
            again.ToString()
        );
        Assert.Equal((mails, hooks), (mail.Mails.Count, web.Hooks.Count));
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("10.1.2.3", true)]
    [InlineData("10.2.2.3", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("172.32.0.1", true)]
    [InlineData("192.168.1.1", false)]
    [InlineData("198.19.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:10.1.2.3", true)]
    [InlineData("::127.0.0.1", false)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("2001:0:1::", false)]
    [InlineData("fc00::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("ff02::1", false)]
    public void A_webhook_reaches_public_addresses_and_listed_ones(string address, bool permitted) =>
        Assert.Equal(permitted, new AddressGuard([IPNetwork.Parse("10.1.0.0/16")]).Permits(IPAddress.Parse(address)));

    private const string Mail = "mail";

    private static string Invitee(string person, string channel, string? then = null) =>
        $$"""{"person":"{{person}}","channels":[{{channel}}{{(then == Mail ? $",{{\"email\":\"{person}@x.example\"}}" : "")}}]}""";

    private static string[] Arguments(Lab lab) =>
        ["notify", "--kafka", lab.Brokers, "--redis", lab.Redis.Address, "--config", lab.Config];

    private static async Task<Dictionary<string, string>> StatesAsync(Lab lab)
    {
        string? json = await lab.Redis.Database.StringGetAsync("meeting:m-1");
        return json == null
            ? []
            : JsonNode.Parse(json)!["notices"]!
                .AsArray()
                .ToDictionary(notice => (string)notice!["person"]!, notice => (string)notice!["state"]!);
    }

    private static string SignatureOf(Hook hook)
    {
        string seconds = hook.Signature!.Split(',')[0][2..];
        byte[] hash = HMACSHA256.HashData(
            Encoding.UTF8.GetBytes(Key),
            Encoding.UTF8.GetBytes($"{seconds}.{hook.Body}")
        );
        return $"t={seconds},v1={Convert.ToHexStringLower(hash)}";
    }
}
