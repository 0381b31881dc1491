using System.Globalization;
using Engine.Contracts;
using Integration.Tests.Associations;
using Integration.Tests.Bindings;
using Integration.Tests.Messages;
using Integration.Tests.Rig;
using Tests.Support;

namespace Integration.Tests.Chaos;

/// <summary>A steady load: clicks with paths, mistakes and repeats, content requests and processes of
/// <c>ingest generate</c>; beside them clicks that are asked to be confirmed, their confirmations and labels,
/// bindings, associations, messages and bookmarks.</summary>
internal sealed class ChaosLoad(Lab lab, int seconds, int seed)
{
    private const int ClicksPerSecond = 150,
        RequestsPerSecond = 10,
        ProcessesPerSecond = 1,
        AskedPerSecond = 10,
        BindingsPerSecond = 10,
        AssociationsPerSecond = 5,
        MessagesPerSecond = 10,
        BookmarksPerSecond = 2;

    /// <summary>Clicks of this placement are challenged, whatever they look like.</summary>
    private const string Placement = "asked";

    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(100);

    /// <summary>The settings that the load needs beside the samples.</summary>
    public static string Settings =>
        $$"""
            rule/asked: { when: "click.placement == '{{Placement}}'", then: { class: suspect, action: confirm } }
            {{BindingKillTests.Settings}}
            {{AssociationRecords.Settings}}
            """;

    /// <summary>Sends all of it; it is over in time, or something hangs.</summary>
    public async Task PlayAsync(CancellationToken cancel)
    {
        await using LiveProcess traffic = Programs.Start(
            "ingest",
            null,
            "generate",
            $"{seconds * ClicksPerSecond}",
            "--seed",
            $"{seed}",
            "--minutes",
            (seconds / 60.0).ToString(CultureInfo.InvariantCulture),
            "--speed",
            "1",
            "--requests",
            $"{seconds * RequestsPerSecond}",
            "--processes",
            $"{seconds * ProcessesPerSecond}",
            "--kafka",
            lab.Brokers
        );
        long start = LiveEvents.Now;
        LiveRecord[] records =
        [
            .. Asked(new Random(seed), start)
                .Concat(BindingKillTests.Records(seconds * BindingsPerSecond, start, 1000 / BindingsPerSecond))
                .Concat(AssociationRecords.Of(seconds * AssociationsPerSecond, start, 1000 / AssociationsPerSecond))
                .Concat(MessageKillTests.Records(seconds * MessagesPerSecond, start, 1000 / MessagesPerSecond))
                .Concat(
                    MessageKillTests.BookmarkRecords(seconds * BookmarksPerSecond, start, 1000 / BookmarksPerSecond)
                )
                .OrderBy(record => record.Timestamp),
        ];
        for (int sent = 0; sent < records.Length;)
        {
            await Task.Delay(Slice, cancel);
            LiveRecord[] due = [.. records.Skip(sent).TakeWhile(record => record.Timestamp <= LiveEvents.Now)];
            await Task.Run(() => lab.Log.SendAll(due), cancel);
            sent += due.Length;
        }

        int code = await traffic.ExitAsync(TimeSpan.FromMinutes(2));
        if (code != 0)
        {
            throw new InvalidOperationException($"ingest generate failed: {traffic.Error}");
        }
    }

    /// <summary>Clicks that are asked to be confirmed; most are, some twice or in another way, and some of nobody's
    /// are.</summary>
    private IEnumerable<LiveRecord> Asked(Random random, long start)
    {
        string[] outcomes = ["confirmed", "confirmed", "confirmed", "missed", "expired"];
        for (int i = 0; i < seconds * AskedPerSecond; i++)
        {
            long time = start + i * 1000 / AskedPerSecond;
            (string id, string ip) = ($"asked-{seed}-{i}", $"198.18.{random.Next(40)}.{random.Next(1, 250)}");
            yield return LiveEvents.Click(id, time, ip, $$""","placement":"{{Placement}}" """.TrimEnd());
            for (
                int confirmations = random.Next(6) switch
                {
                    0 => 0,
                    5 => 2,
                    _ => 1,
                };
                confirmations > 0;
                confirmations--
            )
            {
                string click = random.Next(20) == 0 ? id + "-nobodys" : id;
                time += random.Next(100, 2000);
                yield return new LiveRecord(
                    Topics.Interactions,
                    LiveEvents.KeyOf(ip),
                    $$"""{"type":"confirmation","click":"{{click}}","time":{{time}},"ip":"{{ip}}","outcome":"{{outcomes[random.Next(outcomes.Length)]}}","attempts":1,"latency_ms":900}""",
                    time
                );
            }

            if (random.Next(3) == 0)
            {
                yield return new LiveRecord(
                    Topics.Labels,
                    id,
                    $$"""{"type":"label","click":"{{id}}","time":{{time}},"valid":{{(random.Next(2) == 0 ? "true" : "false")}},"source":"analyst","publisher":"pub-1"}""",
                    time
                );
            }
        }
    }
}
