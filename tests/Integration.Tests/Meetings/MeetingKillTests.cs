using System.Text;
using System.Text.Json.Nodes;
using Engine.Contracts;
using Integration.Tests.Bindings;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests.Meetings;

/// <summary>Each notice goes out exactly once, whatever comes between.</summary>
public sealed class MeetingKillTests
{
    private const int Meetings = 200,
        Invitees = 8;

    internal const string Settings =
        "meeting-rule/default: { after_s: 60, when: meeting.share < 0.9, leave_grace_s: 20, "
        + "next_channel_after_s: 40 }\n";

    [Fact]
    public async Task Kills_in_the_middle_change_neither_meetings_nor_notices()
    {
        await using Lab lab = await BindingLab.StartAsync(Redises.Cluster);
        lab.Folder.Write("settings/meetings.yaml", Settings);
        LiveRecord[] records = [.. Records(LiveEvents.Now - 600_000)];
        Task sending = Task.Run(
            () =>
            {
                foreach (LiveRecord[] some in records.Chunk(records.Length / 40 + 1))
                {
                    lab.Log.SendAll(some);
                    Thread.Sleep(100);
                }
            },
            TestContext.Current.CancellationToken
        );
        foreach (double share in new[] { 0.2, 0.5, 0.8 })
        {
            await using EngineRun run = await lab.StartAsync();
            await LiveWait.UntilAsync($"{share:P0} are announced", () =>
                lab.Redis.Keys("meeting:").Count > Meetings * share
            );
            await run.Process.KillAsync();
        }

        await sending;
        await lab.RunUntilIdleAsync(lab.Redis);
        LiveResults other = await lab.AnotherRedisAsync(Redises.Any);
        await lab.RunUntilIdleAsync(other, "--group", "undisturbed", "--prefix", Lab.Second);

        SortedDictionary<string, string> meetings = await lab.Redis.StringsAsync("meeting:");
        Assert.Equal(Meetings, meetings.Count);
        Assert.Equal(
            (await other.StringsAsync(Lab.Second + "meeting:")).Select(one =>
                (one.Key[Lab.Second.Length..], one.Value)
            ),
            meetings.Select(one => (one.Key, one.Value))
        );
        string[] notices = Notices(lab, Topics.Notifications);
        Assert.Equal(notices, notices.Distinct());
        Assert.Equal(Notices(lab, Lab.Second + Topics.Notifications), notices);
        // Somebody was tried on a second channel, and somebody in place of another.
        Assert.Contains(notices, notice => notice.Contains(" email", StringComparison.Ordinal));
        Assert.Contains(notices, notice => notice.StartsWith("m-0/default/p-1 ", StringComparison.Ordinal));
    }

    /// <summary>The notices in a topic, by channel, as a reader sees them who skips ids it has seen.</summary>
    private static string[] Notices(Lab lab, string topic) =>
        [
            .. lab
                .Log.ReadAll(topic)
                .DistinctBy(record => Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes("id")))
                .Select(record => JsonNode.Parse(record.Message.Value)!)
                .Where(notice => (string?)notice["type"] == "absence-notice")
                .Select(notice => $"{notice["notice"]} {notice["channel"]}")
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>Meetings over ten minutes, whose invitees come, leave, acknowledge or stay away, with events out of
    /// order, hosts that stop and resume, and deliveries that fail.</summary>
    internal static IEnumerable<LiveRecord> Records(long start)
    {
        var dice = new Random(11);
        List<LiveRecord> all = [];
        for (int m = 0; m < Meetings; m++)
        {
            string meeting = $"m-{m}";
            long begins = start + dice.Next(300_000);
            int number = 0;
            void Add(string type, long time, string fields, long late = 0) =>
                all.Add(
                    new LiveRecord(
                        Topics.Meetings,
                        meeting,
                        $$"""{"type":"{{type}}","id":"{{meeting}}-{{++number}}","time":{{time}},"meeting":"{{meeting}}"{{fields}}}""",
                        time + late
                    )
                );

            string invitees = string.Join(
                ',',
                Enumerable
                    .Range(1, Invitees)
                    .Select(p =>
                        $$"""{"person":"p-{{p}}","grace_s":{{dice.Next(30)}},"channels":[{"chat":"u-{{p}}"},{"email":"p{{p}}@corp.example"}],"deputy":"p-1"}"""
                    )
            );
            string scheduled =
                $$""","title":"Meeting {{m}}","start":{{begins}},"host":"p-1","join":"https://meet.example/{{meeting}}","rules":["default"],"invitees":[{{invitees}}]""";
            Add("meeting-scheduled", begins - 1_000, scheduled);
            for (int p = 1; p <= Invitees; p++)
            {
                if (dice.Next(2) == 0)
                {
                    long joins = begins + dice.Next(120_000);
                    Add(
                        "attendance",
                        joins,
                        $$""","person":"p-{{p}}","session":"s","what":"joined" """,
                        dice.Next(3_000)
                    );
                    if (dice.Next(3) == 0)
                    {
                        Add("attendance", joins + 5_000, $$""","person":"p-{{p}}","session":"s","what":"left" """);
                    }
                }
                else if (dice.Next(6) == 0)
                {
                    Add(
                        "attendance",
                        begins + 5_000,
                        $$""","person":"p-{{p}}","session":"s","what":"acknowledged","late_s":30"""
                    );
                }
                else if (dice.Next(3) == 0)
                {
                    Add(
                        "notice-delivery",
                        begins + 100_000 + dice.Next(60_000),
                        $$""","notice":"{{meeting}}/default/p-{{p}}","channel":"chat","outcome":"failed" """
                    );
                }
            }

            if (dice.Next(10) == 0)
            {
                Add("meeting-notice", begins + 50_000, ""","by":"p-1","what":"stop" """);
                Add("meeting-notice", begins + 90_000, ""","by":"p-1","what":"resume" """);
                Add("meeting-notice", begins + 91_000, ""","by":"p-9","what":"stop" """);
                Add("meeting-scheduled", begins + 110_000, scheduled);
            }

            Add("meeting-ended", begins + 280_000, $$""","cancelled":{{(m % 9 == 0 ? "true" : "false")}}""");
        }

        return all.OrderBy(record => record.Timestamp);
    }
}
