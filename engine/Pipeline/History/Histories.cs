using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;
using Engine.Contracts.Settings;
using Engine.Pipeline.Keys;
using Engine.Primitives;

namespace Engine.Pipeline.History;

/// <summary>Bounds on what a process's histories remember.</summary>
public sealed record HistoryLimits
{
    /// <summary>Keys with counts, about 300 bytes each. Labels of further keys count only for keys that are
    /// known.</summary>
    public int Keys { get; init; } = 1_000_000;

    /// <summary>Keys with counts of a network's own click forest, about 300 bytes each; used only if one is in
    /// force.</summary>
    public int FieldKeys { get; init; } = 500_000;

    /// <summary>Latest labels by click and source, about 150 bytes each, evicted oldest first. A label after an evicted
    /// one counts in addition to it.</summary>
    public int Labels { get; init; } = 200_000;
}

/// <summary>The outcome of adding a label.</summary>
public enum LabelOutcome : byte
{
    /// <summary>The label was added to its keys.</summary>
    Counted,

    /// <summary>The label replaced an earlier label of the same click and source.</summary>
    Replaced,

    /// <summary>The label names no publisher, and neither did an earlier label of its click and source, so its keys are
    /// unknown.</summary>
    Unplaced,
}

/// <summary>Counts of labels by key (docs/histories.md). There is one instance per process: one thread adds labels as
/// it reads them, and any number of lanes look up. A click sees the labels of whole minutes of log time that ended
/// before its own log time minus the activation delay.</summary>
public sealed class Histories
{
    private const ulong SourceSalt = 0x1020;
    private const long MinuteMs = 60_000;

    private readonly record struct Remembered(HistoryKeys Keys, ulong[] Fields, HistoryCount Count, long Minute);

    private readonly KeyedHash _hash;
    private readonly HistoryLimits _limits;
    private readonly ConcurrentDictionary<ulong, HistorySeries> _series = new();
    private readonly ConcurrentDictionary<ulong, HistorySeries> _fieldSeries = new();
    private readonly Func<FieldHistories?> _own;
    private readonly ClickFields _fields = new();
    private readonly Dictionary<ulong, Remembered> _labels = [];
    private readonly Queue<ulong> _order = new();
    private volatile HistorySeries _all = HistorySeries.Empty;
    private FieldHistories? _ownBefore;
    private int _keys,
        _fieldKeys;
    private long _refused;

    /// <param name="own">Returns the histories of the click forest in force if it is a network's own; labels with a
    /// later time than those histories also count for its features. If null or if it returns null, labels count only
    /// for the engine's forest.</param>
    public Histories(KeyedHash hash, HistoryLimits? limits = null, Func<FieldHistories?>? own = null) =>
        (_hash, _limits, _own) = (hash, limits ?? new HistoryLimits(), own ?? (() => null));

    /// <summary>Whether no label was counted yet, so there is nothing to look up.</summary>
    public bool IsEmpty => _all == HistorySeries.Empty;

    /// <summary>The number of keys with counts.</summary>
    public int Keys => Volatile.Read(ref _keys);

    /// <summary>How often a new key was rejected at the bound. If this grows, the bound is too low.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>The minute that a click of some log time may see: labels of earlier minutes count.</summary>
    /// <param name="logTime">The click's log time, ms since the epoch.</param>
    public static long MinuteOf(long logTime) => WholeMinute(logTime - (long)Activation.Delay.TotalMilliseconds);

    /// <summary>Adds a label. It replaces an earlier label of the same click and source, from its own minute
    /// on, or from the next one if its click had to be looked up.</summary>
    /// <param name="label">The decoded label.</param>
    /// <param name="logTime">The log time of its record, ms since the epoch.</param>
    public LabelOutcome Add(LabelEvent label, long logTime)
    {
        long minute = FirstMinute(label, logTime);
        ulong id = _hash.Of(
            Fingerprints.Click(_hash, Encoding.UTF8.GetBytes(label.Click)),
            _hash.Of(Encoding.UTF8.GetBytes(label.Source), SourceSalt),
            SourceSalt
        );
        bool replaces = _labels.TryGetValue(id, out Remembered earlier);
        if (label.Publisher.Length == 0 && !replaces)
        {
            return LabelOutcome.Unplaced;
        }
        // A label that only revokes or confirms an earlier one needn't repeat the click's dimensions.
        HistoryKeys keys = label.Publisher.Length == 0 ? earlier.Keys : HistoryKeys.Of(_hash, label);
        ulong[] fields = label.Publisher.Length == 0 ? earlier.Fields : FieldKeysOf(label);
        if (replaces)
        {
            HistoryCount back = Negative(
                earlier.Count.Decayed(TimeSpan.FromMinutes(minute - earlier.Minute), HistorySeries.HalfLife)
            );
            Change(earlier.Keys, minute, back);
            Change(earlier.Fields, minute, back);
        }
        Change(keys, minute, label.Count);
        Change(fields, minute, label.Count);
        Remember(id, new Remembered(keys, fields, label.Count, minute));
        return replaces ? LabelOutcome.Replaced : LabelOutcome.Counted;
    }

    /// <summary>The counts of all clicks, as seen by a click of a minute (<see cref="MinuteOf"/>).</summary>
    public HistoryCount All(long minute) => _all.Before(minute);

    /// <summary>The counts of a key, as seen by a click of a minute; zero if the key is 0 or unknown. Allocates
    /// nothing.</summary>
    public HistoryCount Of(ulong key, long minute) =>
        key != 0 && _series.TryGetValue(key, out HistorySeries? series) ? series.Before(minute) : default;

    /// <summary>The counts that later labels add to the histories of a network's own click forest
    /// (<see cref="FieldHistories"/>), for a key of it.</summary>
    public HistoryCount OfField(ulong key, long minute) =>
        _fieldSeries.TryGetValue(key, out HistorySeries? series) ? series.Before(minute) : default;

    /// <summary>The minute of a log time. Clamps the time, as producers may write anything to topics with CreateTime,
    /// and an invalid time must not overflow.</summary>
    private static long WholeMinute(long logTime) => Math.Clamp(logTime, 0, Contracts.EventLimits.MaxTime) / MinuteMs;

    /// <summary>The minute from which a label counts. One that doesn't say where its click was made counts a minute
    /// later, so that instances have time to look its click up, and all use it from the same click on.</summary>
    private static long FirstMinute(LabelEvent label, long logTime) =>
        WholeMinute(logTime) + (label.Publisher.Length == 0 || label.Place != null ? 1 : 0);

    private static HistoryCount Negative(HistoryCount count) => new(-count.Bad, -count.Seen);

    private void Change(in HistoryKeys keys, long minute, HistoryCount count)
    {
        for (int i = 0; i < HistoryKeys.Count; i++)
        {
            if (keys[i] == 0)
            {
                continue;
            }

            if (_series.TryGetValue(keys[i], out HistorySeries? series))
            {
                _series[keys[i]] = series.Add(minute, count);
            }
            else if (_keys >= _limits.Keys)
            {
                Interlocked.Increment(ref _refused);
            }
            else
            {
                _series[keys[i]] = HistorySeries.Empty.Add(minute, count);
                Interlocked.Increment(ref _keys);
            }
        }
        _all = _all.Add(minute, count);
    }

    /// <summary>The keys that a label counts for in a network's own click forest. Empty if there is no such forest, or
    /// if its histories already include the label.</summary>
    private ulong[] FieldKeysOf(LabelEvent label)
    {
        FieldHistories? own = _own();
        if (own != _ownBefore)
        {
            // Another forest has other histories, which may already include what was added to the last ones.
            (_ownBefore, _fieldKeys) = (own, 0);
            _fieldSeries.Clear();
            foreach ((ulong id, Remembered last) in _labels)
            {
                CollectionsMarshal.GetValueRefOrNullRef(_labels, id) = last with { Fields = [] };
            }
        }
        return own == null || label.Time <= own.Until ? [] : FieldHistories.KeysOf(_hash, _fields, _fields.Fill(label));
    }

    private void Change(ulong[] keys, long minute, HistoryCount count)
    {
        foreach (ulong key in keys)
        {
            if (_fieldSeries.TryGetValue(key, out HistorySeries? series))
            {
                _fieldSeries[key] = series.Add(minute, count);
            }
            else if (_fieldKeys >= _limits.FieldKeys)
            {
                Interlocked.Increment(ref _refused);
            }
            else
            {
                _fieldSeries[key] = HistorySeries.Empty.Add(minute, count);
                _fieldKeys++;
            }
        }
    }

    private void Remember(ulong id, in Remembered label)
    {
        ref Remembered last = ref CollectionsMarshal.GetValueRefOrAddDefault(_labels, id, out bool exists);
        last = label;
        if (exists)
        {
            return;
        }

        _order.Enqueue(id);
        if (_labels.Count > _limits.Labels)
        {
            _labels.Remove(_order.Dequeue());
        }
    }
}
