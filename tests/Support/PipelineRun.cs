using System.Runtime.InteropServices;
using System.Text.Json;
using Engine.Contracts;
using Engine.Contracts.Settings;
using Engine.Pipeline;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Decide;
using Engine.Pipeline.Decode;
using Engine.Pipeline.History;
using Engine.Pipeline.Replay;
using Engine.Pipeline.Settings;
using Engine.Pipeline.Standing;
using Engine.Pipeline.Verdicts;
using Engine.Primitives;

namespace Tests.Support;

/// <summary>One record of a test's log.</summary>
/// <param name="Key">The record's key; null for none.</param>
public sealed record LogRecord(
    int Partition,
    long Timestamp,
    byte[] Value,
    string? Key = null,
    ValueEncoding Encoding = ValueEncoding.Json
)
{
    public static LogRecord Of(EventBuilder e, int partition = 0) =>
        new(partition, e.LogTime, System.Text.Encoding.UTF8.GetBytes(e.ToJson()), NetworkOf(e.Event.Ip));

    public static LogRecord Of(int partition, long timestamp, string json, string? key = null) =>
        new(partition, timestamp, System.Text.Encoding.UTF8.GetBytes(json), key);

    /// <summary>A tick.</summary>
    public static LogRecord Tick(long timestamp, int partition = 0) => Of(partition, timestamp, """{"type":"tick"}""");

    private static string? NetworkOf(string ip) =>
        IpAddress.TryParse(ip, out IpAddress address) ? address.NetworkText() : null;
}

/// <summary>An unusable event, as the pipeline reported it.</summary>
public sealed record DeadLetter(DeadLetterReason Reason, string? Detail, int Partition, long Offset, string Value);

/// <summary>The options of a run.</summary>
public sealed record RunOptions
{
    /// <summary>The settings in force from the log's beginning, by key.</summary>
    public IReadOnlyDictionary<string, string> Base { get; init; } = new Dictionary<string, string>();

    /// <summary>The folders of lists and models.</summary>
    public string[] Folders { get; init; } = [];

    public PipelineLimits Limits { get; init; } =
        new()
        {
            WindowKeys = 20_000,
            DegenerateKeys = 20_000,
            Standings = 20_000,
        };

    public bool CompleteVerdicts { get; init; }

    /// <summary>Whether partitions receive each other's sums, as in rescoring.</summary>
    public bool SharesStandings { get; init; }

    public Func<PathJudge> PathJudge { get; init; } = () => new PathJudge(new ReplayIndex(new ReplaySettings(10_000)));
}

/// <summary>Drives a pipeline without Kafka and Redis: records in, visible results out. Values are in memory that is
/// overwritten as soon as their batch is done, like librdkafka's, so a text kept too long shows.</summary>
public sealed unsafe class PipelineRun : IDecisionSink, IDisposable
{
    /// <summary>The activation delay of settings.</summary>
    public static readonly TimeSpan ActivationDelay = Activation.Delay;

    private readonly RunOptions _options;
    private readonly KeyedHash _hash = new(0x5DEECE66D1234567, 0xB5297A4D9ABCDEF1);
    private readonly SettingsBuilder _settings;
    private readonly SettingsTimeline _timeline;
    private readonly ClickPipeline _pipeline;
    private readonly SortedDictionary<int, PartitionState> _partitions = [];
    private readonly Dictionary<int, long> _next = [];
    private readonly Utf8Builder _json = new();
    private int _settingsOffset;

    public PipelineRun(RunOptions? options = null)
    {
        _options = options ?? new RunOptions();
        _settings = new SettingsBuilder(new SettingFiles(_options.Folders));
        foreach ((string key, string json) in _options.Base)
        {
            _settings.Apply(key, json);
        }

        _timeline = new SettingsTimeline(_settings.Build("s-base", _hash), ActivationDelay);
        Histories = new Histories(_hash);
        _pipeline = new ClickPipeline(_hash, _timeline, _options.PathJudge(), _options.Limits, this, Histories);
    }

    /// <summary>The histories from labels; a test adds to them as the reader of <c>labels</c> would.</summary>
    public Histories Histories { get; }

    /// <summary>All verdicts in order of writing, including those rewritten by confirmations.</summary>
    public List<(string Click, string Json)> Verdicts { get; } = [];

    /// <summary>The features that decided each click.</summary>
    public Dictionary<string, float[]> Features { get; } = [];

    /// <summary>The clicks whose verdicts were rewritten by confirmations.</summary>
    public List<string> Confirmations { get; } = [];

    public List<DeadLetter> DeadLetters { get; } = [];

    /// <summary>The records written to <c>standings</c>, key and value, in order.</summary>
    public List<(string Key, byte[] Value)> Standings { get; } = [];

    /// <summary>All verdicts as lines, for byte-wise comparison.</summary>
    public string VerdictLines => string.Join('\n', Verdicts.Select(verdict => $"{verdict.Click} {verdict.Json}"));

    public PartitionCounts Counts
    {
        get
        {
            var sum = new PartitionCounts();
            foreach (PartitionState partition in _partitions.Values)
            {
                partition.Counts.AddTo(sum);
            }

            return sum;
        }
    }

    public PartitionState State(int partition = 0)
    {
        if (_partitions.TryGetValue(partition, out PartitionState? state))
        {
            return state;
        }

        state = new PartitionState(partition, _options.Limits, _timeline.Latest.Limits);
        _partitions.Add(partition, state);
        return state;
    }

    /// <summary>Takes a partition over: rereads its log from one offset, and gives results from another.</summary>
    /// <param name="standings">The content of <c>standings</c>.</param>
    public void TakeOver(
        int partition,
        long from,
        long liveFromOffset,
        IEnumerable<(string Key, byte[] Value)> standings
    )
    {
        _next[partition] = from;
        State(partition).LiveFromOffset = liveFromOffset;
        WrittenSums[] written =
        [
            .. standings.Select(one => StandingRecord.Read(one.Key, one.Value, _hash)).OfType<WrittenSums>(),
        ];
        State(partition).Standings.Restore(written.Where(one => one.Partition == partition));
    }

    /// <summary>Receives a record that another partition wrote to <c>standings</c>.</summary>
    public void Hear(int partition, string key, byte[] value) =>
        State(partition).Standings.AddOther(StandingRecord.Read(key, value, _hash)!.Value);

    /// <summary>Applies a record of <c>settings</c> at its log time; null deletes. It makes the versions <c>s-0</c>,
    /// <c>s-1</c> ….</summary>
    public void Setting(string key, string? json, long logTime)
    {
        _settings.Apply(key, json);
        _timeline.Append(_settings.Build($"s-{_settingsOffset++}", _hash), logTime);
    }

    public void Feed(params EventBuilder[] events) => Process([.. events.Select(e => LogRecord.Of(e))]);

    public void Feed(int partition, long timestamp, string json) => Process([LogRecord.Of(partition, timestamp, json)]);

    /// <summary>Lets log time pass in a partition.</summary>
    public void PassTo(long timestamp, int partition = 0) => Process([LogRecord.Tick(timestamp, partition)]);

    /// <summary>Passes records to the pipeline in batches.</summary>
    /// <param name="batch">Returns the size of the next batch; by default all records at once.</param>
    public void Process(IReadOnlyList<LogRecord> log, Func<int>? batch = null)
    {
        for (int at = 0; at < log.Count;)
        {
            int count = Math.Min(batch?.Invoke() ?? log.Count, log.Count - at);
            ProcessBatch([.. log.Skip(at).Take(count)]);
            at += count;
        }
    }

    private void ProcessBatch(LogRecord[] log)
    {
        byte[][] keys = [.. log.Select(record => System.Text.Encoding.ASCII.GetBytes(record.Key ?? ""))];
        int bytes = log.Sum(record => record.Value.Length) + keys.Sum(key => key.Length);
        byte* memory = (byte*)NativeMemory.Alloc((nuint)bytes + 1),
            at = memory;
        try
        {
            var records = new Record[log.Length];
            for (int i = 0; i < log.Length; i++)
            {
                long offset = _next.GetValueOrDefault(log[i].Partition);
                _next[log[i].Partition] = offset + 1;
                records[i] = new Record
                {
                    Partition = State(log[i].Partition),
                    Offset = offset,
                    Timestamp = log[i].Timestamp,
                    Encoding = log[i].Encoding,
                    CloudEvent = CloudEvent.None,
                    Value = Copy(log[i].Value, ref at),
                    Length = log[i].Value.Length,
                    Key = Copy(keys[i], ref at),
                    KeyLength = keys[i].Length,
                };
            }
            _pipeline.Process(records);
        }
        finally
        {
            new Span<byte>(memory, bytes).Fill(0xFE);
            NativeMemory.Free(memory);
        }
    }

    private static byte* Copy(byte[] bytes, ref byte* at)
    {
        byte* start = at;
        bytes.CopyTo(new Span<byte>(at, bytes.Length));
        at += bytes.Length;
        return start;
    }

    /// <summary>The last verdict of a click; fails if there is none.</summary>
    public JsonElement Verdict(string click) =>
        JsonDocument.Parse(Verdicts.Last(verdict => verdict.Click == click).Json).RootElement;

    public bool IsDecided(string click) => Verdicts.Exists(verdict => verdict.Click == click);

    /// <summary>The reasons of a click's last verdict; empty for the short form.</summary>
    public string[] ReasonsOf(string click) =>
        Verdict(click).TryGetProperty("reasons", out JsonElement reasons)
            ? [.. reasons.EnumerateArray().Select(reason => reason.GetString()!)]
            : [];

    /// <summary>The evidence of a reason for a click, as JSON.</summary>
    public string EvidenceOf(string click, string reason) =>
        Verdict(click).GetProperty("evidence").GetProperty(reason).GetRawText();

    void IDecisionSink.Verdict(ClickRow row, in Judgement judgement)
    {
        _json.Clear();
        VerdictWriter.Write(_json, row, judgement, _options.CompleteVerdicts);
        Verdicts.Add((row.Event.Id.ToString(), System.Text.Encoding.UTF8.GetString(_json.Written)));
        Features[row.Event.Id.ToString()] = [.. row.Features];
    }

    void IDecisionSink.Confirmed(PartitionState partition, PendingConfirmation click, in InteractionEvent e)
    {
        _json.Clear();
        VerdictWriter.WriteConfirmed(_json, partition, click, e, _options.CompleteVerdicts);
        Verdicts.Add((click.Click, System.Text.Encoding.UTF8.GetString(_json.Written)));
        Confirmations.Add(click.Click);
    }

    void IDecisionSink.DeadLetter(in Record record, DecodeError error) =>
        DeadLetters.Add(
            new DeadLetter(
                error.Reason,
                error.Detail,
                record.Partition.Partition,
                record.Offset,
                System.Text.Encoding.UTF8.GetString(record.Value, record.Length)
            )
        );

    void IDecisionSink.Standings(PartitionState partition, IReadOnlyList<StandingSums> due)
    {
        foreach (StandingSums sums in due)
        {
            (string key, byte[] value) = (
                StandingRecord.Key(sums, partition.Name),
                StandingRecord.Value(sums, partition.Position)
            );
            Standings.Add((key, value));
            if (!_options.SharesStandings)
            {
                continue;
            }

            foreach (int other in _partitions.Keys.Where(other => other != partition.Partition))
            {
                Hear(other, key, value);
            }
        }
    }

    void IDecisionSink.Signature(ClickRow row, ReadOnlySpan<byte> signature) { }

    public void Dispose()
    {
        _pipeline.Dispose();
        foreach (PartitionState partition in _partitions.Values)
        {
            partition.Dispose();
        }
    }
}
