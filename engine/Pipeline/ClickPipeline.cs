using System.Runtime.Intrinsics.X86;
using Engine.Contracts;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Decide;
using Engine.Pipeline.Decode;
using Engine.Pipeline.History;
using Engine.Pipeline.Join;
using Engine.Pipeline.Keys;
using Engine.Pipeline.Lists;
using Engine.Pipeline.Settings;
using Engine.Pipeline.Standing;
using Engine.Pipeline.Verdicts;
using Engine.Primitives;

namespace Engine.Pipeline;

/// <summary>
/// The function (state, records, settings) → (state, results) over batches. Records are taken in chunks: all of a chunk
/// are decoded and their windows asked for, then each takes its step through its partition's state in order, and the
/// clicks that are ready go through the forest together. One a lane, used by its thread only; nothing is allocated for
/// a click without a path once warm.
/// </summary>
public sealed unsafe partial class ClickPipeline : IDisposable
{
    /// <summary>
    /// How many clicks ahead windows are asked for: their misses to memory overlap with the steps between.
    /// </summary>
    private const int PrefetchAhead = 4,
        CountsAhead = 2;

    /// <summary>
    /// How many records ahead values are asked for, and the most bytes of one: what is longer comes by itself once it
    /// is being read.
    /// </summary>
    private const int ValuesAhead = 3,
        MaxPrefetched = 640;

    private readonly KeyedHash _hash;
    private readonly SettingsTimeline _timeline;
    private readonly IDecisionSink _sink;
    private readonly EventArena _arena = new();
    private readonly JsonEventDecoder _json;
    private readonly ProtobufEventDecoder _protobuf;

    /// <summary>
    /// Each record is decoded into a row, so that a click needn't be copied into one; rows that no click took stay.
    /// </summary>
    private readonly ClickRow?[] _decoded = new ClickRow?[ClickRow.ChunkRecords];

    private readonly DecodeError[] _errors = new DecodeError[ClickRow.ChunkRecords];
    private readonly ClickKeys[] _keys = new ClickKeys[ClickRow.ChunkRecords];
    private readonly Stack<ClickRow> _rows = new();
    private readonly Stack<WaitingPath> _paths = new();
    private readonly ClickRow[] _ready = new ClickRow[ClickRow.ChunkRecords];
    private readonly Scorer _scorer;
    private readonly PathJudge _pathJudge;
    private readonly List<StandingSums> _due = [];
    private readonly PipelineLimits _limits;
    private readonly Histories? _histories;
    private AgentCache? _agents;
    private DecisionSettings? _agentsOf,
        _readySettings;
    private int _readyCount;

    /// <param name="histories">What labels say, by the same hash; null where there are no labels.</param>
    public ClickPipeline(
        KeyedHash hash,
        SettingsTimeline timeline,
        PathJudge pathJudge,
        PipelineLimits limits,
        IDecisionSink sink,
        Histories? histories = null
    )
    {
        (_hash, _timeline, _pathJudge, _limits, _sink, _histories) = (
            hash,
            timeline,
            pathJudge,
            limits,
            sink,
            histories
        );
        _scorer = new Scorer(hash, histories);
        _json = new JsonEventDecoder(_arena);
        _protobuf = new ProtobufEventDecoder(_arena);
    }

    /// <summary>
    /// Takes records in, each partition's in the order of its log. Results are at the sink when it returns, but for
    /// clicks that wait.
    /// </summary>
    public void Process(ReadOnlySpan<Record> records)
    {
        for (; records.Length > ClickRow.ChunkRecords; records = records[ClickRow.ChunkRecords..])
        {
            ProcessChunk(records[..ClickRow.ChunkRecords]);
        }

        if (records.Length > 0)
        {
            ProcessChunk(records);
        }
    }

    private void ProcessChunk(ReadOnlySpan<Record> records)
    {
        _arena.Reset();
        for (int i = 0; i < records.Length; i++)
        {
            ref readonly Record record = ref records[i];
            if (i + ValuesAhead < records.Length)
            {
                PrefetchValue(records[i + ValuesAhead]);
            }

            ref InteractionEvent e = ref (_decoded[i] ??= Rent()).Event;
            _errors[i] =
                record.Encoding == ValueEncoding.Json
                    ? _json.Decode(record.Value, record.Length, ref e, record.CloudEvent)
                    : _protobuf.Decode(record.Value, record.Length, ref e, record.CloudEvent);
            if (!IsClick(i))
            {
                continue;
            }

            _keys[i].Fill(_hash, e);
            _keys[i].PrefetchTags(record.Partition);
        }
        for (int i = 0; i < Math.Min(PrefetchAhead, records.Length); i++)
        {
            if (IsClick(i))
            {
                _keys[i].Prefetch(records[i].Partition);
            }
        }

        for (int i = 0; i < records.Length; i++)
        {
            int ahead = i + PrefetchAhead;
            if (ahead < records.Length && IsClick(ahead))
            {
                _keys[ahead].Prefetch(records[ahead].Partition);
            }

            int near = i + CountsAhead;
            if (near < records.Length && IsClick(near))
            {
                _keys[near].PrefetchCounts(records[near].Partition);
            }

            Step(records[i], i);
        }
        // Texts of what is ready lie in the messages, which go with the batch.
        DecideReady();
    }

    /// <summary>
    /// Asks for a value's lines: it lies where the client's thread put it, far from this one's caches.
    /// </summary>
    private static void PrefetchValue(in Record record)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        for (int at = 0; at < Math.Min(record.Length, MaxPrefetched); at += 64)
        {
            Sse.Prefetch0(record.Value + at);
        }
    }

    private bool IsClick(int i) => !_errors[i].IsError && _decoded[i]!.Event.Type == EventType.Click;

    private void Step(in Record record, int i)
    {
        PartitionState partition = record.Partition;
        partition.Position = record.Offset;
        if (record.Timestamp > partition.LogTime)
        {
            Advance(partition, record.Timestamp);
        }

        if (partition.LogTime > partition.SettingsUntil || partition.Timeline != _timeline.Entries)
        {
            TakeSettings(partition);
        }

        if (_errors[i].IsError)
        {
            if (!partition.IsLive)
            {
                return;
            }

            partition.Counts.DeadLetters[(int)_errors[i].Reason]++;
            _sink.DeadLetter(record, _errors[i]);
            return;
        }
        ref InteractionEvent e = ref _decoded[i]!.Event;
        switch (e.Type)
        {
            case EventType.Click:
                CheckKey(record, e);
                OnClick(partition, i);
                break;
            case EventType.CursorPath:
                CheckKey(record, e);
                OnPath(partition, e);
                break;
            case EventType.Confirmation:
                CheckKey(record, e);
                OnConfirmation(partition, e);
                break;
            default:
                if (partition.IsLive)
                {
                    partition.Counts.Ticks++;
                }

                break;
        }
    }

    /// <summary>
    /// Log time moves on: what is overdue is decided, ids are forgotten, and where a second ends, standings change.
    /// </summary>
    private void Advance(PartitionState partition, long logTime)
    {
        if (logTime / 1000 != partition.LogTime / 1000)
        {
            DecideReady();
            Bands bands = (partition.Settings ?? _timeline.Latest).Bands;
            partition.Standings.Apply(partition.Position, logTime, bands);
            if (partition.IsLive)
            {
                partition.Standings.TakeDirty(partition.LogTime, bands, _due);
                if (_due.Count > 0)
                {
                    _sink.Standings(partition, _due);
                }

                _due.Clear();
            }
        }
        partition.LogTime = logTime;
        ReleaseOverdue(partition);
        if (partition.Settings is { } settings)
        {
            partition.Ids.Expire(logTime - settings.Limits.DuplicatesMs);
        }
    }

    private void TakeSettings(PartitionState partition)
    {
        partition.Timeline = _timeline.Entries;
        partition.Settings = SettingsTimeline.At(partition.Timeline, partition.LogTime, out partition.SettingsUntil);
        partition.Ids.SetBound(partition.Settings.Limits.DuplicatesMax);
    }

    private void ReleaseOverdue(PartitionState partition)
    {
        while (
            partition.WaitingClicks.TryTakeOverdue(partition.LogTime, out ClickRow? row, static row =>
                row.LogTime + row.Settings.Limits.JoinMs
            )
        )
        {
            ref DeduplicationWindow.Remembered remembered = ref partition.Ids.Find(row!.Id);
            if (!System.Runtime.CompilerServices.Unsafe.IsNullRef(ref remembered))
            {
                remembered.Decided = true;
            }

            row.Path = PathState.Missing;
            Ready(row);
        }
        while (
            partition.WaitingPaths.TryTakeOverdue(partition.LogTime, out WaitingPath? path, static path =>
                path.Deadline
            )
        )
        {
            if (partition.IsLive)
            {
                partition.Counts.PathsUnmatched += 1 + path!.Extras;
            }

            Return(partition, path!);
        }
    }

    private void CheckKey(in Record record, in InteractionEvent e)
    {
        if (
            !e.HasIp
            || !record.Partition.IsLive
            || IsNetworkOf(e, new ReadOnlySpan<byte>(record.Key, record.KeyLength))
        )
        {
            return;
        }

        Span<byte> network = stackalloc byte[IpAddress.MaxNetworkText];
        int length = e.Address.FormatNetwork(network);
        if (!network[..length].SequenceEqual(new ReadOnlySpan<byte>(record.Key, record.KeyLength)))
        {
            record.Partition.Counts.KeysMismatched++;
        }
    }

    /// <summary>
    /// IPv4 as it is sent has one spelling: its network's key is the text up to the last part, and <c>0/24</c>. False
    /// says nothing.
    /// </summary>
    private static bool IsNetworkOf(in InteractionEvent e, ReadOnlySpan<byte> key)
    {
        ReadOnlySpan<byte> ip = e.Ip.Span;
        if (!e.Address.IsV4 || key.Length < 5 || key.Length - 4 >= ip.Length)
        {
            return false;
        }

        int last = key.Length - 4;
        return ip[last - 1] == '.'
            && ip[last..].IndexOf((byte)'.') < 0
            && ip.IndexOf((byte)':') < 0
            && key[..last].SequenceEqual(ip[..last])
            && key[last..].SequenceEqual("0/24"u8);
    }

    private void OnConfirmation(PartitionState partition, in InteractionEvent e)
    {
        // The verdict that it speaks of may be among those that are ready.
        DecideReady();
        ulong id = Fingerprints.Click(_hash, e.Click.Span);
        bool used = partition.Confirmables.Remove(id, out PendingConfirmation? click);
        if (!partition.IsLive)
        {
            return;
        }

        if (!used)
        {
            partition.Counts.ConfirmationsUnused++;
            return;
        }
        partition.Counts.ConfirmationsUsed++;
        _sink.Confirmed(partition, click!, e);
    }

    private void Ready(ClickRow row)
    {
        if (_readyCount == _ready.Length || (_readyCount > 0 && _readySettings != row.Settings))
        {
            DecideReady();
        }

        if (row.Path == PathState.Present)
        {
            _pathJudge.Join(row, _arena, _sink);
        }

        row.DecidedAt = row.Partition.Position;
        _readySettings = row.Settings;
        _ready[_readyCount++] = row;
    }

    /// <summary>Scores and concludes what is ready, in the order in which it became so.</summary>
    private void DecideReady()
    {
        if (_readyCount == 0)
        {
            return;
        }

        ReadOnlySpan<ClickRow> rows = _ready.AsSpan(0, _readyCount);
        _sink.OnBatchStart(rows);
        _pathJudge.Score(rows);
        Span<float> scores = stackalloc float[ClickRow.ChunkRecords];
        _scorer.Score(rows, _readySettings!.ClicksModel, scores);
        for (int i = 0; i < rows.Length; i++)
        {
            Conclude(rows[i], scores[i]);
            Return(rows[i]);
        }
        _readyCount = 0;
    }

    private void Conclude(ClickRow row, float score)
    {
        PartitionState partition = row.Partition;
        var judgement = new Judgement { Score = score, Allow = row.Allow };
        ReasonEvaluator.Find(row, ref judgement);
        if (row.Settings.Rules.Length > 0)
        {
            RuleEvaluator.Apply(row.Settings.Rules, row, ref judgement);
        }

        judgement.Conclude(row.Settings.Bands);
        partition.Standings.Note(row, judgement.IsInvalid);
        // Its id may have been forgotten in the step that released it: then nobody would forget this either.
        if (
            judgement.Action == VerdictAction.Confirm
            && !System.Runtime.CompilerServices.Unsafe.IsNullRef(ref partition.Ids.Find(row.Id))
        )
        {
            partition.Confirmables[row.Id] = VerdictWriter.Keep(row, judgement);
        }

        if (!row.IsLive)
        {
            return;
        }

        partition.Counts.Verdicts++;
        partition.Counts.ByClass[(int)judgement.Class]++;
        for (ulong left = judgement.Reasons; left != 0; left &= left - 1)
        {
            partition.Counts.ByReason[System.Numerics.BitOperations.TrailingZeroCount(left)]++;
        }

        for (ulong left = judgement.ShadowReasons; left != 0; left &= left - 1)
        {
            partition.Counts.ByShadowReason[System.Numerics.BitOperations.TrailingZeroCount(left)]++;
        }

        _sink.Verdict(row, judgement);
    }

    private ClickRow Rent() => _rows.TryPop(out ClickRow? row) ? row : new ClickRow();

    private void Return(ClickRow row)
    {
        if (row.OwnPath is { } path)
        {
            Return(row.Partition, path);
        }

        row.OwnPath = null;
        _rows.Push(row);
    }

    private void Return(PartitionState partition, WaitingPath path)
    {
        partition.WaitingPoints -= path.Count;
        _paths.Push(path);
    }

    public void Dispose() => _arena.Dispose();
}
