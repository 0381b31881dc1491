namespace Engine.Conditions.Functions;

/// <summary>Converts positions in text between code points, which the language counts, and UTF-16, which the runtime
/// stores.</summary>
internal static class CodePoints
{
    /// <summary>Counts the code points of a text.</summary>
    public static int Count(ReadOnlySpan<char> text)
    {
        int lows = 0;
        foreach (char unit in text)
        {
            lows += char.IsLowSurrogate(unit) ? 1 : 0;
        }
        return text.Length - lows;
    }

    /// <summary>Gets the start of the code point with an index, the length for one past the last, or -1
    /// beyond.</summary>
    public static int Locate(ReadOnlySpan<char> text, long index)
    {
        if (index < 0 || index > text.Length)
        {
            return -1;
        }
        int at = 0;
        for (; index > 0 && at < text.Length; index--)
        {
            at += Width(text, at);
        }
        return index == 0 ? at : -1;
    }

    /// <summary>Gets the number of UTF-16 units of the code point at a position.</summary>
    public static int Width(ReadOnlySpan<char> text, int at) =>
        char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) ? 2 : 1;
}
