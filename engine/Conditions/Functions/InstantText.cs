using System.Globalization;
using Engine.Conditions.Evaluation;

namespace Engine.Conditions.Functions;

/// <summary>Timestamps as text: RFC 3339 with up to nine fractional digits, written in UTC.</summary>
internal static class InstantText
{
    private static readonly CelValue Unreadable = CelValue.Error(
        "timestamp() of text that isn't RFC 3339: expected, for example, 2026-11-22T19:30:00.5Z, from year 1 to 9999"
    );

    public static string Write(long seconds, int nanos)
    {
        string fraction =
            nanos == 0 ? "" : "." + nanos.ToString("000000000", CultureInfo.InvariantCulture).TrimEnd('0');
        return DateTime.UnixEpoch.AddSeconds(seconds).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture)
            + fraction
            + "Z";
    }

    public static CelValue Read(string text)
    {
        ReadOnlySpan<char> t = text;
        if (
            t.Length < "0001-01-01T00:00:00Z".Length
            || t[4] != '-'
            || t[7] != '-'
            || t[10] is not ('T' or 't')
            || t[13] != ':'
            || t[16] != ':'
            || !Digits(t[..4], out int year)
            || !Digits(t[5..7], out int month)
            || !Digits(t[8..10], out int day)
            || !Digits(t[11..13], out int hour)
            || !Digits(t[14..16], out int minute)
            || !Digits(t[17..19], out int second)
            || year < 1
            || month is < 1 or > 12
            || day < 1
            || day > DateTime.DaysInMonth(year, month)
            || hour > 23
            || minute > 59
            || second > 59
        )
        {
            return Unreadable;
        }
        t = t[19..];
        if (!Fraction(ref t, out int nanos) || !Offset(t, out int offset))
        {
            return Unreadable;
        }
        long days = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc).Subtract(DateTime.UnixEpoch).Days;
        return Instants.At(days * 86_400 + hour * 3_600 + minute * 60 + second - offset, nanos);
    }

    private static bool Digits(ReadOnlySpan<char> text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    /// <summary>Reads an optional fraction: a point and digits. Digits after the ninth are below a nanosecond and
    /// ignored.</summary>
    private static bool Fraction(ref ReadOnlySpan<char> text, out int nanos)
    {
        nanos = 0;
        if (text.IsEmpty || text[0] != '.')
        {
            return true;
        }
        int length = 1;
        for (int unit = 100_000_000; length < text.Length && char.IsAsciiDigit(text[length]); length++, unit /= 10)
        {
            nanos += unit * (text[length] - '0');
        }
        text = text[length..];
        return length > 1;
    }

    /// <summary>Reads Z, or an offset from UTC in hours and minutes, as seconds.</summary>
    private static bool Offset(ReadOnlySpan<char> text, out int seconds)
    {
        seconds = 0;
        if (text is "Z" or "z")
        {
            return true;
        }
        if (
            text.Length != 6
            || text[0] is not ('+' or '-')
            || text[3] != ':'
            || !Digits(text[1..3], out int hours)
            || !Digits(text[4..], out int minutes)
            || hours > 23
            || minutes > 59
        )
        {
            return false;
        }
        seconds = (hours * 3_600 + minutes * 60) * (text[0] == '-' ? -1 : 1);
        return true;
    }
}
