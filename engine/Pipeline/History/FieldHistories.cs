using System.Globalization;
using System.Text;
using Engine.Primitives;

namespace Engine.Pipeline.History;

/// <summary>
/// The histories that came with a network's own click forest (models.md, "Clicks with labels"), and the features made
/// of them: for each field and pair of fields the smoothed rate, towards its parent, and the logarithm of how many
/// clicks it rests on; for a pair also how much of its rarer field's clicks have it (a maker's phones have few screens,
/// whatever the labels say); and one sum of the log-odds that a logistic regression gave each key. Labels that came
/// since count on top of rates, not of log-odds. Immutable; any thread.
/// </summary>
public sealed class FieldHistories
{
    /// <summary>The key of everything.</summary>
    public const string All = "all";

    /// <summary>A device's fields and the hour, whose pairs with where a click was made have histories.</summary>
    private static readonly int[] Partners = PlacesOf(
        "screen",
        "osv",
        "make",
        "model",
        "rawmake",
        "rawmodel",
        "rawosv",
        "carrier",
        "connection",
        "language",
        "hour"
    );

    /// <summary>
    /// The pairs of fields that have histories, by place in <see cref="ClickFields.Names"/>; the first is the parent.
    /// 29, as docs/models.md says; artefacts go by their order.
    /// </summary>
    public static readonly (int A, int B)[] Pairs =
    [
        .. PlacesOf("placement", "publisher").SelectMany(parent => Partners.Select(other => (parent, other))),
        Pair("screen", "make"),
        Pair("screen", "osv"),
        Pair("screen", "model"),
        Pair("osv", "model"),
        Pair("screen", "rawosv"),
        Pair("rawosv", "rawmodel"),
        Pair("screen", "rawmodel"),
    ];

    /// <summary>Names of the features, by column of the forest.</summary>
    public static readonly string[] FeatureNames =
    [
        .. ClickFields.Names.SelectMany(name => (string[])["rate_" + name, "seen_" + name]),
        .. Pairs.SelectMany(pair =>
            Array.ConvertAll((string[])["rate", "seen", "share"], what =>
                $"{what}_{ClickFields.Names[pair.A]}_{ClickFields.Names[pair.B]}"
            )
        ),
        "width",
        "height",
        "hour",
        "spellings",
        "linear",
    ];

    private static int[] PlacesOf(params string[] names) =>
        Array.ConvertAll(names, name => Array.IndexOf(ClickFields.Names, name));

    private static (int A, int B) Pair(string parent, string other) => (PlacesOf(parent)[0], PlacesOf(other)[0]);

    private readonly List<(byte[] Key, Known Known)> _counts;
    private readonly double _weight;
    private volatile Table? _table;

    private FieldHistories(List<(byte[], Known)> counts, double weight, long until) =>
        (_counts, _weight, Until) = (counts, weight, until);

    /// <summary>The latest time of what was counted, ms since the epoch: labels of a later time count on top.</summary>
    public long Until { get; }

    /// <summary>
    /// Reads a file of histories: <c>weight</c> and <c>until</c>, then key, bad, seen and log-odds by tabs, a line
    /// each; without log-odds they are 0.
    /// </summary>
    /// <exception cref="FormatException">A line that is none; says which.</exception>
    public static FieldHistories Read(byte[] file)
    {
        var counts = new List<(byte[], Known)>();
        double weight = SmoothedRate.Weight;
        long until = 0;
        int number = 0;
        foreach (string line in Encoding.UTF8.GetString(file).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            number++;
            string[] parts = line.Split('\t');
            bool good = Number(parts[^1], out double last);
            if (good && parts is ["weight", _])
            {
                weight = last;
            }
            else if (good && parts is ["until", _])
            {
                until = (long)last;
            }
            else if (
                good
                && parts.Length is 3 or 4
                && Number(parts[1], out double bad)
                && Number(parts[2], out double seen)
            )
            {
                counts.Add(
                    (
                        Encoding.UTF8.GetBytes(parts[0]),
                        new Known(new HistoryCount(bad, seen), parts.Length == 4 ? last : 0)
                    )
                );
            }
            else
            {
                throw new FormatException(
                    $"line {number} of its histories: expected key, bad, seen and log-odds by tabs"
                );
            }
        }
        return new FieldHistories(counts, weight, until);
    }

    private static bool Number(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);

    /// <summary>The features of a click, by column.</summary>
    /// <param name="live">Where labels that came since are counted; null where there are none.</param>
    /// <param name="minute">The minute of log time that the click may know (<see cref="Histories.MinuteOf"/>).</param>
    /// <param name="features">As many as <see cref="FeatureNames"/>.</param>
    public void Fill(ClickFields click, KeyedHash hash, Histories? live, long minute, Span<float> features)
    {
        ulong allKey = ClickFields.KeyOf(hash, "all"u8);
        Dictionary<ulong, Known> table = TableOf(hash, allKey);
        double linear = 0;
        HistoryCount Of(ulong key)
        {
            Known known = table.GetValueOrDefault(key);
            linear += known.LogOdds;
            return live == null ? known.Count : known.Count + live.OfField(key, minute);
        }
        double all = SmoothedRate.OfAll(Of(allKey));
        Span<double> own = stackalloc double[ClickFields.Names.Length],
            seen = stackalloc double[ClickFields.Names.Length];
        int at = 0;
        for (int f = 0; f < own.Length; f++)
        {
            // A placement's parent is its publisher, which was asked before it.
            HistoryCount count = Of(click.Key(hash, f));
            own[f] = SmoothedRate.Of(count, f == 1 ? own[0] : all, _weight);
            seen[f] = Math.Log(1 + count.Seen);
            (features[at++], features[at++]) = ((float)own[f], (float)seen[f]);
        }
        foreach ((int a, int b) in Pairs)
        {
            HistoryCount count = Of(click.Key(hash, a, b));
            double both = Math.Log(1 + count.Seen);
            (features[at++], features[at++], features[at++]) = (
                (float)SmoothedRate.Of(count, own[a], _weight),
                (float)both,
                (float)(both - Math.Min(seen[a], seen[b]))
            );
        }
        (features[at], features[at + 1], features[at + 2], features[at + 3]) = (
            (float)click.Width,
            (float)click.Height,
            click.Hour,
            click.Spellings()
        );
        features[at + 4] = (float)linear;
    }

    /// <summary>
    /// The keys that a labelled click counts for: everything, and what is made of fields that are known.
    /// </summary>
    internal static ulong[] KeysOf(KeyedHash hash, ClickFields click, uint known)
    {
        var keys = new List<ulong> { ClickFields.KeyOf(hash, "all"u8) };
        for (int f = 0; f < ClickFields.Names.Length; f++)
        {
            if ((known >> f & 1) != 0)
            {
                keys.Add(click.Key(hash, f));
            }
        }

        foreach ((int a, int b) in Pairs)
        {
            if ((known >> a & known >> b & 1) != 0)
            {
                keys.Add(click.Key(hash, a, b));
            }
        }

        return [.. keys];
    }

    /// <summary>Counts by fingerprint: made once, for a process has one hash.</summary>
    private Dictionary<ulong, Known> TableOf(KeyedHash hash, ulong allKey)
    {
        if (_table is { } made && made.AllKey == allKey)
        {
            return made.Counts;
        }

        var counts = new Dictionary<ulong, Known>(_counts.Count);
        foreach ((byte[] key, Known known) in _counts)
        {
            counts[ClickFields.KeyOf(hash, key)] = known;
        }

        _table = new Table(allKey, counts);
        return counts;
    }

    private sealed record Table(ulong AllKey, Dictionary<ulong, Known> Counts);

    /// <summary>What the file says of a key.</summary>
    private readonly record struct Known(HistoryCount Count, double LogOdds);
}
