using Engine.Contracts;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Decode;
using Engine.Pipeline.History;
using Engine.Pipeline.Keys;
using Engine.Pipeline.Settings;
using Engine.Pipeline.Standing;
using Engine.Primitives;

namespace Engine.Pipeline;

/// <summary>The function (state, records, settings) → (state, results), over batches. It processes records in chunks.
/// First it decodes a whole chunk (<see cref="RecordChunk"/>). Then each record, in order, advances the state of its
/// partition: it is joined with its path (<see cref="PathJoin"/>), counted and described (<see cref="ClickArrival"/>).
/// Clicks that are ready are scored and decided together (<see cref="DecisionBatch"/>). There is one pipeline per lane,
/// used by its thread only. Once warm, a click without a path allocates nothing.</summary>
public sealed class ClickPipeline : IDisposable
{
    private readonly KeyedHash _hash;
    private readonly SettingsTimeline _timeline;
    private readonly IDecisionSink _sink;
    private readonly EventArena _arena = new();
    private readonly RecordChunk _chunk;
    private readonly PathJoin _join;
    private readonly DecisionBatch _batch;
    private readonly List<StandingSums> _due = [];

    /// <param name="histories">Histories of labels, keyed by the same hash; null without labels.</param>
    public ClickPipeline(
        KeyedHash hash,
        SettingsTimeline timeline,
        PathJudge pathJudge,
        PipelineLimits limits,
        IDecisionSink sink,
        Histories? histories = null
    )
    {
        (_hash, _timeline, _sink) = (hash, timeline, sink);
        var pool = new RowPool();
        _chunk = new RecordChunk(hash, _arena, pool);
        _batch = new DecisionBatch(hash, histories, pathJudge, _arena, pool, sink);
        _join = new PathJoin(hash, limits, _arena, pool, new ClickArrival(hash, histories), _batch);
    }

    /// <summary>Processes records; each partition's records must be in log order. On return, the sink has all results
    /// except those of clicks that wait.</summary>
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
        _chunk.Decode(records);
        for (int i = 0; i < records.Length; i++)
        {
            _chunk.PrefetchBehind(records, i);
            Step(records[i], i);
        }
        // Texts of the clicks that are ready point into the messages, which go away with the batch.
        _batch.Decide();
    }

    private void Step(in Record record, int i)
    {
        PartitionState partition = record.Partition;
        partition.Position = record.Offset;
        if (record.Offset >= partition.Knowledge.NextFrom)
        {
            partition.Knowledge.Advance(record.Offset);
        }

        if (record.Timestamp > partition.LogTime && RecordTime.IsAccepted(record.Timestamp))
        {
            Advance(partition, record.Timestamp);
        }

        if (partition.LogTime > partition.SettingsUntil || partition.KnownVersions != _timeline.Count)
        {
            ApplySettings(partition);
        }

        ref readonly DecodeError error = ref _chunk.Error(i);
        if (error.IsError)
        {
            if (!partition.IsLive)
            {
                return;
            }

            partition.Counts.DeadLetters[(int)error.Reason]++;
            _sink.DeadLetter(record, error);
            return;
        }
        ref InteractionEvent e = ref _chunk.Event(i);
        switch (e.Type)
        {
            case EventType.Click:
                PartitionKeyCheck.Check(record, e);
                _join.OnClick(partition, _chunk, i);
                break;
            case EventType.CursorPath:
                PartitionKeyCheck.Check(record, e);
                _join.OnPath(partition, e);
                break;
            case EventType.Confirmation:
                PartitionKeyCheck.Check(record, e);
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

    /// <summary>Advances log time: decides overdue clicks, expires ids, and applies standings at each new
    /// second.</summary>
    private void Advance(PartitionState partition, long logTime)
    {
        if (logTime / 1000 != partition.LogTime / 1000)
        {
            _batch.Decide();
            partition.Standings.Apply(partition.Position, logTime);
            if (partition.IsLive)
            {
                partition.Standings.TakeDirty(partition.LogTime, _due);
                if (_due.Count > 0)
                {
                    _sink.Standings(partition, _due);
                }

                _due.Clear();
            }
        }
        partition.LogTime = logTime;
        _join.ReleaseOverdue(partition);
        if (partition.Settings is { } settings)
        {
            partition.Ids.Expire(logTime - settings.Limits.DuplicatesMs);
        }
    }

    private void ApplySettings(PartitionState partition)
    {
        partition.KnownVersions = _timeline.Count;
        partition.Settings = _timeline.At(partition.LogTime, out partition.SettingsUntil);
        partition.Ids.SetBound(partition.Settings.Limits.DuplicatesMax);
    }

    private void OnConfirmation(PartitionState partition, in InteractionEvent e)
    {
        // The confirmed verdict may be among the clicks that are ready.
        _batch.Decide();
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

    public void Dispose() => _arena.Dispose();
}
