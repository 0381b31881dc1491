using System.Buffers.Text;

namespace Ingest.Tail.Formats;

/// <summary>The times of logs, in ms since the Unix epoch: <c>10/Oct/2000:13:55:36 -0700</c>, ISO 8601 with up to nine
/// decimals (without a zone it is UTC), and seconds or milliseconds since the epoch.</summary>
internal static class LogTime
{
    private const int CommonLength = 26,
        MsPerDay = 86_400_000;

    /// <summary>Numbers from here on are milliseconds: as seconds, they would be after the year 5100.</summary>
    private const double FirstMs = 1e11;

    /// <summary>Parses a time. Returns false for times before the epoch, too.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> text, out long ms)
    {
        if (text.Length >= 19 && text[2] == '/')
        {
            return TryCommon(text, out ms);
        }

        return text.Length >= 19 && text[4] == '-' ? TryIso(text, out ms) : TryNumber(text, out ms);
    }

    /// <summary>Parses <c>2000-10-10</c>: its beginning in UTC.</summary>
    internal static bool TryDate(ReadOnlySpan<byte> text, out long ms)
    {
        ms = 0;
        return text.Length == 10
            && text[4] == '-'
            && text[7] == '-'
            && TryDigits(text[..4], out int year)
            && TryDigits(text[5..7], out int month)
            && TryDigits(text[8..], out int day)
            && TryDay(year, month, day, out ms);
    }

    /// <summary>Parses <c>13:55:36</c>: ms since midnight.</summary>
    internal static bool TryTimeOfDay(ReadOnlySpan<byte> text, out long ms)
    {
        ms = 0;
        if (
            text.Length != 8
            || text[2] != ':'
            || text[5] != ':'
            || !TryDigits(text[..2], out int hour)
            || !TryDigits(text[3..5], out int minute)
            || !TryDigits(text[6..], out int second)
            || hour > 23
            || minute > 59
            || second > 59
        )
        {
            return false;
        }

        ms = ((hour * 60L + minute) * 60 + second) * 1000;
        return true;
    }

    private static bool TryCommon(ReadOnlySpan<byte> text, out long ms)
    {
        ms = 0;
        if (
            text.Length != CommonLength
            || text[6] != '/'
            || text[11] != ':'
            || text[20] != ' '
            || !TryDigits(text[..2], out int day)
            || !TryMonth(text[3..6], out int month)
            || !TryDigits(text[7..11], out int year)
            || !TryDay(year, month, day, out long date)
            || !TryTimeOfDay(text[12..20], out long time)
            || !TryZone(text[21..], out long zone)
        )
        {
            return false;
        }

        ms = date + time - zone;
        return ms >= 0;
    }

    private static bool TryIso(ReadOnlySpan<byte> text, out long ms)
    {
        ms = 0;
        if (
            !TryDate(text[..10], out long date)
            || text[10] is not ((byte)'T' or (byte)' ')
            || !TryTimeOfDay(text[11..19], out long time)
        )
        {
            return false;
        }

        text = text[19..];
        if (text is [(byte)'.', ..])
        {
            int digits = text[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            digits = digits < 0 ? text.Length - 1 : digits;
            for (int i = 1, worth = 100; i <= Math.Min(digits, 3); i++, worth /= 10)
            {
                time += (text[i] - '0') * worth;
            }

            text = text[(digits + 1)..];
        }
        if (!TryZone(text, out long zone))
        {
            return false;
        }

        ms = date + time - zone;
        return ms >= 0;
    }

    private static bool TryNumber(ReadOnlySpan<byte> text, out long ms)
    {
        ms = 0;
        if (!Utf8Parser.TryParse(text, out double number, out int read) || read != text.Length)
        {
            return false;
        }

        number = number < FirstMs ? number * 1000 : number;
        if (!(number >= 0 && number < 1e15))
        {
            return false;
        }

        // 1795334401.123 isn't exact in binary: without rounding it would be a millisecond earlier.
        ms = (long)Math.Round(number, MidpointRounding.ToZero);
        return true;
    }

    /// <summary>Parses <c>Z</c>, <c>+0100</c>, <c>+01:00</c> or nothing.</summary>
    private static bool TryZone(ReadOnlySpan<byte> text, out long ms)
    {
        ms = 0;
        if (text.IsEmpty || text is [(byte)'Z'])
        {
            return true;
        }

        if (
            text[0] is not ((byte)'+' or (byte)'-')
            || !(text.Length == 5 || (text.Length == 6 && text[3] == ':'))
            || !TryDigits(text[1..3], out int hours)
            || !TryDigits(text[^2..], out int minutes)
            || hours > 14
            || minutes > 59
        )
        {
            return false;
        }

        ms = (hours * 60L + minutes) * 60_000 * (text[0] == '-' ? -1 : 1);
        return true;
    }

    /// <summary>Counts the days of the Gregorian calendar, in ms.</summary>
    private static bool TryDay(int year, int month, int day, out long ms)
    {
        ms = 0;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        ms =
            (new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc).Ticks - DateTime.UnixEpoch.Ticks)
            / TimeSpan.TicksPerDay
            * MsPerDay;
        return true;
    }

    private static bool TryMonth(ReadOnlySpan<byte> name, out int month)
    {
        int at = "JanFebMarAprMayJunJulAugSepOctNovDec"u8.IndexOf(name);
        month = at / 3 + 1;
        return at >= 0 && at % 3 == 0;
    }

    private static bool TryDigits(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        foreach (byte digit in text)
        {
            uint one = (uint)(digit - '0');
            if (one > 9)
            {
                return false;
            }

            value = value * 10 + (int)one;
        }
        return true;
    }
}
