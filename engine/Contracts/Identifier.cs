using System.Buffers;

namespace Engine.Contracts;

/// <summary>The contract's identifiers: 1 to 128 bytes of printable ASCII without spaces and braces. The click decoder
/// has a vectorised twin, <c>JsonStrings.IsIdentifier</c>; a test checks that both agree.</summary>
public static class Identifier
{
    /// <summary>Describes an identifier in error messages.</summary>
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

    /// <summary>Whether UTF-8 text is an identifier.</summary>
    public static bool IsOne(ReadOnlySpan<byte> utf8) =>
        utf8.Length is >= 1 and <= EventLimits.MaxIdentifierBytes && !utf8.ContainsAnyExcept(Bytes);

    /// <summary>Whether an identifier may contain a character.</summary>
    public static bool Holds(char c) => c is > ' ' and <= '~' and not '{' and not '}';
}
