using System.Diagnostics.CodeAnalysis;

namespace Engine.Contracts.Events;

/// <summary>The value of the header <c>ce_time</c>.</summary>
/// <param name="IsThere">Whether the header is present.</param>
/// <param name="Milliseconds">The time since the Unix epoch; 0 if <see cref="Problem"/> says why it can't be
/// used.</param>
/// <param name="Problem"><see cref="DeadLetterReason.Malformed"/> if it isn't RFC 3339, <see
/// cref="DeadLetterReason.OutOfRange"/> if an event may not have that time.</param>
public readonly record struct HeaderTime(bool IsThere, long Milliseconds, DeadLetterReason Problem)
{
    /// <summary>The name of the field in a dead letter.</summary>
    public const string Detail = "ce_time";

    private const int DaySeconds = 86_400;

    /// <summary>The length of <c>2026-11-22T09:00:00</c>.</summary>
    private const int SecondsLength = 19;

    /// <summary>Creates a valid time.</summary>
    public static HeaderTime At(long milliseconds) => new(true, milliseconds, DeadLetterReason.None);

    /// <summary>Parses RFC 3339's <c>date-time</c> exactly: a date, <c>T</c>, a time with seconds, an optional
    /// fraction, and <c>Z</c> or an offset. The result doesn't depend on the machine's date or time zone. Digits beyond
    /// milliseconds are cut off. A leap second, which occurs only at the end of a month in UTC, counts as the following
    /// second.</summary>
    public static HeaderTime Parse(ReadOnlySpan<byte> text)
    {
        if (!TryParse(text, out long milliseconds))
        {
            return new HeaderTime(true, 0, DeadLetterReason.Malformed);
        }

        return milliseconds is >= 0 and <= EventLimits.MaxTime
            ? At(milliseconds)
            : new HeaderTime(true, 0, DeadLetterReason.OutOfRange);
    }

    [SuppressMessage("Maintainability", "CA1502", Justification = "the grammar, in its order")]
    private static bool TryParse(ReadOnlySpan<byte> text, out long milliseconds)
    {
        milliseconds = 0;
        if (
            text.Length <= SecondsLength
            || !Digits(text[..4], out int year)
            || text[4] != '-'
            || !Digits(text[5..7], out int month)
            || text[7] != '-'
            || !Digits(text[8..10], out int day)
            || (text[10] | 0x20) != 't'
            || !Digits(text[11..13], out int hour)
            || text[13] != ':'
            || !Digits(text[14..16], out int minute)
            || text[16] != ':'
            || !Digits(text[17..19], out int second)
            || month is < 1 or > 12
            || day < 1
            || day > DaysIn(year, month)
            || hour > 23
            || minute > 59
            || second > 60
        )
        {
            return false;
        }

        text = text[SecondsLength..];
        int thousandths = 0;
        if (text[0] == '.')
        {
            int digits = text[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            if (digits < 1)
            {
                return false;
            }

            for (int i = 0; i < 3; i++)
            {
                thousandths = thousandths * 10 + (i < digits ? text[1 + i] - '0' : 0);
            }

            text = text[(1 + digits)..];
        }
        if (!Offset(text, out int offsetMinutes))
        {
            return false;
        }

        long seconds = Days(year, month, day) * DaySeconds + hour * 3600 + minute * 60 + second - offsetMinutes * 60;
        if (second == 60 && !IsMonthsBegin(seconds))
        {
            return false;
        }

        milliseconds = seconds * 1000 + thousandths;
        return true;
    }

    private static bool Offset(ReadOnlySpan<byte> text, out int minutes)
    {
        minutes = 0;
        if (text.Length == 1)
        {
            return (text[0] | 0x20) == 'z';
        }

        if (
            text.Length != 6
            || text[0] is not ((byte)'+' or (byte)'-')
            || !Digits(text[1..3], out int hour)
            || text[3] != ':'
            || !Digits(text[4..6], out int minute)
            || hour > 23
            || minute > 59
        )
        {
            return false;
        }

        minutes = (text[0] == '-' ? -1 : 1) * (hour * 60 + minute);
        return true;
    }

    private static bool Digits(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        foreach (byte digit in text)
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            value = value * 10 + (digit - '0');
        }
        return true;
    }

    private static bool IsLeap(int year) => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    private static int DaysIn(int year, int month) =>
        month == 2
            ? IsLeap(year)
                ? 29
                : 28
            : month is 4 or 6 or 9 or 11
                ? 30
                : 31;

    /// <summary>Gets the days since 1970-01-01 in the proleptic Gregorian calendar; RFC 3339 starts at year
    /// 0.</summary>
    private static long Days(int year, int month, int day)
    {
        // Years start in March, so the leap day is the last day (Hinnant, "chrono-compatible low-level date
        // algorithms").
        int y = month <= 2 ? year - 1 : year;
        int era = (y >= 0 ? y : y - 399) / 400;
        int yearOfEra = y - era * 400;
        int dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
        int dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
        return era * 146_097L + dayOfEra - 719_468;
    }

    private static bool IsMonthsBegin(long seconds) =>
        seconds % DaySeconds == 0
        && seconds is >= 0 and <= EventLimits.MaxTime / 1000
        && DateTimeOffset.FromUnixTimeSeconds(seconds).Day == 1;
}
