using System.Buffers;

namespace Engine.Contracts;

/// <summary>
/// The contract's identifiers: 1 to 128 bytes of printable ASCII without spaces and braces. The decoder of clicks has
/// a vector twin (<c>JsonStrings.IsIdentifier</c>), which a test holds against this.
/// </summary>
public static class Identifier
{
    /// <summary>How errors call them.</summary>
    public const string Words = "1 to 128 characters of printable ASCII without spaces and braces";

    private static readonly SearchValues<byte> Bytes = SearchValues.Create([
        .. Enumerable.Range(0, 128).Where(c => Holds((char)c)).Select(c => (byte)c),
    ]);

    public static bool IsOne(string text) => IsOne(text.AsSpan());

    public static bool IsOne(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > EventLimits.MaxIdentifierBytes)
        {
            return false;
        }

        foreach (char c in text)
        {
            if (!Holds(c))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The same of UTF-8.</summary>
    public static bool IsOne(ReadOnlySpan<byte> utf8) =>
        utf8.Length is >= 1 and <= EventLimits.MaxIdentifierBytes && !utf8.ContainsAnyExcept(Bytes);

    /// <summary>Whether an identifier may hold a character.</summary>
    public static bool Holds(char c) => c is > ' ' and <= '~' and not '{' and not '}';
}
