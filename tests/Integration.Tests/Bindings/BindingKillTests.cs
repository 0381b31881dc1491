using Engine.Contracts;
using Engine.Workflows.Bindings.Codes;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests.Bindings;

/// <summary>Each binding is counted once, whatever comes between: kills leave what an undisturbed run leaves.</summary>
public sealed class BindingKillTests
{
    private const int Events = 4_000,
        Pages = 6;

    internal static readonly string Settings = string.Concat(
        Enumerable
            .Range(0, Pages)
            .Select(i =>
                $"page/p-{i}: {{ title: Page, operations: {{ pay: {{ prompt: {{ amount_micros: {{ type: integer, "
                + $"min: 10000 }} }} }} }} }}\n"
            )
    );

    [Theory]
    [InlineData(Redises.Garnet)]
    [InlineData(Redises.Cluster)]
    public async Task Kills_in_the_middle_change_neither_outcomes_nor_counts(string redis)
    {
        await using Lab lab = await BindingLab.StartAsync(redis);
        lab.Folder.Write("settings/pages.yaml", Settings);
        LiveRecord[] records = [.. Records()];
        Task sending = Task.Run(
            () =>
            {
                foreach (LiveRecord[] some in records.Chunk(Events / 40))
                {
                    lab.Log.SendAll(some);
                    Thread.Sleep(200);
                }
            },
            TestContext.Current.CancellationToken
        );
        foreach (double share in new[] { 0.1, 0.5 })
        {
            await using EngineRun run = await lab.StartAsync();
            await LiveWait.UntilAsync($"{share:P0} are decided", () =>
                lab.Redis.Keys("binding:").Count > Events * share * 0.5
            );
            await run.Process.KillAsync();
        }
        await sending;
        await lab.RunUntilIdleAsync(lab.Redis);
        LiveResults other = await lab.AnotherRedisAsync(Redises.Any);
        await lab.RunUntilIdleAsync(other, "--group", "undisturbed");

        Assert.Equal(await other.StringsAsync("binding:"), await lab.Redis.StringsAsync("binding:"));
        SortedDictionary<string, string> counts = await lab.Redis.HashesAsync("stats:binding:");
        Assert.Equal(await other.HashesAsync("stats:binding:"), counts);
        // The traffic has all that counts.
        Assert.All(
            ["operation:pay", "suspect:pay", "refused:code.used", "refused:code.forged", "refused:prompt.range"],
            field => Assert.Contains(counts.Keys, key => key.EndsWith(' ' + field))
        );
    }

    /// <summary>
    /// Bindings with duplicates, used and forged codes, wrong values and pairs that repeat, stamped over ten minutes.
    /// </summary>
    internal static IEnumerable<LiveRecord> Records() => Records(Events, LiveEvents.Now - 600_000, 140);

    /// <summary>Bindings like these, of another number and at another pace.</summary>
    internal static IEnumerable<LiveRecord> Records(int events, long start, long stepMs)
    {
        var dice = new Random(7);
        List<(string Page, string Code)> codes = [];
        List<(string Id, string Page)> sent = [];
        for (int i = 0; i < events; i++)
        {
            long time = start + i * stepMs;
            string page = $"p-{dice.Next(Pages)}";
            codes.Add(
                (
                    page,
                    BindingLab.Keys.Sign(
                        new OperationBindingCode(
                            page,
                            "pay",
                            $"f-{dice.Next(300)}",
                            [new PromptField("amount_micros", PromptType.Integer, Min: 10_000)],
                            i.ToString("x20"),
                            OperationBindingCode.ExpiryOf(time, TimeSpan.FromMinutes(5))
                        )
                    )
                )
            );
            (page, string code) = dice.Next(8) == 0 ? codes[^Math.Min(codes.Count, 1 + dice.Next(30))] : codes[^1];
            if (dice.Next(25) == 0)
            {
                code = code[1..] + code[0];
            }
            // One that comes twice lies in the partition of the first: of two partitions nobody says which comes last.
            (string id, page) =
                sent.Count > 0 && dice.Next(15) == 0
                    ? sent[^Math.Min(sent.Count, 1 + dice.Next(20))]
                    : ($"b-{i}", page);
            sent.Add((id, page));
            string json = BindingClient
                .Event(
                    id,
                    code,
                    $"s-{dice.Next(60)}",
                    dice.Next(12) == 0 ? """{"amount_micros":1}""" : """{"amount_micros":10000}""",
                    page,
                    time
                )
                .Replace("203.0.113.9", $"203.0.{dice.Next(40)}.9");
            yield return new LiveRecord(Topics.Bindings, page, json, time);
        }
    }
}
