using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Engine.Contracts;
using Engine.Partitions.Kafka;
using Engine.Partitions.Redis;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Consume.Librdkafka;
using Engine.Pipeline.Decide;
using Engine.Pipeline.Decode;
using Engine.Pipeline.Standing;
using Engine.Pipeline.Verdicts;
using Engine.Primitives;

namespace Engine.Pipeline.Deliver;

/// <summary>Options for writing results, from engine.yaml.</summary>
public sealed record DeliverOptions
{
    /// <summary>How long a verdict is kept.</summary>
    public TimeSpan VerdictTtl { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long totals are kept after their last change.</summary>
    public TimeSpan TotalsTtl { get; init; } = TimeSpan.FromDays(35);

    /// <summary>How long a network's standing is kept after its last change.</summary>
    public TimeSpan NetworkTtl { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Whether to leave out plain valid verdicts (<see cref="Judgement.IsPlain"/>). Look-ups then go by
    /// <see cref="DecidedClicks"/>.</summary>
    public bool OnlyNoteworthy { get; init; }

    /// <summary>Whether to write every field of every verdict.</summary>
    public bool CompleteVerdicts { get; init; }

    /// <summary>Whether to send every verdict to the topic <c>verdicts</c> too.</summary>
    public bool VerdictsTopic { get; init; }

    /// <summary>Whether to publish every verdict on the channel <c>verdicts</c> too.</summary>
    public bool VerdictsChannel { get; init; }
}

/// <summary>Writes a lane's results: verdicts and networks to Redis, the rest to Kafka. Used by the lane's thread
/// only.</summary>
public sealed unsafe class LaneSink : IDecisionSink
{
    /// <summary>Writes a verdict that may be confirmed, unless it was already: a former owner that writes late, or a
    /// new one that decides the click again, must not take the confirmation back.</summary>
    private static readonly byte[] SetUnlessConfirmed = Encoding.ASCII.GetBytes(
        """
        local now = redis.call('GET', KEYS[1])
        if now and string.find(now, '"confirmation.', 1, true) then return 0 end
        redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
        return 1
        """.ReplaceLineEndings("\n")
    );

    /// <summary>Writes a network's standing, unless a later one is there.</summary>
    private static readonly byte[] SetUnlessOlder = Encoding.ASCII.GetBytes(
        """
        local last = redis.call('HGET', KEYS[1], 'last')
        if last and tonumber(last) > tonumber(ARGV[4]) then return 0 end
        redis.call('HSET', KEYS[1], 'score', ARGV[1], 'clicks', ARGV[2], 'fraud', ARGV[3], 'last', ARGV[4])
        redis.call('EXPIRE', KEYS[1], ARGV[5])
        return 1
        """.ReplaceLineEndings("\n")
    );

    /// <summary>Decimal places of a network's score.</summary>
    private const int ShareDecimals = 4;

    private readonly RedisWriter _redis;
    private readonly KafkaOut _kafka;
    private readonly DeliveryTracker _sent;
    private readonly DeliverOptions _options;
    private readonly Utf8Builder _json = new();
    private readonly Utf8Builder _named = new(),
        _network = new(128),
        _number = new(32);
    private readonly byte[] _verdictKey,
        _verdictTtl,
        _expiry,
        _networkKey,
        _networkTtl,
        _channel;
    private readonly Dictionary<PartitionState, PartitionCommitter> _committers;
    private PartitionCommitter? _last;

    /// <summary>Totals of the batch's live clicks, in order.</summary>
    private readonly ClickTotals[] _totals = new ClickTotals[ClickRow.ChunkRecords];
    private int _decided;

    public LaneSink(
        RedisWriter redis,
        KafkaOut kafka,
        DeliveryTracker sent,
        RedisKeys keys,
        DeliverOptions options,
        Dictionary<PartitionState, PartitionCommitter> committers
    )
    {
        (_redis, _kafka, _sent, _options, _committers) = (redis, kafka, sent, options, committers);
        _verdictKey = Encoding.ASCII.GetBytes(keys.Verdict(""));
        _networkKey = Encoding.ASCII.GetBytes(keys.Network(""));
        _channel = Encoding.ASCII.GetBytes(keys.VerdictChannel);
        string ttl = ((long)options.VerdictTtl.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        _verdictTtl = Encoding.ASCII.GetBytes(ttl);
        _expiry = Encoding.ASCII.GetBytes($"$2\r\nEX\r\n${ttl.Length}\r\n{ttl}\r\n");
        _networkTtl = Encoding.ASCII.GetBytes(
            ((long)options.NetworkTtl.TotalSeconds).ToString(CultureInfo.InvariantCulture)
        );
    }

    public void OnBatchStart(ReadOnlySpan<ClickRow> rows)
    {
        foreach (ClickRow row in rows)
        {
            if (row.IsLive)
            {
                CommitterOf(row.Partition).Totals.Prefetch(row);
            }
        }

        (int count, _decided) = (0, 0);
        foreach (ClickRow row in rows)
        {
            if (row.IsLive)
            {
                _totals[count++] = CommitterOf(row.Partition).Totals.Expect(row);
            }
        }
    }

    public void Verdict(ClickRow row, in Judgement judgement)
    {
        bool isKept = !_options.OnlyNoteworthy || !judgement.IsPlain;
        if (isKept || _options.VerdictsTopic || _options.VerdictsChannel)
        {
            _json.Clear();
            VerdictWriter.Write(_json, row, judgement, _options.CompleteVerdicts);
            if (isKept)
            {
                Keep(row.Event.Id.Span, mayBeConfirmed: judgement.Action == VerdictAction.Confirm);
            }

            Tell(row.Event.Id.Span, row.Partition, row.Offset, Output.Verdict);
        }

        _totals[_decided++].Count(row.Event.CostMicros, judgement);
    }

    public void Confirmed(PartitionState partition, PendingConfirmation click, in InteractionEvent e)
    {
        _json.Clear();
        VerdictWriter.WriteConfirmed(_json, partition, click, e, _options.CompleteVerdicts);
        byte[] id = Encoding.UTF8.GetBytes(click.Click);
        Keep(id, mayBeConfirmed: false);
        Tell(id, partition, partition.Position, Output.Confirmed);
        CommitterOf(partition).Totals.CountConfirmation(click, VerdictWriter.ReasonOf(e.Outcome));
    }

    public void DeadLetter(in Record record, DecodeError error)
    {
        Headers headers = MessageHeaderReader.Copy(record);
        DeadLetters.AddHeaders(
            headers,
            error.Reason,
            error.Detail ?? "",
            Topics.Interactions,
            record.Partition.Partition,
            record.Offset
        );
        _kafka.SendPrefixed(
            _sent,
            Topics.DeadLetters,
            Bytes(record.Key, record.KeyLength),
            Bytes(record.Value, record.Length),
            IdOf(record.Partition, record.Offset, Output.DeadLetter),
            headers
        );
    }

    public void Standings(PartitionState partition, IReadOnlyList<StandingSums> due)
    {
        PartitionCommitter committer = CommitterOf(partition);
        foreach (StandingSums sums in due)
        {
            if (sums.Kind == StandingKind.Network)
            {
                WriteNetwork(sums);
            }

            committer.Standings.Add(
                StandingRecord.Key(sums, partition.Name),
                StandingRecord.Value(sums, partition.Position),
                partition.Position
            );
        }
    }

    public void Signature(ClickRow row, ReadOnlySpan<byte> signature) =>
        _kafka.SendPrefixed(
            _sent,
            Topics.PathSignatures,
            row.Event.Id.Span.ToArray(),
            signature.ToArray(),
            IdOf(row.Partition, row.Offset, Output.Signature)
        );

    /// <summary>Writes <c>SET verdict:&lt;click&gt; &lt;json&gt; EX &lt;seconds&gt;</c>.</summary>
    private void Keep(ReadOnlySpan<byte> click, bool mayBeConfirmed)
    {
        RespPipe pipe = _redis.Only ?? PipeFor(click);
        if (mayBeConfirmed)
        {
            pipe.Begin(6);
            pipe.Argument("EVAL"u8);
            pipe.Argument(SetUnlessConfirmed);
            pipe.Argument("1"u8);
            pipe.Argument(_verdictKey, click, default);
            pipe.Argument(_json.Written);
            pipe.Argument(_verdictTtl);
            pipe.End();
        }
        else
        {
            pipe.Set(5, _verdictKey, click, _json.Written, _expiry);
        }
    }

    /// <summary>Sends the verdict to the topic and the channel, if enabled.</summary>
    private void Tell(ReadOnlySpan<byte> click, PartitionState partition, long offset, Output output)
    {
        if (_options.VerdictsTopic)
        {
            _kafka.SendPrefixed(
                _sent,
                Topics.Verdicts,
                click.ToArray(),
                _json.Written.ToArray(),
                IdOf(partition, offset, output)
            );
        }

        if (!_options.VerdictsChannel)
        {
            return;
        }

        RespPipe pipe = _redis.PipeFor(_channel);
        pipe.Begin(3);
        pipe.Argument("PUBLISH"u8);
        pipe.Argument(_channel);
        pipe.Argument(Named(click));
        pipe.End();
    }

    /// <summary>The verdict with its click, which a plain one leaves out where the key says it.</summary>
    private ReadOnlySpan<byte> Named(ReadOnlySpan<byte> click)
    {
        ReadOnlySpan<byte> json = _json.Written;
        if (json.StartsWith("{\"click\":"u8))
        {
            return json;
        }

        _named.Clear();
        return _named.Add("{\"click\":"u8).JsonText(click).Add(","u8).Add(json[1..]).Written;
    }

    private RespPipe PipeFor(ReadOnlySpan<byte> click)
    {
        Span<byte> key = stackalloc byte[_verdictKey.Length + click.Length];
        _verdictKey.CopyTo(key);
        click.CopyTo(key[_verdictKey.Length..]);
        return _redis.PipeFor(key);
    }

    /// <summary>Finds a partition's committer, usually the same as for the click before, as batches contain runs of one
    /// partition.</summary>
    private PartitionCommitter CommitterOf(PartitionState partition)
    {
        if (_last?.State != partition)
        {
            _last = _committers[partition];
        }

        return _last;
    }

    /// <summary>Writes absolute values, so that repeating the write changes nothing, and a late one neither.</summary>
    private void WriteNetwork(StandingSums sums)
    {
        _network.Clear();
        ReadOnlySpan<byte> key = _network.Add(_networkKey).Ascii(sums.Name).Written;
        RespPipe pipe = _redis.PipeFor(key);
        pipe.Begin(9);
        pipe.Argument("EVAL"u8);
        pipe.Argument(SetUnlessOlder);
        pipe.Argument("1"u8);
        pipe.Argument(key);
        Number(pipe, sums.Share, ShareDecimals);
        Number(pipe, Math.Round(sums.Clicks), 0);
        Number(pipe, Math.Round(sums.Invalid), 0);
        Number(pipe, sums.LogTime, 0);
        pipe.Argument(_networkTtl);
        pipe.End();
    }

    private void Number(RespPipe pipe, double value, int decimals)
    {
        _number.Clear();
        pipe.Argument(_number.Number(value, decimals).Written);
    }

    /// <summary>The kind of a message, used as the last part of its id. One record produces at most one message of each
    /// kind.</summary>
    private enum Output
    {
        DeadLetter,
        Signature,
        Verdict,
        Confirmed,
    }

    /// <summary>The message's id, <c>&lt;topic&gt;-&lt;partition&gt;-&lt;offset&gt;-&lt;n&gt;</c>, from the record that
    /// causes it: the same each time the record is processed.</summary>
    private static string IdOf(PartitionState partition, long offset, Output output) =>
        string.Create(CultureInfo.InvariantCulture, $"{partition.Name}-{offset}-{(int)output}");

    private static byte[]? Bytes(byte* start, int length) =>
        start == null ? null : new ReadOnlySpan<byte>(start, length).ToArray();
}
