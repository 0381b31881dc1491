using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;
using Engine.Contracts.Settings;
using Engine.Pipeline.Keys;
using Engine.Primitives;

namespace Engine.Pipeline.History;

/// <summary>How much the histories of a process may remember.</summary>
public sealed record HistoryLimits
{
    /// <summary>
    /// Keys with counts, about 300 bytes each; labels of further keys count for the keys that are known.
    /// </summary>
    public int Keys { get; init; } = 1_000_000;

    /// <summary>
    /// Keys with counts of a network's own click forest, about 300 bytes each; only where one is in force.
    /// </summary>
    public int FieldKeys { get; init; } = 500_000;

    /// <summary>
    /// Last labels by click and source, about 150 bytes each, oldest out first; a label after one forgotten is counted
    /// beside it.
    /// </summary>
    public int Labels { get; init; } = 200_000;
}

/// <summary>What became of a label.</summary>
public enum LabelOutcome : byte
{
    /// <summary>Added to its keys.</summary>
    Counted,

    /// <summary>Took the place of an earlier label of the same click and source.</summary>
    Replaced,

    /// <summary>
    /// It names no publisher, and no earlier label of its click and source did: nothing is known of its keys.
    /// </summary>
    Unplaced,
}

/// <summary>
/// What labels said of clicks, by key (docs/histories.md). One a process: one thread adds labels as it reads them, any
/// number of lanes look up. A click is judged by the labels of whole minutes of log time that ended before its own log
/// time less the activation delay.
/// </summary>
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

    /// <param name="own"> The histories of the click forest in force, where it is a network's own: labels of a later
    /// time than theirs are counted for its features, too. Null, or giving null: those of the engine's forest only.
    /// </param>
    public Histories(KeyedHash hash, HistoryLimits? limits = null, Func<FieldHistories?>? own = null) =>
        (_hash, _limits, _own) = (hash, limits ?? new HistoryLimits(), own ?? (() => null));

    /// <summary>Whether no label was counted yet: then there is nothing to look up.</summary>
    public bool IsEmpty => _all == HistorySeries.Empty;

    /// <summary>Keys with counts.</summary>
    public int Keys => Volatile.Read(ref _keys);

    /// <summary>How often a key wasn't kept because there were too many: if it grows, the bound is too low.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>The minute whose earlier labels judge a click of some log time.</summary>
    /// <param name="logTime">ms since the epoch.</param>
    public static long MinuteOf(long logTime) =>
        WholeMinute(logTime - (long)Activation.Delay.TotalMilliseconds);

    /// <summary>
    /// Adds a label. A later one of the same click and source takes the place of the earlier from its own minute on.
    /// </summary>
    /// <param name="label">Decoded.</param>
    /// <param name="logTime">Of its record, ms since the epoch.</param>
    public LabelOutcome Add(LabelEvent label, long logTime)
    {
        long minute = WholeMinute(logTime);
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
        // One that only takes back or confirms needn't say again where the click was made.
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

    /// <summary>The counts of everything, as a click of some minute may know them (<see cref="MinuteOf"/>).</summary>
    public HistoryCount All(long minute) => _all.Before(minute);

    /// <summary>
    /// The counts of a key, as a click of some minute may know them; zero where there is no such key, or it is 0.
    /// Allocates nothing.
    /// </summary>
    public HistoryCount Of(ulong key, long minute) =>
        key != 0 && _series.TryGetValue(key, out HistorySeries? series) ? series.Before(minute) : default;

    /// <summary>
    /// The counts of a key of a network's own click forest (<see cref="FieldHistories"/>) that came on top of its
    /// histories.
    /// </summary>
    public HistoryCount OfField(ulong key, long minute) =>
        _fieldSeries.TryGetValue(key, out HistorySeries? series) ? series.Before(minute) : default;

    /// <summary>
    /// Producers' clocks may say anything where topics have CreateTime: a time that is none must not overflow.
    /// </summary>
    private static long WholeMinute(long logTime) => Math.Clamp(logTime, 0, Contracts.EventLimits.MaxTime) / MinuteMs;

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

    /// <summary>
    /// The keys that a label counts for in a network's own click forest; none where there is none, or its histories
    /// hold the label already.
    /// </summary>
    private ulong[] FieldKeysOf(LabelEvent label)
    {
        FieldHistories? own = _own();
        if (own != _ownBefore)
        {
            // Another forest has other histories: what came on top of the last ones' may be in them.
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
