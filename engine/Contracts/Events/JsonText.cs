using System.Text;
using System.Text.Json;

namespace Engine.Contracts.Events;

/// <summary>
/// What <see cref="Utf8JsonReader"/> tells of a string only by an exception: whether it is text at all, and how long it
/// is without its escapes.
/// </summary>
public static class JsonText
{
    /// <summary>
    /// Bytes of UTF-8 in the string that the reader stands on; -1 where it holds half a surrogate pair.
    /// </summary>
    internal static int LengthOf(ref Utf8JsonReader reader) =>
        reader.ValueIsEscaped ? LengthWithoutEscapes(reader.ValueSpan) : reader.ValueSpan.Length;

    /// <summary>
    /// Whether the string that the reader stands on holds half a surrogate pair, so that it is no text.
    /// </summary>
    internal static bool IsBroken(ref Utf8JsonReader reader) => reader.ValueIsEscaped && LengthOf(ref reader) < 0;

    /// <summary>
    /// Whether the string between the quotes of well-formed JSON, escapes and all, is text: it holds no half of a
    /// surrogate pair.
    /// </summary>
    public static bool IsText(ReadOnlySpan<byte> escaped) =>
        !escaped.Contains((byte)'\\') || LengthWithoutEscapes(escaped) >= 0;

    private static int LengthWithoutEscapes(ReadOnlySpan<byte> text)
    {
        int length = 0;
        for (int at = 0; at < text.Length; at++)
        {
            if (text[at] != '\\')
            {
                length++;
                continue;
            }
            if (text[++at] != 'u')
            {
                length++;
                continue;
            }
            int code = Hex4(text[(at + 1)..]);
            at += 4;
            if (char.IsLowSurrogate((char)code))
            {
                return -1;
            }

            if (char.IsHighSurrogate((char)code))
            {
                if (
                    text.Length - at <= 6
                    || text[at + 1] != '\\'
                    || text[at + 2] != 'u'
                    || !char.IsLowSurrogate((char)Hex4(text[(at + 3)..]))
                )
                {
                    return -1;
                }

                at += 6;
                length += 4;
                continue;
            }
            length += new Rune(code).Utf8SequenceLength;
        }
        return length;
    }

    /// <summary>Four hexadecimal digits; the reader has looked that they are there.</summary>
    private static int Hex4(ReadOnlySpan<byte> digits) =>
        int.Parse(digits[..4], System.Globalization.NumberStyles.AllowHexSpecifier);
}
