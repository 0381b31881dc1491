using System.Globalization;
using Engine.Text.Unicode;

namespace Engine.Text.Words;

/// <summary>UAX 29's Word_Break, with Extended_Pictographic as a class: where a character is both, it is a letter.
/// </summary>
internal enum WordClass : byte
{
    Other,
    CR,
    LF,
    Newline,
    Extend,
    ZWJ,
    Format,
    Regional_Indicator,
    Katakana,
    Hebrew_Letter,
    ALetter,
    Single_Quote,
    Double_Quote,
    MidNumLet,
    MidLetter,
    MidNum,
    Numeric,
    ExtendNumLet,
    WSegSpace,
    Extended_Pictographic,
}

/// <summary>The class of each code point, in two steps: a page of 128 code points, then the class.</summary>
internal static class WordClasses
{
    /// <summary>A letter that is a pictograph too, such as Ⓜ: breaks as a letter, and joins after a joiner.</summary>
    public const byte PictographicLetter = (byte)WordClass.Extended_Pictographic + 1;

    private const int PageBits = 7;
    private const int PageSize = 1 << PageBits;

    private static readonly ushort[] Pages = new ushort[0x110000 >> PageBits];
    private static readonly byte[] Classes;

    static WordClasses()
    {
        // The first page has what is in no other.
        var classes = new List<byte>(new byte[PageSize]);
        foreach (string line in UnicodeTable.Lines("word-breaks.txt").Where(line => line[0] != '#'))
        {
            string[] items = line.Split(' ');
            byte one = (byte)Enum.Parse<WordClass>(items[0].TrimEnd(':'));
            foreach (string item in items.AsSpan(1))
            {
                int plus = item.IndexOf('+', StringComparison.Ordinal);
                int first = Hex(item[..plus]);
                for (int point = first; point < first + Hex(item[(plus + 1)..]); point++)
                {
                    Set(classes, point, one);
                }
            }
        }

        Classes = [.. classes];
    }

    public static byte Of(int point) => Classes[(Pages[point >> PageBits] << PageBits) | (point & (PageSize - 1))];

    private static void Set(List<byte> classes, int point, byte one)
    {
        ref ushort page = ref Pages[point >> PageBits];
        if (page == 0)
        {
            page = checked((ushort)(classes.Count >> PageBits));
            classes.AddRange(new byte[PageSize]);
        }

        int at = (page << PageBits) | (point & (PageSize - 1));
        classes[at] = classes[at] == (byte)WordClass.ALetter ? PictographicLetter : one;
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
