using System.Text;
using Confluent.Kafka;
using Engine.Contracts;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests;

/// <summary>Events that can't be used: none is lost, none stops anything.</summary>
public class DeadLetterTests
{
    private const string Ip = "203.0.113.9",
        Key = "203.0.113.0/24";

    private static string Json(string more) => LiveEvents.ClickJson("dead", LiveEvents.Now, Ip, more);

    private static byte[] OfLength(int bytes)
    {
        string json = Json(",\"x-padding\":\"\"");
        return Encoding.UTF8.GetBytes(json[..^2] + new string('x', bytes - json.Length) + "\"}");
    }

    /// <summary>Each kind: what it is, its value, and the reason and detail that it must be given.</summary>
    private static (string Name, byte[]? Value, string Reason, string Detail)[] Kinds() =>
        [
            ("truncated", Encoding.UTF8.GetBytes(Json("")[..40]), "malformed", ""),
            (
                "missing",
                """{"type":"click","id":"dead","time":1,"ip":"203.0.113.9","publisher":"p"}"""u8.ToArray(),
                "missing-field",
                "campaign"
            ),
            (
                "wrong type",
                """{"type":"click","id":"dead","time":"soon","ip":"203.0.113.9","publisher":"p","campaign":"c"}"""u8.ToArray(),
                "wrong-type",
                "time"
            ),
            (
                "out of range",
                """{"type":"click","id":"dead","time":1,"ip":"203.0.113.9","publisher":"p","campaign":"c","cost_micros":-1}"""u8.ToArray(),
                "out-of-range",
                "cost_micros"
            ),
            (
                "bad identifier",
                """{"type":"click","id":"de ad","time":1,"ip":"203.0.113.9","publisher":"p","campaign":"c"}"""u8.ToArray(),
                "out-of-range",
                "id"
            ),
            ("256 KiB and one", OfLength(256 * 1024 + 1), "too-large", ""),
            ("unknown type", """{"type":"clack","id":"dead","time":1}"""u8.ToArray(), "unknown-type", "type"),
            (
                "wrong topic",
                """{"type":"label","click":"dead","time":1,"valid":false,"source":"analyst"}"""u8.ToArray(),
                "unknown-type",
                "type"
            ),
            (
                "invalid UTF-8",
                [.. Encoding.UTF8.GetBytes(Json(",\"ua\":\"")[..^1]), 0xC3, 0x28, .. "\"}"u8],
                "malformed",
                ""
            ),
            ("empty", [], "malformed", ""),
            ("no value", null, "malformed", ""),
        ];

    [Fact]
    public async Task Each_kind_arrives_untouched_with_what_is_wrong_and_progress_goes_on()
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Any);
        var kinds = Kinds();
        var sent = new List<DeliveryResult<byte[], byte[]>>();
        foreach ((string name, byte[]? value, _, _) in kinds)
        {
            sent.Add(
                await lab.Log.SendAsync(
                    new LiveRecord(
                        Topics.Interactions,
                        Key,
                        value,
                        LiveEvents.Now,
                        null,
                        ("x-kind", name),
                        ("x-twice", "1"),
                        ("x-twice", "2")
                    )
                )
            );
        }
        // Exactly 256 KiB is an event.
        await lab.Log.SendAsync(new LiveRecord(Topics.Interactions, Key, OfLength(256 * 1024), LiveEvents.Now));
        await lab.Log.SendAsync(LiveEvents.Click("alive", LiveEvents.Now, Ip));

        CommandRun end = await lab.RunUntilIdleAsync(lab.Redis);
        Assert.Equal(["verdict:alive", "verdict:dead"], lab.Redis.Keys("verdict:"));
        Assert.Contains($"dead letters  {kinds.Length,12}", end.Out);
        Assert.Contains($"without ticks: {kinds.Length + 2}", end.Out);

        List<ConsumeResult<byte[], byte[]>> letters = lab.Log.ReadAll(Topics.DeadLetters);
        Assert.Equal(kinds.Length, letters.Count);
        for (int i = 0; i < kinds.Length; i++)
        {
            (string name, byte[]? value, string reason, string detail) = kinds[i];
            ConsumeResult<byte[], byte[]> letter = Assert.Single(letters, letter => Header(letter, "x-kind") == name);
            Assert.Equal(Encoding.UTF8.GetBytes(Key), letter.Message.Key);
            Assert.Equal(value, letter.Message.Value);
            Assert.Equal(
                ["1", "2"],
                letter
                    .Message.Headers.Where(header => header.Key == "x-twice")
                    .Select(header => Encoding.UTF8.GetString(header.GetValueBytes()))
            );
            Assert.Equal((name, reason), (name, Header(letter, "error.reason")));
            if (detail.Length > 0)
            {
                Assert.Equal((name, detail), (name, Header(letter, "error.detail")));
            }

            Assert.Equal("interactions", Header(letter, "error.topic"));
            Assert.Equal($"{sent[i].Partition.Value}", Header(letter, "error.partition"));
            Assert.Equal($"{sent[i].Offset.Value}", Header(letter, "error.offset"));
            Assert.Equal($"interactions-{sent[i].Partition.Value}-{sent[i].Offset.Value}-0", Header(letter, "id"));
        }
    }

    [Fact]
    public async Task What_the_broker_would_take_no_more_is_truncated_and_says_so()
    {
        await using Lab lab = await Lab.EmbeddedAsync(Redises.Any);
        byte[] huge = OfLength(1_100_000);
        await lab.Log.SendAsync(new LiveRecord(Topics.Interactions, Key, huge, LiveEvents.Now));
        await lab.Log.SendAsync(LiveEvents.Click("alive", LiveEvents.Now, Ip));
        await lab.RunUntilIdleAsync(lab.Redis);
        Assert.Equal(["verdict:alive"], lab.Redis.Keys("verdict:"));
        ConsumeResult<byte[], byte[]> letter = Assert.Single(lab.Log.ReadAll(Topics.DeadLetters));
        Assert.Equal("too-large", Header(letter, "error.reason"));
        Assert.NotNull(Header(letter, "error.truncated"));
        Assert.NotEmpty(letter.Message.Value);
        Assert.Equal(huge[..letter.Message.Value.Length], letter.Message.Value);
    }

    private static string? Header(ConsumeResult<byte[], byte[]> letter, string name) =>
        letter.Message.Headers.FirstOrDefault(header => header.Key == name) is { } header
            ? Encoding.UTF8.GetString(header.GetValueBytes())
            : null;
}
