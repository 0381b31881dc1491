using System.Text.RegularExpressions;
using Engine.Contracts;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests;

/// <summary><c>engine audit</c>: a click's verdict, reproduced from the log.</summary>
[Collection(RealKafka.AgainTests)]
public sealed class AuditTests(RealKafka kafka)
{
    private const int Clicks = 4_000;

    [Fact]
    public async Task A_verdict_is_reproduced_byte_for_byte_from_the_hours_before_it()
    {
        await using Lab lab = await Lab.RealAsync(kafka, Redises.Any);
        // Ten hours, so that a late click's rebuild doesn't begin with the log.
        long start = LiveEvents.Now - 10 * 3_600_000;
        await lab.RunUntilIdleAsync(lab.Redis);
        foreach (bool late in new[] { false, true })
        {
            lab.Log.SendAll(
                LiveEvents.Mixed(Clicks, start, 9_000).Where(record => record.Timestamp > start + 18_000_000 == late)
            );
            await lab.RunUntilIdleAsync(lab.Redis);
        }

        // One without reasons, whose verdict doesn't say where it is; one with; one that waited in vain for its path.
        string[] clicks = [$"m-{Clicks - 5}", $"m-{97 * ((Clicks - 1) / 97)}", $"m-{Clicks - 30 + 23 - 13}"];
        foreach (string click in clicks)
        {
            string given = (await lab.Redis.Database.StringGetAsync($"verdict:{click}")).ToString();
            CommandRun audit = await AuditAsync(lab, click);
            Assert.True(audit.ExitCode == 0, audit.ToString());
            Assert.Contains($"given       {given}\n", audit.Out);
            Assert.Contains($"reproduced  {given}\n", audit.Out);
            Assert.EndsWith("equal\n", audit.Out);
            Assert.Matches(@"read +[\d,]+ records from offset [1-9]", audit.Out);
            Assert.Matches("what mark [0-9]+ of ownership 2 says", audit.Out);
        }

        string key = LiveEvents.KeyOf($"203.0.{(Clicks - 5) % 211}.1");
        Assert.Equal(0, (await AuditAsync(lab, clicks[0], "--key", key)).ExitCode);

        // What was given is another verdict.
        string tampered = Regex.Replace(
            (await lab.Redis.Database.StringGetAsync($"verdict:{clicks[1]}")).ToString(),
            "\"class\":\"[a-z]+\"",
            "\"class\":\"suspect\""
        );
        await lab.Redis.Database.StringSetAsync($"verdict:{clicks[1]}", tampered);
        CommandRun differs = await AuditAsync(lab, clicks[1]);
        Assert.True(differs.ExitCode == 1, differs.ToString());
        Assert.Contains("differs     in class\n", differs.Out);

        // It has expired: the log still tells what it was.
        await lab.Redis.Database.KeyDeleteAsync($"verdict:{clicks[0]}");
        CommandRun expired = await AuditAsync(lab, clicks[0], "--key", key);
        Assert.True(expired.ExitCode == 3, expired.ToString());
        Assert.Contains("given       none", expired.Out);
        Assert.Contains($"reproduced  {{\"click\":\"{clicks[0]}\"", expired.Out);
    }

    [Fact]
    public async Task A_confirmed_verdict_is_reproduced_with_its_confirmation()
    {
        await using Lab lab = await Lab.RealAsync(kafka, Redises.Any);
        await lab.RunUntilIdleAsync(lab.Redis);
        long now = LiveEvents.Now - 60_000;
        await lab.Log.SendAsync(
            new LiveRecord(
                Topics.Settings,
                "rule/ask",
                """{"when":"true","then":{"class":"suspect","action":"confirm"}}""",
                now - 60_000
            )
        );
        await lab.Log.SendAsync(LiveEvents.Click("asked", now, "203.0.113.9"));
        await lab.Log.SendAsync(
            new LiveRecord(
                Topics.Interactions,
                LiveEvents.KeyOf("203.0.113.9"),
                $$"""{"type":"confirmation","click":"asked","time":{{now + 5_000}},"ip":"203.0.113.9","outcome":"confirmed","attempts":1,"latency_ms":4000}""",
                now + 5_000
            )
        );
        await lab.RunUntilIdleAsync(lab.Redis);

        CommandRun audit = await AuditAsync(lab, "asked");
        Assert.True(audit.ExitCode == 0, audit.ToString());
        Assert.True(audit.Out.Contains("confirmation.confirmed", StringComparison.Ordinal), audit.Out);
    }

    [Fact]
    public async Task A_click_that_never_came_is_not_there()
    {
        await using Lab lab = await Lab.RealAsync(kafka, Redises.Any);
        await lab.RunUntilIdleAsync(lab.Redis);
        CommandRun audit = await AuditAsync(lab, "nobody");
        Assert.True(audit.ExitCode == 3, audit.ToString());
        Assert.Contains("click 'nobody' is not in the log of interactions", audit.Error);
    }

    private static Task<CommandRun> AuditAsync(Lab lab, string click, params string[] more) =>
        Programs.EngineAsync([
            "audit",
            click,
            "--kafka",
            lab.Brokers,
            "--redis",
            lab.Redis.Address,
            "--config",
            lab.Config,
            .. more,
        ]);
}
