using System.Text;
using System.Text.Json.Nodes;
using Engine.Contracts;
using Engine.Workflows.TaggedContent.Events;
using Integration.Tests.Bindings;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests.Messages;

/// <summary>What is done with messages, whatever comes between.</summary>
public sealed class MessageKillTests
{
    private const int Messages = 3_000,
        Bookmarks = 300;

    internal const string Settings =
            """
                message-rule/everyone/links: { when: message.link_count > 2, actions: [{ mark: links }, { hold: true }], tell: [sender], order: 1 }
                message-rule/everyone/away: { when: "context.presence == 'away' && message.silent_s > 5", actions: [{ reply: I am away. }], order: 1 }
                message-rule/everyone/cards: { when: "message.text.matches('[0-9]{4} [0-9]{4}')", actions: [{ mask: "[0-9]{4} [0-9]{4}" }] }
                message-rule/group:analysts/word: { when: "'refund' in message.words", actions: [{ release: true }, { save: refunds }, { stop: true }] }

                """,
        TagRule = "message-rule/everyone/tags: { when: \"'fraud' in message.tags\", actions: [{ mark: fraud }] }\n";

    /// <summary>With bookmarks that all were there before, so that each group knows them from its first message
    /// on.</summary>
    [Fact]
    public async Task Kills_in_the_middle_leave_the_results_of_an_undisturbed_run()
    {
        await using Lab lab = await BindingLab.StartAsync(Redises.Cluster);
        lab.Folder.Write("settings/messages.yaml", Settings + TagRule);
        lab.Log.SendAll([.. BookmarkRecords(LiveEvents.Now - 700_000)]);
        await SendAndKillAsync(lab, [.. Records(LiveEvents.Now - 600_000)]);
        LiveResults other = await lab.AnotherRedisAsync(Redises.Any);
        await lab.RunUntilIdleAsync(other, "--group", "undisturbed", "--prefix", Lab.Second);

        SortedDictionary<string, string> results = await lab.Redis.StringsAsync("message:");
        Assert.Equal(Messages, results.Count);
        Assert.Equal(
            (await other.StringsAsync(Lab.Second + "message:")).Select(one =>
                (one.Key[Lab.Second.Length..], one.Value)
            ),
            results.Select(one => (one.Key, one.Value))
        );
        Assert.Equal(Indications(lab, Lab.Second + Topics.Notifications), Indications(lab, Topics.Notifications));
        // The log has what is done in each way.
        JsonNode[] all = [.. results.Values.Select(json => JsonNode.Parse(json)!)];
        Assert.All(
            ["everyone/links", "everyone/away", "everyone/cards", "group:analysts/word", "everyone/tags"],
            rule =>
                Assert.Contains(all, one => one["rules"]!.AsArray().Any(matched => (string?)matched!["rule"] == rule))
        );
        Assert.Contains(all, one => one["stopped"]!.AsArray().Count > 0);
        Assert.Contains(all, one => one["replies"]!.AsArray().Count > 0);
    }

    /// <summary>When a partition learns of a bookmark is chance, which its marks record.</summary>
    [Fact]
    public async Task Scored_again_the_log_gives_the_same_bytes_whenever_bookmarks_became_known()
    {
        await using Lab lab = await BindingLab.StartAsync(Redises.Any);
        lab.Folder.Write("settings/messages.yaml", Settings + TagRule);
        long start = LiveEvents.Now - 600_000;
        await SendAndKillAsync(
            lab,
            [.. Records(start).Concat(BookmarkRecords(start)).OrderBy(record => record.Timestamp)]
        );

        SortedDictionary<string, string> live = await lab.Redis.StringsAsync("message:");
        Assert.Equal(Messages, live.Count);
        string[] lines = await RescoreWorkflowTests.RescoreAsync(lab, "again.jsonl");
        Assert.Equal(
            live.Select(one => (one.Key, one.Value)),
            RescoreWorkflowTests
                .ResultsOf(lines)
                .Where(one => one.Key.StartsWith("message:", StringComparison.Ordinal))
                .Select(one => (one.Key, one.Value))
        );
        // Some that ask for a bookmark came before it was known, others after.
        string[] asking =
        [
            .. Records(start)
                .Select(record => Encoding.UTF8.GetString(record.Value!))
                .Where(json => json.Contains("late phrase", StringComparison.Ordinal))
                .Select(json => (string)JsonNode.Parse(json)!["id"]!),
        ];
        int found = asking.Count(id => live[$"message:{id}"].Contains("everyone/tags"));
        Assert.InRange(found, 1, asking.Length - 1);
    }

    private static async Task SendAndKillAsync(Lab lab, LiveRecord[] records)
    {
        LiveRecord[][] parts = [.. records.Chunk(records.Length / 40 + 1)];
        lab.Log.SendAll(parts[0]);
        // What comes later, an engine has not known from the beginning.
        var hasBegun = new TaskCompletionSource();
        Task sending = Task.Run(
            async () =>
            {
                await hasBegun.Task;
                foreach (LiveRecord[] part in parts.Skip(1))
                {
                    lab.Log.SendAll(part);
                    await Task.Delay(150);
                }
            },
            TestContext.Current.CancellationToken
        );
        foreach (double share in new[] { 0.2, 0.5, 0.8 })
        {
            await using EngineRun run = await lab.StartAsync();
            await HandledAsync(0);
            hasBegun.TrySetResult();
            await HandledAsync(share);
            await run.Process.KillAsync();
        }

        await sending;
        await lab.RunUntilIdleAsync(lab.Redis);

        Task HandledAsync(double share) =>
            LiveWait.UntilAsync($"{share:P0} are handled", () => lab.Redis.Keys("message:").Count > Messages * share);
    }

    /// <summary>The indications in a topic, as a reader sees them who skips ids it has seen.</summary>
    private static string[] Indications(Lab lab, string topic) =>
        [
            .. lab
                .Log.ReadAll(topic)
                .DistinctBy(record => Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes("id")))
                .Select(record => Encoding.UTF8.GetString(record.Message.Value))
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>Conversations over ten minutes, with links, words, card numbers, phrases that somebody bookmarks, edits
    /// and automatic messages; some are handled by hand.</summary>
    internal static IEnumerable<LiveRecord> Records(long start) => Records(Messages, start, 600_000 / Messages);

    /// <summary>Conversations like these, of another number of messages and at another pace.</summary>
    internal static IEnumerable<LiveRecord> Records(int messages, long start, long stepMs)
    {
        var dice = new Random(5);
        string[] texts =
        [
            "hello there",
            "see https://a.example https://b.example https://c.example",
            "my card is 1234 5678 today",
            "a refund, please: shop.example 1234 5678",
            "<p>a <b>refund</b></p>",
        ];
        for (int i = 0; i < messages; i++)
        {
            long time = start + i * stepMs;
            string text =
                dice.Next(3) == 0
                    ? $"about {(dice.Next(4) == 0 ? "late " : "")}phrase {dice.Next(10)} again"
                    : texts[dice.Next(texts.Length)];
            string conversation = $"c-{dice.Next(60)}",
                more = dice.Next(10) switch
                {
                    0 => ""","automatic":true""",
                    1 => ""","group":"analysts" """,
                    2 => $$""","edits":"m-{{Math.Max(0, i - 1)}}" """,
                    3 => ""","format":"html" """,
                    _ => "",
                };
            yield return new LiveRecord(
                Topics.Messages,
                conversation,
                $$"""{"type":"message","id":"m-{{i}}","time":{{time}},"conversation":"{{conversation}}","sender":"p-{{dice.Next(20)}}","recipients":["p-{{dice.Next(20)}}"],"text":{{JsonValue.Create(text).ToJsonString()}},"context":{"presence":"{{(dice.Next(4) == 0 ? "away" : "there")}}"}{{more}}}""",
                time
            );
            if (text.Contains("a.example", StringComparison.Ordinal) && dice.Next(3) == 0)
            {
                yield return new LiveRecord(
                    Topics.Messages,
                    conversation,
                    $$"""{"type":"message-handled","id":"h-{{i}}","time":{{time}},"conversation":"{{conversation}}","message":"m-{{i}}","by":"p-{{dice.Next(3)}}","action":{"hold":true} }""",
                    time
                );
            }
        }
    }

    /// <summary>People who bookmark phrases over ten minutes, and give some up again.</summary>
    internal static IEnumerable<LiveRecord> BookmarkRecords(long start) =>
        BookmarkRecords(Bookmarks, start, 600_000 / Bookmarks);

    /// <summary>Bookmarks like these, of another number and at another pace.</summary>
    internal static IEnumerable<LiveRecord> BookmarkRecords(int bookmarks, long start, long stepMs)
    {
        for (int i = 0; i < bookmarks; i++)
        {
            long time = start + i * stepMs;
            string phrase = $"{(i > bookmarks / 2 && i % 2 == 0 ? "late " : "")}phrase {i % 10}",
                type = i > 200 && i % 5 == 0 ? "bookmark-removed" : "bookmark",
                tags = type == "bookmark" ? $$""","tags":["{{(i % 3 == 0 ? "fraud" : "brand")}}"]""" : "";
            yield return new LiveRecord(
                Topics.Bookmarks,
                BookmarkKey.OfPhrase(phrase)!,
                $$"""{"type":"{{type}}","id":"k-{{i}}","time":{{time}},"person":"p-{{i % 7}}","phrase":"{{phrase}}"{{tags}}}""",
                time
            );
        }
    }
}
