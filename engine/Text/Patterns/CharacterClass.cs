using System.Text;

namespace Engine.Text.Patterns;

/// <summary>A set of code points in a pattern, written for a regex engine that sees UTF-16: one class for the basic
/// plane, surrogate pairs above it. An emoji is one character here too.</summary>
internal sealed class CharacterClass(bool negated)
{
    private const int FirstAbove = 0x10000;
    private const int Last = 0x10FFFF;

    /// <summary>Excludes unpaired surrogates, which no set contains.</summary>
    private const string NoHalves = @"-[\uD800-\uDFFF]";

    private readonly List<(int From, int To)> _ranges = [];
    private readonly StringBuilder _categories = new();
    private bool _allAbove;

    /// <summary>Writes any character, or any but the line feed.</summary>
    public static string Any(bool lineFeed)
    {
        CharacterClass none = new(negated: true);
        if (!lineFeed)
        {
            none.Add('\n', '\n');
        }
        return none.Write();
    }

    public void Add(int from, int to) => _ranges.Add((from, to));

    /// <summary>Adds everything outside of ranges, which must ascend.</summary>
    public void AddAllBut(ReadOnlySpan<(int From, int To)> ranges)
    {
        int next = 0;
        foreach ((int from, int to) in ranges)
        {
            if (from > next)
            {
                Add(next, from - 1);
            }
            next = to + 1;
        }
        if (next <= Last)
        {
            Add(next, Last);
        }
    }

    /// <summary>Adds a Unicode general category, limited to the basic plane: the regex engine knows no categories of
    /// surrogate pairs.</summary>
    public void AddCategory(string category, bool not)
    {
        _categories.Append(not ? @"\P{" : @"\p{").Append(category).Append('}');
        _allAbove |= not;
    }

    /// <summary>Writes the set in the regex engine's syntax.</summary>
    public string Write()
    {
        List<string> parts = [];
        string basic = Basic();
        if (basic.Length > 0)
        {
            parts.Add(basic);
        }
        foreach ((int from, int to) in Above())
        {
            AddPairs(from, to, parts);
        }
        return parts.Count switch
        {
            0 => @"[^\s\S]",
            1 => parts[0],
            _ => $"(?:{string.Join('|', parts)})",
        };
    }

    private string Basic()
    {
        StringBuilder inside = new();
        foreach ((int from, int to) in _ranges)
        {
            if (from < FirstAbove)
            {
                inside.Append(Unit(from)).Append('-').Append(Unit(Math.Min(to, FirstAbove - 1)));
            }
        }
        inside.Append(_categories);
        if (inside.Length == 0)
        {
            return negated ? @"[\u0000-\uFFFF" + NoHalves + "]" : "";
        }
        return $"[{(negated ? "^" : "")}{inside}{NoHalves}]";
    }

    /// <summary>The ranges above the basic plane, ascending, or their complement if negated.</summary>
    private List<(int From, int To)> Above()
    {
        List<(int From, int To)> above = _allAbove
            ? [(FirstAbove, Last)]
            :
            [
                .. _ranges
                    .Where(range => range.To >= FirstAbove)
                    .Select(range => (Math.Max(range.From, FirstAbove), range.To))
                    .Order(),
            ];
        if (!negated)
        {
            return above;
        }
        List<(int From, int To)> others = [];
        int next = FirstAbove;
        foreach ((int from, int to) in above)
        {
            if (from > next)
            {
                others.Add((next, from - 1));
            }
            next = Math.Max(next, to + 1);
        }
        if (next <= Last)
        {
            others.Add((next, Last));
        }
        return others;
    }

    /// <summary>Adds a range as surrogate pairs: the first and last high surrogates with some of the low ones, those
    /// between with all.</summary>
    private static void AddPairs(int from, int to, List<string> parts)
    {
        (int high, int low) = Split(from);
        (int lastHigh, int lastLow) = Split(to);
        while (high <= lastHigh)
        {
            bool whole = low == 0xDC00;
            int end = high == lastHigh ? lastLow : 0xDFFF;
            int lastWhole = whole ? (lastLow == 0xDFFF ? lastHigh : lastHigh - 1) : high;
            if (whole && lastWhole > high)
            {
                parts.Add($"[{Unit(high)}-{Unit(lastWhole)}][{Unit(0xDC00)}-{Unit(0xDFFF)}]");
                high = lastWhole + 1;
            }
            else
            {
                parts.Add($"{Unit(high)}[{Unit(low)}-{Unit(end)}]");
                high++;
            }
            low = 0xDC00;
        }
    }

    private static (int High, int Low) Split(int code) =>
        (0xD800 + ((code - FirstAbove) >> 10), 0xDC00 + ((code - FirstAbove) & 0x3FF));

    private static string Unit(int code) => $@"\u{code:X4}";
}
