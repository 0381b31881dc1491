using System.Text;
using System.Text.Json;
using Engine.Contracts;
using Engine.Contracts.Events;
using Engine.Pipeline.Join;
using Engine.Pipeline.Settings;
using Engine.Primitives;
using Engine.Workflows.Module;

namespace Engine.Workflows.Runtime;

/// <summary>A record of a workflow's topic.</summary>
/// <param name="Timestamp">The record's own, ms; log time is its running maximum.</param>
/// <param name="Header">A header as text, or null.</param>
public readonly record struct WorkflowRecord(
    long Offset,
    long Timestamp,
    byte[]? Key,
    byte[] Value,
    Func<string, string?> Header
);

/// <summary>
/// One partition of one workflow, without what carries it: log time, settings in force, ids seen, timers, and the
/// decider's memory. The same records give the same results, however they were cut into batches. <see cref="Restore"/>,
/// then <see cref="Take"/> for each record in order, then <see cref="Dispose"/>.
/// </summary>
public sealed class PartitionRun : IDisposable
{
    /// <summary>What an id or a key may take, with room for a header that isn't ours.</summary>
    private const int IdBytes = 256;

    /// <summary>No decider has so many timers due at once: one that has doesn't move its timer on.</summary>
    private const int MaxTimers = 10_000_000;

    /// <summary>Tells fingerprints of ids from others' under the same secrets.</summary>
    private const ulong IdSalt = 0x77_66_69_64;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = EventLimits.MaxDepth };

    private readonly HostedWorkflow _workflow;
    private readonly IDeciderPartition _memory;
    private readonly SettingsTimeline _timeline;
    private readonly CompiledSettings _compiled;
    private readonly KeyedHash _hash;
    private readonly DeduplicationWindow _ids;
    private readonly long _liveFromOffset,
        _progressTime;
    private DecisionSettings? _compiledFor;
    private object? _compiledNow;

    /// <param name="number">The partition's number.</param>
    /// <param name="liveFromOffset">Progress: records before it change windows and ids only.</param>
    /// <param name="logTime">Log time as of progress, ms; 0 where there is none.</param>
    public PartitionRun(
        HostedWorkflow workflow,
        int number,
        SettingsTimeline timeline,
        CompiledSettings compiled,
        KeyedHash hash,
        long liveFromOffset,
        long logTime
    )
    {
        (_workflow, _timeline, _compiled, _hash, _liveFromOffset, _progressTime) = (
            workflow,
            timeline,
            compiled,
            hash,
            liveFromOffset,
            logTime
        );
        Name = RedisKeys.Partition(workflow.Topic, number);
        Number = number;
        _memory = workflow.Decider.Open(Name);
        _ids = new DeduplicationWindow(timeline.Latest.Limits.DuplicatesMax);
    }

    public IDecider Decider => _workflow.Decider;

    /// <summary>What the decider remembers.</summary>
    public IDeciderPartition Memory => _memory;

    /// <summary><c>bindings-2</c></summary>
    public string Name { get; }

    public int Number { get; }

    /// <summary>The partition's log time, ms.</summary>
    public long LogTime { get; private set; }

    /// <summary>The log time past which something falls due; <see cref="long.MaxValue"/> for none.</summary>
    public long Due => Math.Min(_memory.Due, NextSettings);

    /// <summary>
    /// The last log time before another version of the settings is in force, where the decider follows them.
    /// </summary>
    private long NextSettings
    {
        get
        {
            if (!_memory.FollowsSettings)
            {
                return long.MaxValue;
            }

            SettingsTimeline.At(_timeline.Entries, LogTime, out long until);
            return until;
        }
    }

    public WorkflowCounts Counts { get; } = new();

    /// <summary>Gives the memory of ids back, which lies outside of the collector's heap.</summary>
    public void Dispose() => _ids.Dispose();

    /// <summary>One thing that the decider remembered.</summary>
    public void Restore(string field, string value) => _memory.Restore(field, value);

    /// <summary>Takes the next record; what it refuses is a dead letter.</summary>
    public Refusal? Take(in WorkflowRecord record, IResults results)
    {
        bool again = record.Offset < _liveFromOffset;
        long logTime = Math.Max(LogTime, record.Timestamp);
        if (!again)
        {
            // Where reading began late, progress knows better how far log time had come.
            if (LogTime < _progressTime)
            {
                LogTime = _progressTime;
            }

            logTime = Math.Max(logTime, _progressTime);
            Elapse(logTime, record.Offset, results);
        }
        LogTime = logTime;
        DecisionSettings settings = At(logTime);
        _ids.Expire(logTime - settings.Limits.DuplicatesMs);
        if (Tick.Is(record.Value))
        {
            return null;
        }

        if (!again)
        {
            Counts.Read++;
        }

        Refusal? refusal = Read(_workflow.Events, _memory, record, out WorkflowEvent? e);
        if (e == null)
        {
            if (!again)
            {
                Counts.DeadLetters++;
            }

            return again ? null : refusal;
        }
        if (IsDuplicate(e, record.Header, logTime, record.Offset, settings))
        {
            if (!again)
            {
                Counts.Duplicates++;
            }

            return null;
        }
        if (Math.Abs(e.Time - logTime) > settings.Limits.OutOfRangeMs)
        {
            e = e with { Time = logTime };
        }

        Moment at = MomentAt(logTime, record.Offset);
        if (again)
        {
            _memory.Recall(e, at);
            return null;
        }
        if (!IsKey(record.Key, e.Key))
        {
            Counts.KeysMismatched++;
        }

        Counts.Decided++;
        _memory.Decide(e, at, results);
        return null;
    }

    /// <summary>
    /// Does what fell due before a log time, each at its own time: timers, and changes of settings where the decider
    /// follows them.
    /// </summary>
    private void Elapse(long logTime, long offset, IResults results)
    {
        // A decider that doesn't move its timer on would hang the partition here: that is a bug, and is said.
        for (int left = MaxTimers; Due < logTime; left--)
        {
            if (left == 0)
            {
                throw new InvalidOperationException($"{Name}: a timer at log time {_memory.Due} doesn't move on");
            }

            bool timer = _memory.Due <= NextSettings;
            LogTime = Math.Max(LogTime, timer ? _memory.Due : NextSettings + 1);
            if (timer)
            {
                _memory.Elapse(MomentAt(LogTime, offset), results);
            }
            else
            {
                _memory.SettingsChanged(MomentAt(LogTime, offset), results);
            }
        }
    }

    private Moment MomentAt(long logTime, long offset)
    {
        DecisionSettings settings = At(logTime);
        if (settings != _compiledFor)
        {
            (_compiledFor, _compiledNow) = (settings, _compiled.Of(_workflow, settings));
        }

        return new Moment(logTime, offset, _compiledNow!, settings.Version);
    }

    private static bool IsKey(byte[]? key, string text)
    {
        Span<byte> bytes = stackalloc byte[IdBytes];
        return key != null
            && Encoding.UTF8.TryGetBytes(text, bytes, out int written)
            && key.AsSpan().SequenceEqual(bytes[..written]);
    }

    private DecisionSettings At(long logTime) => SettingsTimeline.At(_timeline.Entries, logTime, out _);

    private bool IsDuplicate(
        WorkflowEvent e,
        Func<string, string?> header,
        long logTime,
        long offset,
        DecisionSettings settings
    )
    {
        // Events of our own carry the same header each time they are written.
        if ((e.Id ?? header("id")) is not { } id)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[IdBytes];
        ulong hash = _hash.Of(
            Encoding.UTF8.TryGetBytes(id, bytes, out int written) ? bytes[..written] : Encoding.UTF8.GetBytes(id),
            IdSalt
        );
        if (!System.Runtime.CompilerServices.Unsafe.IsNullRef(ref _ids.Find(hash)))
        {
            return true;
        }

        _ids.SetBound(settings.Limits.DuplicatesMax);
        _ids.Add(hash, logTime, decided: true, offset);
        return false;
    }

    /// <summary>
    /// Reads the event of a record as every end of the engine reads it; what is wrong with it, or null.
    /// </summary>
    /// <param name="events">The events that are taken.</param>
    /// <param name="memory">Who reads the fields; changes nothing.</param>
    public static Refusal? Read(
        EventCatalog events,
        IDeciderPartition memory,
        in WorkflowRecord record,
        out WorkflowEvent? e
    )
    {
        e = null;
        if (record.Value.Length > EventLimits.MaxValueBytes)
        {
            return new Refusal(DeadLetterReason.TooLarge, $"{record.Value.Length} bytes");
        }

        var headers = EventHeaders.Of(record.Header);
        byte[] json = record.Value;
        if (headers.IsProtobuf && ProtobufJson.TryRead(record.Value, out json) is { } problem)
        {
            return new Refusal(DeadLetterReason.Malformed, problem);
        }

        EventFindings found = EventCheck.InspectAnyLength(json, events, headers);
        if (!found.IsGood)
        {
            return new Refusal(found.Reason, found.Detail ?? "");
        }

        using JsonDocument document = JsonDocument.Parse(json, Strict);
        var reader = new EventReader(document.RootElement, found.Schema!.Type, headers, record.Header);
        e = memory.Read(reader);
        if (e != null && reader.IsGood)
        {
            return null;
        }

        e = null;
        return new Refusal(reader.IsGood ? DeadLetterReason.Malformed : reader.Reason, reader.Detail);
    }
}

/// <summary>What became of a workflow's records. Read = Decided + Duplicates + DeadLetters.</summary>
public sealed class WorkflowCounts
{
    private readonly Dictionary<string, long> _shadow = new(StringComparer.Ordinal);

    /// <summary>Records but ticks.</summary>
    public long Read;
    public long Decided,
        Duplicates,
        DeadLetters;

    /// <summary>Decided events whose key isn't their own.</summary>
    public long KeysMismatched;

    /// <summary>How often rules in shadow would have acted, by rule.</summary>
    public IReadOnlyDictionary<string, long> Shadow => _shadow;

    internal void CountShadow(string rule, long by) => _shadow[rule] = _shadow.GetValueOrDefault(rule) + by;

    public void AddTo(WorkflowCounts sum)
    {
        foreach ((string rule, long count) in _shadow)
        {
            sum.CountShadow(rule, count);
        }

        sum.Read += Read;
        sum.Decided += Decided;
        sum.Duplicates += Duplicates;
        sum.DeadLetters += DeadLetters;
        sum.KeysMismatched += KeysMismatched;
    }
}
