using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Engine.Contracts;
using Engine.Workflows;
using Fuzz.Tests.Inputs;
using Fuzz.Tests.Running;
using Fuzz.Tests.Targets;
using Tests.Support;

namespace Fuzz.Tests.WholeEngine;

/// <summary>Records for all topics that an engine reads: values as the decoders' targets make them, some of them for
/// another topic, with hostile keys, headers and timestamps. Every <see cref="HonestEvery"/>th is an honest click. A
/// record follows from the seed and its number alone.</summary>
/// <param name="now">The time about which most records are stamped, ms.</param>
internal sealed class HostileRecords(ulong seed, long now) : IDisposable
{
    public const int HonestEvery = 20;

    private static readonly string[] HeaderNames =
    [
        "content-type",
        "ce_type",
        "ce_id",
        "ce_time",
        "ce_source",
        "ce_specversion",
        "id",
        "error.reason",
        "error.topic",
        "",
        "x",
        new('h', 5_000),
    ];

    private static readonly string[] HeaderValues =
    [
        "application/json",
        "application/protobuf",
        "application/protobuf; charset=x",
        "click",
        "label",
        "binding",
        "process-started",
        "2026-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999999+14:00",
        "c-1",
        "",
        "\0",
        new('v', 300),
    ];

    private static readonly string[] Keys =
    [
        "",
        "203.0.113.0/24",
        "2001:db8:1:200::/56",
        "sp-1",
        "poster-7",
        "refund-review",
        "rr-81",
        "it-9",
        "a/b/c",
        "publisher/p/interactions-0",
        "\0\0",
        "\ud83d",
        new('k', 10_000),
    ];

    /// <summary>Each topic as often as it stands here.</summary>
    private static readonly string[] Destinations =
    [
        .. Enumerable.Repeat(Topics.Interactions, 24),
        .. WorkflowModules.All.SelectMany(module => Enumerable.Repeat(module.Topic, 6)),
        .. Enumerable.Repeat(Topics.Labels, 6),
        Topics.Settings,
        Topics.Standings,
        Topics.PathSignatures,
        Topics.Marks,
    ];

    /// <summary>The topics that records are for.</summary>
    public static readonly string[] AllTopics = [.. Destinations.Distinct()];

    private readonly InputBuffer _input = new();
    private readonly FuzzTarget _json = new JsonEvents(),
        _protobuf = new ProtobufEvents(),
        _workflows = new WorkflowReading(isProtobuf: false),
        _workflowsInProtobuf = new WorkflowReading(isProtobuf: true),
        _labels = new LabelEvents(),
        _settings = new SettingRecords(),
        _standings = new StandingRecords(),
        _signatures = new SignatureRecords(),
        _marks = new MarkRecords();

    public static bool IsHonest(long number) => number % HonestEvery == 0;

    public static string HonestId(long number) => string.Create(CultureInfo.InvariantCulture, $"honest-{number}");

    /// <summary>Makes a record.</summary>
    public (string Topic, Message<byte[], byte[]> Message) Make(long number)
    {
        if (IsHonest(number))
        {
            return Honest(number);
        }

        var dice = new Dice(seed, number);
        string topic = dice.Pick(Destinations);
        return (topic, dice.OneIn(40) ? ForeignTick(dice) : Hostile(dice, topic, number));
    }

    private (string, Message<byte[], byte[]>) Honest(long number)
    {
        LiveRecord click = LiveEvents.Click(HonestId(number), now, $"198.51.{number / 256 % 256}.{number % 256}");
        return (
            click.Topic,
            new Message<byte[], byte[]>
            {
                Key = Encoding.ASCII.GetBytes(click.Key!),
                Value = click.Value!,
                Timestamp = new Timestamp(now, TimestampType.CreateTime),
            }
        );
    }

    /// <summary>A tick that no engine has written.</summary>
    private Message<byte[], byte[]> ForeignTick(Dice dice) =>
        new()
        {
            Key = Key(dice)!,
            Value = Tick.Json.ToArray(),
            Timestamp = Stamp(dice),
        };

    private Message<byte[], byte[]> Hostile(Dice dice, string topic, long number)
    {
        bool isProtobuf = dice.OneIn(4);
        FuzzTarget target = Target(dice.OneIn(20) ? dice.Pick(Destinations) : topic, isProtobuf);
        byte[] value = Value(dice, target);
        byte[]? key = Key(dice);
        if (target == _settings || target == _standings)
        {
            int line = Array.IndexOf(value, (byte)'\n');
            (key, value) = line < 0 ? (value, []) : (value[..line], value[(line + 1)..]);
        }
        else
        {
            Rename(value, dice, number);
        }

        var message = new Message<byte[], byte[]>
        {
            Key = key!,
            Value = dice.OneIn(200) ? null! : value,
            Timestamp = Stamp(dice),
            Headers = [],
        };
        if (isProtobuf)
        {
            message.Headers.Add("content-type", "application/protobuf"u8.ToArray());
        }

        for (int count = dice.OneIn(4) ? dice.Below(dice.OneIn(50) ? 500 : 4) : 0; count > 0; count--)
        {
            message.Headers.Add(
                dice.Pick(HeaderNames),
                dice.OneIn(10) ? null : Encoding.UTF8.GetBytes(dice.Pick(HeaderValues))
            );
        }

        return message;
    }

    /// <summary>Every other one is valid, so that enough are used.</summary>
    private byte[] Value(Dice dice, FuzzTarget target)
    {
        if (target.Valid.Count > 0 && dice.OneIn(2))
        {
            return [.. dice.Pick(target.Valid)];
        }

        target.Make(dice, _input.Clear());
        return _input.Span.ToArray();
    }

    private FuzzTarget Target(string topic, bool isProtobuf) =>
        topic switch
        {
            Topics.Interactions => isProtobuf ? _protobuf : _json,
            Topics.Labels => _labels,
            Topics.Settings => _settings,
            Topics.Standings => _standings,
            Topics.PathSignatures => _signatures,
            Topics.Marks => _marks,
            _ => isProtobuf ? _workflowsInProtobuf : _workflows,
        };

    private static byte[]? Key(Dice dice)
    {
        if (dice.OneIn(10))
        {
            return null;
        }

        if (dice.OneIn(10))
        {
            byte[] random = new byte[dice.Below(64)];
            foreach (ref byte one in random.AsSpan())
            {
                one = (byte)dice.Next();
            }

            return random;
        }

        return Encoding.UTF8.GetBytes(
            dice.OneIn(3) ? dice.Pick(Keys) : $"203.0.{dice.Below(dice.OneIn(2) ? 2 : 256)}.0/24"
        );
    }

    /// <summary>Gives most examples' ids another ending, as the examples themselves would all be duplicates.</summary>
    private static void Rename(byte[] value, Dice dice, long number)
    {
        if (dice.OneIn(4))
        {
            return;
        }

        // Some names come again, so that paths, confirmations and later events of an instance meet what they are about.
        byte[] name = Encoding.ASCII.GetBytes(
            (dice.OneIn(2) ? number : dice.Below(500)).ToString("x", CultureInfo.InvariantCulture)
        );
        foreach (byte[] id in Examples.Ids)
        {
            ReadOnlySpan<byte> ending = name.AsSpan(Math.Max(0, name.Length - id.Length));
            Span<byte> rest = value;
            for (int at; (at = rest.IndexOf(id)) >= 0; rest = rest[(at + id.Length)..])
            {
                ending.CopyTo(rest[(at + id.Length - ending.Length)..]);
            }
        }
    }

    private Timestamp Stamp(Dice dice)
    {
        long time = dice.Below(4_000) switch
        {
            0 => RecordTime.End - 1,
            1 => RecordTime.End,
            2 => now + dice.Below(3_600_000),
            < 10 => 0,
            < 20 => RecordTime.Min - 1,
            < 200 => now - dice.Below(10_000_000),
            _ => now + dice.Below(2_000) - 1_000,
        };
        return new Timestamp(time, TimestampType.CreateTime);
    }

    public void Dispose()
    {
        foreach (string topic in AllTopics)
        {
            Target(topic, isProtobuf: false).Dispose();
            Target(topic, isProtobuf: true).Dispose();
        }
    }
}
