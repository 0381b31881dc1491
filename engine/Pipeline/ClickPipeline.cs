using Engine.Pipeline.Clicks;
using Engine.Pipeline.Decode;
using Engine.Pipeline.History;
using Engine.Pipeline.Keys;
using Engine.Pipeline.Settings;
using Engine.Pipeline.Standing;
using Engine.Primitives;

namespace Engine.Pipeline;

/// <summary>
/// The function (state, records, settings) → (state, results) over batches. Records are taken in chunks: all of a chunk
/// are decoded (<see cref="RecordChunk"/>), then each takes its step through its partition's state in order: it is
/// joined with its path (<see cref="PathJoin"/>), counted and described (<see cref="ClickArrival"/>), and the clicks
/// that are ready are scored and decided together (<see cref="DecisionBatch"/>). One a lane, used by its thread only;
/// nothing is allocated for a click without a path once warm.
/// </summary>
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
        (_hash, _timeline, _sink) = (hash, timeline, sink);
        var pool = new RowPool();
        _chunk = new RecordChunk(hash, _arena, pool);
        _batch = new DecisionBatch(hash, histories, pathJudge, _arena, pool, sink);
        _join = new PathJoin(hash, limits, _arena, pool, new ClickArrival(hash, histories), _batch);
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
        _chunk.Decode(records);
        for (int i = 0; i < records.Length; i++)
        {
            _chunk.PrefetchBehind(records, i);
            Step(records[i], i);
        }
        // Texts of what is ready lie in the messages, which go with the batch.
        _batch.Decide();
    }

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

    /// <summary>
    /// Log time moves on: what is overdue is decided, ids are forgotten, and where a second ends, standings change.
    /// </summary>
    private void Advance(PartitionState partition, long logTime)
    {
        if (logTime / 1000 != partition.LogTime / 1000)
        {
            _batch.Decide();
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
        _join.ReleaseOverdue(partition);
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

    private void OnConfirmation(PartitionState partition, in InteractionEvent e)
    {
        // The verdict that it speaks of may be among those that are ready.
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
