using System.Globalization;
using System.Text;
using Engine.Primitives;

namespace Engine.Pipeline.History;

/// <summary>The histories that came with a network's own click forest (models.md, "Clicks with labels"), and the
/// features made of them. Each field and pair of fields gives the rate, smoothed towards its parent, and the logarithm
/// of the number of clicks behind it. A pair also gives the share of its rarer field's clicks that have the pair (a
/// maker's phones have few screens, whatever the labels say). One more feature sums the log-odds that a logistic
/// regression gave each key. Later labels add to the rates, not to the log-odds. Immutable and thread-safe.</summary>
public sealed class FieldHistories
{
    /// <summary>The key of the counts of all clicks.</summary>
    public const string All = "all";

    /// <summary>A device's fields and the hour. Each forms pairs with placement and publisher.</summary>
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

    /// <summary>The pairs of fields that have histories, as indices into <see cref="ClickFields.Names"/>; the first is
    /// the parent. There are 29, as docs/models.md says; artefacts depend on their order.</summary>
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

    /// <summary>The names of the features, by column of the forest.</summary>
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

    /// <summary>The latest time that the counts include, ms since the epoch. Labels with a later time add to
    /// them.</summary>
    public long Until { get; }

    /// <summary>Reads a file of histories: <c>weight</c> and <c>until</c>, then one line per key with key, bad, seen
    /// and log-odds, separated by tabs. Log-odds default to 0.</summary>
    /// <exception cref="FormatException">A line is invalid; the message says which.</exception>
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
                    $"line {number} of its histories: expected key, bad, seen and log-odds, separated by tabs"
                );
            }
        }
        return new FieldHistories(counts, weight, until);
    }

    private static bool Number(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);

    /// <summary>Computes the features of a click, by column.</summary>
    /// <param name="live">Counts of later labels; null if there are none.</param>
    /// <param name="minute">The minute of log time that the click may see (<see cref="Histories.MinuteOf"/>).</param>
    /// <param name="features">The output, as long as <see cref="FeatureNames"/>.</param>
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
            // A placement's parent is its publisher, which comes before it.
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

    /// <summary>The keys that a labelled click counts for: all clicks, and the known fields and pairs of known
    /// fields.</summary>
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

    /// <summary>Counts by fingerprint, built once: a process has only one hash.</summary>
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

    /// <summary>A key's values in the file.</summary>
    private readonly record struct Known(HistoryCount Count, double LogOdds);
}
