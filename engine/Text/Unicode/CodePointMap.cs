using System.Globalization;
using System.Text;

namespace Engine.Text.Unicode;

/// <summary>Maps code points to texts, in two steps: a page of 128 code points, then the entry. Read from one of this
/// folder's tables, whose lines are <c>START: item item …</c> in hexadecimal, items for the code points from START on:
/// <c>73.73</c> is the text of one, <c>61+1A</c> of 1A in turn (61, 62, …), <c>61=6</c> of six alike; <c>~2</c> leaves
/// two as they are, <c>-5</c> removes five.</summary>
public sealed class CodePointMap
{
    private const int PageBits = 7;
    private const int PageSize = 1 << PageBits;
    private const int Pages = 0x110000 >> PageBits;

    /// <summary>Room for a text's length in an entry, beside where it begins.</summary>
    private const int LengthBits = 5;

    private readonly ushort[] _pages = new ushort[Pages];
    private readonly string _texts;

    /// <summary>0: as it is; below: the one UTF-16 unit ~entry; above: where its text begins, and its length.</summary>
    private readonly int[] _entries;

    private CodePointMap(IEnumerable<string> lines)
    {
        var entries = new List<int>(new int[PageSize]);
        // No text begins at 0, which would be the entry of what stays.
        var texts = new StringBuilder(" ");
        foreach (string line in lines.Where(line => line.Length > 0 && line[0] != '#'))
        {
            string[] items = line.Split(' ');
            int point = Hex(items[0].TrimEnd(':'));
            foreach (string item in items.AsSpan(1))
            {
                int sign = item.AsSpan().IndexOfAny('+', '=');
                if (item[0] == '~')
                {
                    point += Hex(item[1..]);
                }
                else if (item[0] == '-')
                {
                    for (int end = point + Hex(item[1..]); point < end; point++)
                    {
                        Set(entries, texts, point, "");
                    }
                }
                else if (sign > 0)
                {
                    int target = Hex(item[..sign]);
                    int step = item[sign] == '+' ? 1 : 0;
                    for (int end = point + Hex(item[(sign + 1)..]); point < end; point++, target += step)
                    {
                        Set(entries, texts, point, char.ConvertFromUtf32(target));
                    }
                }
                else
                {
                    Set(
                        entries,
                        texts,
                        point++,
                        string.Concat(item.Split('.').Select(part => char.ConvertFromUtf32(Hex(part))))
                    );
                }
            }
        }

        _entries = [.. entries];
        _texts = texts.ToString();
    }

    /// <summary>Reads a table of this folder.</summary>
    public static CodePointMap Load(string table) => new(UnicodeTable.Lines(table));

    /// <summary>Whether a code point stays as it is.</summary>
    public bool Keeps(int point) => Entry(point) == 0;

    /// <summary>The one UTF-16 unit that a code point becomes.</summary>
    public bool TryGetUnit(int point, out char unit)
    {
        int entry = Entry(point);
        unit = (char)~entry;
        return entry < 0;
    }

    /// <summary>What a code point that doesn't stay as it is becomes, if not a single unit; may be empty.</summary>
    public ReadOnlySpan<char> TextOf(int point)
    {
        int entry = Entry(point);
        return _texts.AsSpan(entry >> LengthBits, entry & ((1 << LengthBits) - 1));
    }

    private int Entry(int point) => _entries[(_pages[point >> PageBits] << PageBits) | (point & (PageSize - 1))];

    private void Set(List<int> entries, StringBuilder texts, int point, string text)
    {
        ref ushort page = ref _pages[point >> PageBits];
        if (page == 0)
        {
            page = (ushort)(entries.Count >> PageBits);
            entries.AddRange(new int[PageSize]);
        }

        int entry;
        if (text.Length == 1)
        {
            entry = ~text[0];
        }
        else
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(text.Length, 1 << LengthBits);
            entry = (texts.Length << LengthBits) | text.Length;
            texts.Append(text);
        }

        entries[(page << PageBits) | (point & (PageSize - 1))] = entry;
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
