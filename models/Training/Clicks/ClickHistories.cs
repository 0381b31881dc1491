using System.Globalization;
using System.Text;
using Engine.Pipeline.History;
using Models.Training.Data;

namespace Models.Training.Clicks;

/// <summary>
/// Counts by key of fields and pairs, and the features made of them: for each the smoothed rate, towards its parent, and the logarithm of how
/// many clicks it rests on (models.md, "Clicks with labels"). The engine's <see cref="FieldHistories"/> reads what is written here, and makes the
/// same features of a click's bytes.
/// </summary>
public sealed class ClickHistories
{
    private const string All = FieldHistories.All;
    private static readonly (int A, int B)[] Pairs = FieldHistories.Pairs;
    private readonly Dictionary<string, HistoryCount> _counts;
    private readonly double _weight;
    private readonly long _until;

    private ClickHistories(Dictionary<string, HistoryCount> counts, double weight, long until)
    {
        _counts = counts;
        _weight = weight;
        _until = until;
    }

    /// <summary>Names of the features, by column.</summary>
    public static IReadOnlyList<string> Names { get; } = FieldHistories.FeatureNames;

    /// <summary>Counts labelled clicks.</summary>
    /// <param name="clicks">Clicks and their labels, true for invalid.</param>
    /// <param name="weight">Clicks that a parent weighs as much as.</param>
    /// <param name="labelled">The latest time of their labels, ms since the epoch; 0 where labels have none.</param>
    public static ClickHistories Of(IEnumerable<(ClickRecord Click, bool Bad)> clicks, double weight, long labelled = 0)
    {
        var counts = new Dictionary<string, HistoryCount>();
        long until = labelled;
        foreach (var (click, bad) in clicks)
        {
            until = Math.Max(until, click.Time);
            var one = new HistoryCount(bad ? 1 : 0, 1);
            foreach (string key in Keys(click).Append(All))
            {
                counts[key] = counts.GetValueOrDefault(key) + one;
            }
        }

        return new ClickHistories(counts, weight, until);
    }

    /// <summary>Features of a click, whose own label isn't among the counts.</summary>
    public float[] Features(ClickRecord click)
    {
        double all = SmoothedRate.OfAll(_counts.GetValueOrDefault(All));
        var row = new float[Names.Count];
        int at = 0;
        var own = new double[click.Fields.Length];
        for (int f = 0; f < click.Fields.Length; f++)
        {
            // a placement's parent is its publisher, which was asked before it
            HistoryCount count = _counts.GetValueOrDefault(Key(f, click.Fields[f]));
            own[f] = SmoothedRate.Of(count, f == 1 ? own[0] : all, _weight);
            (row[at++], row[at++]) = ((float)own[f], (float)Math.Log(1 + count.Seen));
        }

        foreach (var (a, b) in Pairs)
        {
            HistoryCount count = _counts.GetValueOrDefault(Key(a, b, click));
            (row[at++], row[at++]) = ((float)SmoothedRate.Of(count, own[a], _weight), (float)Math.Log(1 + count.Seen));
        }

        string[] size = click.Fields[3].Trim('[', ']').Split(',');
        row[at++] = size.Length == 2 && float.TryParse(size[0], CultureInfo.InvariantCulture, out float w) ? w : 0;
        row[at++] = size.Length == 2 && float.TryParse(size[1], CultureInfo.InvariantCulture, out float h) ? h : 0;
        row[at++] = click.Time / 3_600_000 % 24;
        row[at] = (click.Fields[7].Any(char.IsUpper) ? 1 : 0) + (click.Fields[8].Contains(' ') ? 2 : 0) + (click.Fields[8].Contains('_') ? 4 : 0) + (click.Fields[9].Contains('_') ? 8 : 0);
        return row;
    }

    /// <summary>The file: weight, the latest time of what was counted, then key, bad and seen by tabs, a line each, in order of keys.</summary>
    public byte[] ToBytes()
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"weight\t{_weight}\nuntil\t{_until}\n");
        foreach (var (key, count) in _counts.OrderBy(c => c.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"{key}\t{count.Bad}\t{count.Seen}\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Reads what <see cref="ToBytes"/> wrote.</summary>
    public static ClickHistories Load(string file)
    {
        var counts = new Dictionary<string, HistoryCount>();
        double weight = SmoothedRate.Weight;
        long until = 0;
        int number = 0;
        foreach (string line in TextFile.Lines(file))
        {
            number++;
            string[] parts = line.Split('\t');
            bool good = double.TryParse(parts[^1], CultureInfo.InvariantCulture, out double last);
            double bad = 0;
            if (good && parts is ["weight", _])
            {
                weight = last;
            }
            else if (good && parts is ["until", _])
            {
                until = (long)last;
            }
            else if (good && parts.Length == 3 && double.TryParse(parts[1], CultureInfo.InvariantCulture, out bad))
            {
                counts[parts[0]] = new HistoryCount(bad, last);
            }
            else
            {
                throw new DataException($"{file}:{number}: expected key, bad and seen by tabs");
            }
        }

        return new ClickHistories(counts, weight, until);
    }

    private static IEnumerable<string> Keys(ClickRecord click) =>
        Enumerable.Range(0, click.Fields.Length).Select(f => Key(f, click.Fields[f])).Concat(Pairs.Select(p => Key(p.A, p.B, click)));

    private static string Key(int field, string value) => Clean($"{ClickRecord.Names[field]}={value}");

    private static string Key(int a, int b, ClickRecord click) => Clean($"{ClickRecord.Names[a]}={click.Fields[a]}|{ClickRecord.Names[b]}={click.Fields[b]}");

    private static string Clean(string key) => key.AsSpan().IndexOfAny('\t', '\n', '\r') < 0 ? key : key.Replace('\t', ' ').Replace('\n', ' ').Replace('\r', ' ');
}
