using System.Text;
using Confluent.Kafka;
using Engine.Contracts;
using Integration.Tests.Bindings;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests;

/// <summary>Workflows' events that can't be used: none is lost, none stops anything.</summary>
public sealed class WorkflowDeadLetterTests
{
    /// <summary>A good event of each topic, with the name of its first required field behind <c>type</c>.</summary>
    private static readonly (string Topic, string Good)[] Events =
    [
        (
            Topics.ContentRequests,
            """{"type":"content-request","sponsor":"sp-1","id":"good","time":1,"resource":"https://news.example/","unit":"news/front/top","sizes":[[300,250]]}"""
        ),
        (Topics.Bindings, """{"type":"binding","page":"poster-7","id":"good","time":1,"code":"x","account":"a"}"""),
        (Topics.Processes, """{"type":"process-started","instance":"good","process":"refund-review","time":1}"""),
    ];

    [Fact]
    public async Task Each_kind_arrives_untouched_with_what_is_wrong_and_progress_goes_on()
    {
        await using Lab lab = await BindingLab.StartAsync(Redises.Any);
        Dictionary<string, (byte[]? Value, string Reason, string? Detail, DeliveryResult<byte[], byte[]> At)> sent = [];
        foreach ((string topic, string good) in Events)
        {
            string field = good.Split('"')[5],
                value = good.Split('"')[7];
            foreach (
                (string kind, byte[]? bytes, string reason, string? detail) in new (string, byte[]?, string, string?)[]
                {
                    ("truncated", Encoding.UTF8.GetBytes(good[..^1]), "malformed", null),
                    (
                        "missing",
                        Encoding.UTF8.GetBytes(good.Replace($"\"{field}\":\"{value}\",", "")),
                        "missing-field",
                        field
                    ),
                    ("wrong type", Encoding.UTF8.GetBytes(good.Replace($"\"{value}\"", "7")), "wrong-type", field),
                    ("bad identifier", Encoding.UTF8.GetBytes(good.Replace(value, "a b")), "out-of-range", field),
                    ("too large", Encoding.UTF8.GetBytes(good.PadRight(256 * 1024 + 1)), "too-large", null),
                    (
                        "wrong topic",
                        Encoding.UTF8.GetBytes(LiveEvents.ClickJson("c", 1, "203.0.113.9")),
                        "unknown-type",
                        null
                    ),
                    (
                        "invalid UTF-8",
                        [.. Encoding.UTF8.GetBytes(good[..^2]), 0xC3, 0x28, .. "\"}"u8],
                        "malformed",
                        null
                    ),
                    ("no value", null, "malformed", null),
                    ("more than the broker takes", Encoding.UTF8.GetBytes(good.PadRight(1_100_000)), "too-large", null),
                }
            )
            {
                sent[$"{topic} {kind}"] = (
                    bytes,
                    reason,
                    detail,
                    await lab.Log.SendAsync(
                        new LiveRecord(
                            topic,
                            "key",
                            bytes,
                            LiveEvents.Now,
                            null,
                            ("x-kind", $"{topic} {kind}"),
                            ("x-twice", "1"),
                            ("x-twice", "2")
                        )
                    )
                );
            }
            // Exactly 256 KiB is an event.
            await lab.Log.SendAsync(new LiveRecord(topic, "key", good.PadRight(256 * 1024), LiveEvents.Now));
        }
        await lab.RunUntilIdleAsync(lab.Redis);
        Assert.Equal(
            ["binding:good", "content:good", "priority:{refund-review}:good"],
            lab.Redis.Keys().Where(key => key.EndsWith(":good", StringComparison.Ordinal))
        );

        List<ConsumeResult<byte[], byte[]>> letters = lab.Log.ReadAll(Topics.DeadLetters);
        Assert.Equal(sent.Count, letters.Count);
        foreach (
            (string kind, (byte[]? value, string reason, string? detail, DeliveryResult<byte[], byte[]> at)) in sent
        )
        {
            ConsumeResult<byte[], byte[]> letter = Assert.Single(letters, letter => Header(letter, "x-kind") == kind);
            Assert.Equal("key"u8.ToArray(), letter.Message.Key);
            if (Header(letter, "error.truncated") == null)
            {
                Assert.Equal(value, letter.Message.Value);
            }
            else
            {
                Assert.Equal(
                    (true, true),
                    (kind.EndsWith("takes", StringComparison.Ordinal), value.AsSpan().StartsWith(letter.Message.Value))
                );
            }

            Assert.Equal(
                ["1", "2"],
                letter
                    .Message.Headers.Where(header => header.Key == "x-twice")
                    .Select(header => Encoding.UTF8.GetString(header.GetValueBytes()))
            );
            Assert.Equal((kind, reason), (kind, Header(letter, "error.reason")));
            if (detail != null)
            {
                Assert.Equal((kind, detail), (kind, Header(letter, "error.detail")));
            }

            Assert.Equal(
                (at.Topic, $"{at.Partition.Value}", $"{at.Offset.Value}"),
                (Header(letter, "error.topic"), Header(letter, "error.partition"), Header(letter, "error.offset"))
            );
            Assert.Equal($"{at.Topic}-{at.Partition.Value}-{at.Offset.Value}-0", Header(letter, "id"));
        }
        Assert.Equal(Events.Length, letters.Count(letter => Header(letter, "error.truncated") != null));
    }

    private static string? Header(ConsumeResult<byte[], byte[]> letter, string name) =>
        letter.Message.Headers.FirstOrDefault(header => header.Key == name) is { } header
            ? Encoding.UTF8.GetString(header.GetValueBytes())
            : null;
}
