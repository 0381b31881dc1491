using System.Globalization;
using System.Text;

namespace Text.Tests.Unicode;

/// <summary>Derives the tables of <c>engine/Text/Unicode</c> from a folder with the Unicode Character Database
/// (UnicodeData, CaseFolding, DerivedCoreProperties, WordBreakProperty, emoji-data and UTS 39's confusables).</summary>
internal sealed class UnicodeTables
{
    private const int Last = 0x10FFFF;

    /// <summary>Combining classes that spell rather than accent: nukta, kana's voicing, virama.</summary>
    private static readonly int[] Spelling = [7, 8, 9];

    private readonly string _folder;
    private readonly Dictionary<int, int[]> _decompositions = [];
    private readonly Dictionary<int, int> _combining = [];
    private readonly Dictionary<int, int[]> _folds = [];
    private readonly HashSet<int> _ignorable = [];

    public UnicodeTables(string folder)
    {
        _folder = folder;
        foreach (string[] row in Rows("UnicodeData.txt"))
        {
            int point = Hex(row[0]);
            if (row[3] != "0")
            {
                _combining[point] = int.Parse(row[3], CultureInfo.InvariantCulture);
            }

            if (row[5].Length > 0)
            {
                _decompositions[point] = Points(row[5][(row[5].IndexOf('>') + 1)..]);
            }
        }

        foreach (string[] row in Rows("CaseFolding.txt").Where(row => row[1] is "C" or "F"))
        {
            _folds[Hex(row[0])] = Points(row[2]);
        }

        foreach ((int first, int last, string property) in Ranges("DerivedCoreProperties.txt"))
        {
            if (property == "Default_Ignorable_Code_Point")
            {
                _ignorable.UnionWith(Enumerable.Range(first, last - first + 1));
            }
        }
    }

    /// <summary>Full case folding, compatibility decomposition, accents and ignorable characters dropped.</summary>
    public string Folding() =>
        """
            # What texts are compared by: NFKD, full case folding (C + F), without default-ignorable code points and
            # combining marks other than nukta, voicing marks and virama. Hangul syllables stay composed. CodePointMap says
            # how to read it. Derived from Unicode 15.0's UnicodeData, CaseFolding and DerivedCoreProperties, (c) Unicode,
            # Inc., Unicode License (https://www.unicode.org/license.txt), by tests/Text.Tests/Unicode.

            """
        + Map(
            Enumerable
                .Range(0, Last + 1)
                .Where(point => point is < 0xD800 or > 0xDFFF)
                .Select(point => (Point: point, Text: Fold(point)))
                .Where(entry => !entry.Text.SequenceEqual([entry.Point]))
        );

    /// <summary>UTS 39's prototypes.</summary>
    public string Confusables() =>
        """
            # What looks alike: the prototype of each confusable. CodePointMap says how to read it.
            # Derived from Unicode 15.0's confusables (UTS 39), (c) Unicode, Inc., Unicode License
            # (https://www.unicode.org/license.txt), by tests/Text.Tests/Unicode.

            """
        + Map(
            Rows("confusables.txt")
                .Select(row => (Point: Hex(row[0].TrimStart('\uFEFF')), Text: Points(row[1])))
                .OrderBy(row => row.Point)
        );

    /// <summary>UAX 29's classes of word breaks.</summary>
    public string WordBreaks()
    {
        var text = new StringBuilder(
            """
            # UAX 29's Word_Break, and Extended_Pictographic. Each line has a class, then START+COUNT in hexadecimal.
            # Derived from Unicode 15.0's WordBreakProperty and emoji-data, (c) Unicode, Inc., Unicode License
            # (https://www.unicode.org/license.txt), by tests/Text.Tests/Unicode.

            """
        );
        IEnumerable<(int First, int Last, string Property)> ranges = Ranges("WordBreakProperty.txt")
            .Concat(Ranges("emoji-data.txt").Where(range => range.Property == "Extended_Pictographic"));
        foreach (IGrouping<string, (int First, int Last, string)> one in ranges.GroupBy(range => range.Property))
        {
            var items = new List<string>();
            int first = -1,
                end = -1;
            foreach ((int from, int to, _) in one.OrderBy(range => range.First).Append((int.MaxValue, 0, "")))
            {
                if (from == end)
                {
                    end = to + 1;
                    continue;
                }

                if (first >= 0)
                {
                    items.Add($"{first:X}+{end - first:X}");
                }

                (first, end) = (from, to + 1);
            }

            Wrap(text, one.Key, items);
        }

        return text.ToString();
    }

    private int[] Fold(int point)
    {
        int[] folded = [point];
        while (true)
        {
            int[] next =
            [
                .. folded
                    .SelectMany(one => _folds.GetValueOrDefault(one, [one]))
                    .SelectMany(one => _decompositions.GetValueOrDefault(one, [one])),
            ];
            if (next.SequenceEqual(folded))
            {
                return [.. folded.Where(IsKept)];
            }

            folded = next;
        }
    }

    private bool IsKept(int point) =>
        !_ignorable.Contains(point)
        && (!_combining.TryGetValue(point, out int combining) || Spelling.Contains(combining));

    private static string Map(IEnumerable<(int Point, int[] Text)> entries)
    {
        var text = new StringBuilder();
        var items = new List<string>();
        int start = -1,
            at = -1;
        (int Point, int[] Text)[] all = [.. entries];
        for (int i = 0; i < all.Length;)
        {
            (int point, int[] target) = all[i];
            // A short gap is cheaper than a line of its own; long lines are hard to compare.
            if (point - at > 8 || at < 0 || items.Sum(item => item.Length + 1) > 100)
            {
                Flush();
                start = point;
            }
            else if (point > at)
            {
                items.Add($"~{point - at:X}");
            }

            int same = Run(all, i, 0),
                rising = Run(all, i, 1);
            int count = target.Length == 0 ? Run(all, i, 0) : Math.Max(same, rising);
            items.Add(
                target.Length == 0 ? $"-{count:X}"
                : count == 1 ? string.Join('.', target.Select(one => one.ToString("X", CultureInfo.InvariantCulture)))
                : same == count ? $"{target[0]:X}={count:X}"
                : $"{target[0]:X}+{count:X}"
            );
            i += count;
            at = point + count;
        }

        Flush();
        return text.ToString();

        void Flush()
        {
            if (items.Count > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"{start:X}: {string.Join(' ', items)}\n");
                items.Clear();
            }
        }
    }

    /// <summary>How many entries from <paramref name="i"/> on are of adjacent code points and become nothing, or one
    /// code point each that rises by <paramref name="step"/>.</summary>
    private static int Run((int Point, int[] Text)[] all, int i, int step)
    {
        int count = 1;
        while (
            i + count < all.Length
            && all[i].Text.Length <= 1
            && all[i + count].Point == all[i].Point + count
            && all[i + count].Text.Length == all[i].Text.Length
            && (all[i].Text.Length == 0 || all[i + count].Text[0] == all[i].Text[0] + step * count)
        )
        {
            count++;
        }

        return count;
    }

    private static void Wrap(StringBuilder text, string name, List<string> items)
    {
        foreach (string[] line in items.Chunk(12))
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}: {string.Join(' ', line)}\n");
        }
    }

    private IEnumerable<(int First, int Last, string Property)> Ranges(string file) =>
        Rows(file)
            .Select(row =>
            {
                string[] ends = row[0].Split("..");
                return (Hex(ends[0]), Hex(ends[^1]), row[1]);
            });

    private IEnumerable<string[]> Rows(string file) =>
        File.ReadLines(Path.Combine(_folder, file))
            .Select(line => line.Split('#')[0])
            .Where(line => line.Trim('\uFEFF', ' ').Length > 0)
            .Select(line => line.Split(';', StringSplitOptions.TrimEntries));

    private static int[] Points(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Hex)];

    private static int Hex(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
