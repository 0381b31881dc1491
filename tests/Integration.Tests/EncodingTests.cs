using System.Text.Json;
using Engine.Contracts;
using Engine.Contracts.Protobuf;
using Google.Protobuf;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests;

/// <summary>How events are encoded changes nothing about them.</summary>
public class EncodingTests
{
    [Fact]
    public async Task Protobuf_gives_the_verdict_that_JSON_gives_and_CloudEvents_headers_win()
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Any);
        long now = LiveEvents.Now;
        // The same two clicks of one visitor, in networks of their own, so that each pair sees only itself.
        LiveRecord Protobuf(string id, long time, string ip) =>
            new(
                Topics.Interactions,
                LiveEvents.KeyOf(ip),
                new Event
                {
                    Type = "click",
                    Id = id,
                    Time = time,
                    Ip = ip,
                    Publisher = "pub-1",
                    Campaign = "cmp-1",
                    CostMicros = 1000,
                    Visitor = "v-1",
                    X = 2000,
                    Y = 5,
                    Viewport = { 1280, 720 },
                    Page = "https://news.example/a",
                    Pointer = "touch",
                    Ua = "Mozilla/5.0",
                    Device = new Device { Os = "Android", Language = "de" },
                }.ToByteArray(),
                now,
                null,
                ("content-type", "application/protobuf")
            );
        const string More =
            ""","visitor":"v-1","x":2000,"y":5,"viewport":[1280,720],"page":"https://news.example/a","pointer":"touch","ua":"Mozilla/5.0","device":{"os":"Android","language":"de"}""";
        lab.Log.SendAll([
            LiveEvents.Click("json-1", now, "203.0.113.9", More),
            LiveEvents.Click("json-2", now + 200, "203.0.113.9", More, now),
            Protobuf("proto-1", now, "198.51.100.9"),
            Protobuf("proto-2", now + 200, "198.51.100.9"),
        ]);
        // Headers of CloudEvents stand above the payload, and may stand for it.
        await lab.Log.SendAsync(
            new LiveRecord(
                Topics.Interactions,
                "192.0.2.0/24",
                System.Text.Encoding.UTF8.GetBytes(LiveEvents.ClickJson("payload-id", 1, "192.0.2.1", More)),
                now,
                null,
                ("ce_id", "header-id"),
                ("ce_type", "click"),
                ("ce_time", DateTimeOffset.FromUnixTimeMilliseconds(now).ToString("O")),
                ("ce_specversion", "1.0"),
                ("ce_source", "/test")
            )
        );
        CommandRun end = await lab.RunUntilIdleAsync(lab.Redis);
        Assert.Contains("dead letters             0", end.Out);

        foreach (int i in new[] { 1, 2 })
        {
            string json = (await lab.VerdictAsync($"json-{i}")).GetRawText(),
                protobuf = (await lab.VerdictAsync($"proto-{i}")).GetRawText();
            Assert.Contains("click.position", json);
            Assert.Equal(Placeless(json, "json"), Placeless(protobuf, "proto"));
        }
        Assert.Contains("click.double", (await lab.VerdictAsync("proto-2")).GetRawText());
        JsonElement byHeader = await lab.VerdictAsync("header-id");
        Assert.Equal(now, byHeader.GetProperty("time").GetInt64());
        Assert.False(await lab.Redis.Database.KeyExistsAsync("verdict:payload-id"));
    }

    [Fact]
    public async Task Events_whose_key_is_not_their_networks_are_decided_and_counted()
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Any);
        long now = LiveEvents.Now;
        lab.Log.SendAll([
            LiveEvents.Click("right", now),
            new LiveRecord(Topics.Interactions, "elsewhere", LiveEvents.ClickJson("wrong", now, "203.0.113.9"), now),
            new LiveRecord(Topics.Interactions, null, LiveEvents.ClickJson("none", now, "203.0.113.9"), now),
            new LiveRecord(
                Topics.Interactions,
                "2001:db8:1:200::/56",
                LiveEvents.ClickJson("six", now, "2001:DB8:1:2ff::1"),
                now
            ),
            new LiveRecord(
                Topics.Interactions,
                "203.0.113.0/24",
                LiveEvents.ClickJson("mapped", now, "::ffff:203.0.113.77"),
                now
            ),
        ]);
        CommandRun end = await lab.RunUntilIdleAsync(lab.Redis);
        Assert.Contains("of these 2 had a key that isn't their network", end.Out);
        Assert.Equal(5, lab.Redis.Keys("verdict:").Count);
    }

    /// <summary>A verdict without its id and place.</summary>
    private static string Placeless(string verdict, string kind) =>
        System.Text.RegularExpressions.Regex.Replace(
            verdict.Replace(kind + "-", "", StringComparison.Ordinal),
            @"interactions-\d@\d+",
            "at"
        );
}
