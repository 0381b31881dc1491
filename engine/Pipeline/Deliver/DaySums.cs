using System.Text;
using Engine.Partitions;

namespace Engine.Pipeline.Deliver;

/// <summary>The fields of a day's sums of one campaign or publisher.</summary>
public static class DayField
{
    /// <summary>What follows the id in a field's name, in the order of values. Ids hold no spaces.</summary>
    public static IReadOnlyList<string> Suffixes { get; } = ["", " cost_micros", " invalid", " invalid_cost_micros"];
}

/// <summary>The sums of one day of event time of all campaigns, or of all publishers, that had clicks in a partition:
/// one hash, so that pages find out which there were, and which lost most, without scanning keys. Sums are added up
/// from the cells of a commit, not from clicks. A commit takes them with <see cref="Add"/>, <see cref="Write"/> and
/// <see cref="Acknowledge"/>, as <see cref="TotalCell"/> does.</summary>
/// <param name="key">The hash's key.</param>
public sealed class DaySums(string key)
{
    /// <summary>The number of entries kept between commits.</summary>
    private const int KeptEntries = 20_000;

    private readonly byte[] _key = Encoding.ASCII.GetBytes(key);
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly List<Entry> _sending = [];

    /// <summary>When its TTL in Redis is renewed.</summary>
    public TtlRenewal Ttl { get; } = new();

    /// <summary>Adds to the commit what a cell sends.</summary>
    /// <returns>Whether it is the first addition to this commit.</returns>
    public bool Add(string id, (long Clicks, long Cost, long Invalid, long InvalidCost) sums)
    {
        if (!_entries.TryGetValue(id, out Entry? entry))
        {
            _entries.Add(id, entry = new Entry(id));
        }

        bool isFirst = _sending.Count == 0;
        if (!entry.IsSending)
        {
            entry.IsSending = true;
            _sending.Add(entry);
        }

        long[] sending = entry.Sending;
        sending[0] += sums.Clicks;
        sending[1] += sums.Cost;
        sending[2] += sums.Invalid;
        sending[3] += sums.InvalidCost;
        return isFirst;
    }

    /// <summary>Writes its part of a commit: increments for unknown sums, absolute values for known ones.</summary>
    public void Write(PipelinedCommit into, bool renew)
    {
        into.Hash(_key, Count(known: false), Count(known: true), renew);
        foreach (bool known in (ReadOnlySpan<bool>)[false, true])
        {
            foreach (Entry entry in _sending)
            {
                for (int i = 0; i < entry.Sending.Length; i++)
                {
                    if (entry.IsPart(i, known))
                    {
                        into.Field(entry.Names[i], entry.Sending[i] + (known ? entry.Known[i] : 0));
                    }
                }
            }
        }
    }

    /// <summary>Ends the commit with the answered sums of all increments.</summary>
    public void Acknowledge(ref SumReader sums)
    {
        foreach (Entry entry in _sending)
        {
            for (int i = 0; i < entry.Sending.Length; i++)
            {
                if (entry.Sending[i] != 0)
                {
                    entry.Known[i] = entry.Known[i] == Entry.Unknown ? sums.Next() : entry.Known[i] + entry.Sending[i];
                    entry.Sending[i] = 0;
                }
            }

            entry.IsSending = false;
        }

        _sending.Clear();
        if (_entries.Count > KeptEntries)
        {
            _entries.Clear();
        }
    }

    private int Count(bool known)
    {
        int count = 0;
        foreach (Entry entry in _sending)
        {
            for (int i = 0; i < entry.Sending.Length; i++)
            {
                count += entry.IsPart(i, known) ? 1 : 0;
            }
        }

        return count;
    }

    private sealed class Entry(string id)
    {
        public const long Unknown = -1;

        public byte[][] Names { get; } = [.. DayField.Suffixes.Select(suffix => Encoding.ASCII.GetBytes(id + suffix))];
        public long[] Sending { get; } = new long[DayField.Suffixes.Count];
        public long[] Known { get; } = [.. DayField.Suffixes.Select(_ => Unknown)];
        public bool IsSending { get; set; }

        /// <summary>Whether a sum is written as one that is known, or as one that isn't.</summary>
        public bool IsPart(int i, bool known) => Sending[i] != 0 && Known[i] != Unknown == known;
    }
}
