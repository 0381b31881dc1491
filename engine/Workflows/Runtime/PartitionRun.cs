using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Engine.Contracts;
using Engine.Contracts.Events;
using Engine.Pipeline.Join;
using Engine.Pipeline.Knowledge;
using Engine.Pipeline.Settings;
using Engine.Primitives;
using Engine.Workflows.Module;

namespace Engine.Workflows.Runtime;

/// <summary>A record of a workflow's topic.</summary>
/// <param name="Timestamp">The record's timestamp, ms; log time is its running maximum.</param>
/// <param name="Header">Returns a header as text, or null.</param>
public readonly record struct WorkflowRecord(
    long Offset,
    long Timestamp,
    byte[]? Key,
    byte[] Value,
    Func<string, string?> Header
);

/// <summary>One partition of one workflow, independent of transport: log time, settings in force, deduplication window,
/// timers, and the decider's memory. The same records give the same results, however they are batched. Call
/// <see cref="Restore"/>, then <see cref="Take"/> for each record in order, then <see cref="Dispose"/>.</summary>
public sealed class PartitionRun : IDisposable
{
    /// <summary>The maximum number of bytes of an id or a key, with room for a foreign header.</summary>
    private const int IdBytes = 256;

    /// <summary>More timers than any decider has due at once: a decider that reaches this doesn't move its timer
    /// on.</summary>
    private const int MaxTimers = 10_000_000;

    /// <summary>Separates the fingerprints of these ids from others under the same secrets.</summary>
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
    /// <param name="liveFromOffset">Progress: records before it only rebuild windows and the deduplication
    /// window.</param>
    /// <param name="logTime">Log time as of progress, ms; 0 if there is none.</param>
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

    /// <summary>What the partition knows of the standings of networks; nothing by default.</summary>
    public IStandings Standings { get; init; } = new StandingsView(0);

    /// <summary>Puts what is known in force, record by record; null if the decider doesn't use standings.</summary>
    public PartitionKnowledge? Knowledge { get; init; }

    public IDecider Decider => _workflow.Decider;

    /// <summary>The decider's memory.</summary>
    public IDeciderPartition Memory => _memory;

    /// <summary><c>bindings-2</c></summary>
    public string Name { get; }

    public int Number { get; }

    /// <summary>The partition's log time, ms.</summary>
    public long LogTime { get; private set; }

    /// <summary>The log time past which the next timer falls due; <see cref="long.MaxValue"/> for none.</summary>
    public long Due => Math.Min(_memory.Due, NextSettings);

    /// <summary>See <see cref="IDeciderPartition.DueUnsent"/>.</summary>
    public long? DueUnsent(long now) => _memory.DueUnsent(now);

    /// <summary>The last log time before the next version of the settings comes into force, if the decider follows
    /// settings.</summary>
    private long NextSettings
    {
        get
        {
            if (!_memory.FollowsSettings)
            {
                return long.MaxValue;
            }

            _timeline.At(LogTime, out long until);
            return until;
        }
    }

    public WorkflowCounts Counts { get; } = new();

    /// <summary>Frees the deduplication window, which is off-heap.</summary>
    public void Dispose() => _ids.Dispose();

    /// <summary>Restores one remembered field.</summary>
    public void Restore(string field, string value) => _memory.Restore(field, value);

    /// <summary>Tells a decider's memory what partitions of the workflow that it follows remember.</summary>
    internal static void Learn(IDeciderPartition memory, IReadOnlyList<RememberedField> fields)
    {
        foreach (RememberedField field in fields)
        {
            memory.Learn(field.Name, field.Value);
        }
    }

    /// <summary>Consumes the next record. Returns why it is a dead letter, or null.</summary>
    public Refusal? Take(in WorkflowRecord record, IResults results)
    {
        if (record.Offset >= Knowledge?.NextFrom)
        {
            Knowledge.Advance(record.Offset);
        }

        bool rebuilding = record.Offset < _liveFromOffset;
        long logTime = RecordTime.Advance(LogTime, record.Timestamp);
        if (!rebuilding)
        {
            // If reading began late, progress has the later log time.
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

        if (!rebuilding)
        {
            Counts.Read++;
        }

        WorkflowEvent? e = null;
        Refusal? refusal = RecordTime.IsAccepted(record.Timestamp)
            ? Read(_workflow.Events, _memory, record, out e)
            : new Refusal(DeadLetterReason.OutOfRange, RecordTime.Field);
        if (!rebuilding && e != null && (refusal = _memory.Refuse(e)) != null)
        {
            e = null;
        }

        if (e == null)
        {
            if (!rebuilding)
            {
                Counts.DeadLetters++;
            }

            return rebuilding ? null : refusal;
        }
        if (IsDuplicate(e, record.Header, logTime, record.Offset, settings))
        {
            if (!rebuilding)
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
        if (rebuilding)
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

    /// <summary>Handles what fell due before a log time, each at its own time: timers, and changes of settings if the
    /// decider follows them.</summary>
    private void Elapse(long logTime, long offset, IResults results)
    {
        // A decider that doesn't move its timer on would hang the partition here. That is a bug, so throw.
        for (int left = MaxTimers; Due < logTime; left--)
        {
            if (left == 0)
            {
                throw new InvalidOperationException($"{Name}: a timer at log time {_memory.Due} doesn't advance");
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

        return new Moment(logTime, offset, _compiledNow!, settings.Version, Standings);
    }

    private static bool IsKey(byte[]? key, string text)
    {
        Span<byte> bytes = stackalloc byte[IdBytes];
        return key != null
            && Encoding.UTF8.TryGetBytes(text, bytes, out int written)
            && key.AsSpan().SequenceEqual(bytes[..written]);
    }

    private DecisionSettings At(long logTime) => _timeline.At(logTime, out _);

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
        ref DeduplicationWindow.Remembered seen = ref _ids.Find(hash);
        if (!Unsafe.IsNullRef(ref seen))
        {
            _ids.Renew(ref seen, logTime);
            return true;
        }

        _ids.SetBound(settings.Limits.DuplicatesMax);
        _ids.Add(hash, logTime, decided: true, offset);
        return false;
    }

    /// <summary>Reads the event of a record, in the same way for HTTP and for Kafka. Returns what is wrong with it, or
    /// null.</summary>
    /// <param name="events">The events of the topic.</param>
    /// <param name="memory">Reads the fields; doesn't change.</param>
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

/// <summary>Counts of a workflow's records. Read = Decided + Duplicates + DeadLetters.</summary>
public sealed class WorkflowCounts
{
    private readonly Dictionary<string, long> _shadow = new(StringComparer.Ordinal);

    /// <summary>Records except ticks.</summary>
    public long Read;
    public long Decided,
        Duplicates,
        DeadLetters;

    /// <summary>Decided events whose record has an unexpected key.</summary>
    public long KeysMismatched;

    /// <summary>Results that are due by the clock and not sent yet; null for deciders that promise no time.</summary>
    public long? DueUnsent;

    /// <summary>The number of times each rule in shadow would have acted.</summary>
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
