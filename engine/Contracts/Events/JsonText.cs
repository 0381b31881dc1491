using System.Text;
using System.Text.Json;

namespace Engine.Contracts.Events;

/// <summary>Answers what <see cref="Utf8JsonReader"/> only reports by an exception: whether a string is valid text, and
/// how long it is once unescaped.</summary>
public static class JsonText
{
    /// <summary>Gets the length of the reader's current string in bytes of UTF-8, or -1 if it contains an unpaired
    /// surrogate.</summary>
    internal static int LengthOf(ref Utf8JsonReader reader) =>
        reader.ValueIsEscaped ? LengthWithoutEscapes(reader.ValueSpan) : reader.ValueSpan.Length;

    /// <summary>Whether the reader's current string contains an unpaired surrogate, and so isn't text.</summary>
    internal static bool IsBroken(ref Utf8JsonReader reader) => reader.ValueIsEscaped && LengthOf(ref reader) < 0;

    /// <summary>Whether the contents of a well-formed JSON string, escapes included, contain no unpaired
    /// surrogate.</summary>
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

    /// <summary>Parses four hexadecimal digits, which the reader has already checked.</summary>
    private static int Hex4(ReadOnlySpan<byte> digits) =>
        int.Parse(digits[..4], System.Globalization.NumberStyles.AllowHexSpecifier);
}
