namespace Engine.Conditions.Functions;

/// <summary>
/// Places in text, counted in code points as the language counts, found in UTF-16 as the runtime stores.
/// </summary>
internal static class CodePoints
{
    /// <summary>Code points of a text.</summary>
    public static int Count(ReadOnlySpan<char> text)
    {
        int lows = 0;
        foreach (char unit in text)
        {
            lows += char.IsLowSurrogate(unit) ? 1 : 0;
        }
        return text.Length - lows;
    }

    /// <summary>Where the code point with this index begins, the text's end for one past the last; -1 beyond.</summary>
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

    /// <summary>UTF-16 units of the code point that begins here.</summary>
    public static int Width(ReadOnlySpan<char> text, int at) =>
        char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) ? 2 : 1;
}
