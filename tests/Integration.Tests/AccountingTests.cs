using System.Globalization;
using System.Text.RegularExpressions;
using Engine.Contracts;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests;

/// <summary>Every record of the log is accounted for, in the summary and in Redis.</summary>
public partial class AccountingTests
{
    [Fact]
    public async Task Generated_traffic_is_accounted_for_to_the_last_record()
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Garnet);
        CommandRun sent = await Programs.IngestAsync("generate", "2000", "--kafka", lab.Brokers, "--seed", "7");
        Assert.True(sent.ExitCode == 0, sent.ToString());
        Dictionary<string, long> told = Table(sent.Out);
        CommandRun end = await lab.RunUntilIdleAsync(lab.Redis);
        string summary = end.Out;
        long records = lab
            .Log.ReadAll(Topics.Interactions)
            .Count(record => !record.Message.Value.AsSpan().SequenceEqual("{\"type\":\"tick\"}"u8));
        Assert.Equal(told["sent"], records);
        Assert.StartsWith("Ended: nothing left to do.", summary);
        Assert.Equal(records, Number(summary, "without ticks: "));
        Assert.Equal(2000, Number(summary, "verdicts "));
        Assert.Equal(2000, told["click"]);
        Assert.Equal(told.GetValueOrDefault("repeated click"), Number(summary, "duplicates "));
        Assert.Equal(told["cursor-path"], Number(summary, "cursor paths "));
        Assert.Equal(told.GetValueOrDefault("confirmation"), Number(summary, "confirmations "));
        Assert.Equal(told["to dead letters"], Number(summary, "dead letters "));
        Assert.Equal(told["to dead letters"], lab.Log.Count(Topics.DeadLetters));
        Assert.Equal(2000, lab.Redis.Keys("verdict:").Count);
        Assert.Equal(2000, await lab.Redis.TotalAsync("campaign", "clicks"));
        foreach (string word in new[] { "valid", "suspect", "givt", "sivt" })
        {
            Assert.Equal(Number(summary, word + " "), await lab.Redis.TotalAsync("publisher", "clicks:" + word));
        }
    }

    [Fact]
    public async Task A_run_until_idle_waits_for_what_may_come_and_leaves_what_is_done_alone()
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Any);
        await using (EngineRun run = EngineRun.Launch(lab.Brokers, lab.Redis.Address, lab.Config, "--until-idle", "8"))
        {
            // Nothing has come yet: it waits for so long, and what comes meanwhile is decided.
            await run.Process.SaysAsync("taken over at offset");
            await lab.Log.SendAsync(LiveEvents.Click("late", LiveEvents.Now));
            CommandRun end = await run.EndAsync();
            Assert.True(end.ExitCode == 0, end.ToString());
            Assert.Contains("without ticks: 1", end.Out);
        }
        CommandRun again = await lab.RunUntilIdleAsync(lab.Redis);
        Assert.Contains("without ticks: 0", again.Out);
        Assert.Equal(1, await lab.Redis.TotalAsync("campaign", "clicks"));
    }

    [Fact]
    public async Task Progress_past_the_logs_end_is_refused()
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Any);
        await lab.Redis.Database.StringSetAsync("progress:engine:{interactions-1}", $"100 {LiveEvents.Now}");
        await using EngineRun run = EngineRun.Launch(lab.Brokers, lab.Redis.Address, lab.Config);
        CommandRun end = await run.EndAsync();
        Assert.True(end.ExitCode == 1, end.ToString());
        Assert.Contains("interactions-1: progress 100 is past the log's end 0", end.Error);
    }

    private static long Number(string text, string behind)
    {
        Match match = Regex.Match(text, Regex.Escape(behind) + @"\s*([\d,]+)");
        Assert.True(match.Success, $"'{behind}' isn't in {text}");
        return long.Parse(match.Groups[1].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
    }

    /// <summary>Lines of a name and a number.</summary>
    private static Dictionary<string, long> Table(string text) =>
        Row()
            .Matches(text)
            .ToDictionary(
                row => row.Groups[1].Value.Trim(),
                row => long.Parse(row.Groups[2].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture)
            );

    [GeneratedRegex(@"^ *([a-z][a-z -]*?) {2,}([\d,]+)\r?$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
