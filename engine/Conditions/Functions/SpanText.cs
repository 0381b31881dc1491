using System.Globalization;
using Engine.Conditions.Evaluation;

namespace Engine.Conditions.Functions;

/// <summary>Durations as text: numbers with units, such as 1h30m or -1.5s; written in seconds.</summary>
internal static class SpanText
{
    private static readonly CelValue Unreadable = CelValue.Error(
        "duration() of text that isn't a duration: expected numbers with the units h, m, s, ms, us or ns, "
            + "such as 1h30m or -1.5s"
    );

    /// <summary>More digits than any valid number has; further digits are below a nanosecond.</summary>
    private const int MaxDigits = 19;

    public static string Write(long nanos)
    {
        // decimal represents all 64 bits with nine decimal places exactly.
        decimal seconds = nanos / (decimal)CelValue.NanosPerSecond;
        return seconds.ToString("0.#########", CultureInfo.InvariantCulture) + "s";
    }

    public static CelValue Read(string text)
    {
        ReadOnlySpan<char> rest = text;
        bool negative = !rest.IsEmpty && rest[0] == '-';
        if (!rest.IsEmpty && rest[0] is '-' or '+')
        {
            rest = rest[1..];
        }
        if (rest is "0")
        {
            return CelValue.DurationOfNanos(0);
        }
        if (rest.IsEmpty)
        {
            return Unreadable;
        }
        Int128 total = 0;
        while (!rest.IsEmpty)
        {
            if (!Part(ref rest, out Int128 part))
            {
                return Unreadable;
            }
            total += part;
            if (total > (Int128)long.MaxValue + 1)
            {
                break;
            }
        }
        return Instants.Span(negative ? -total : total);
    }

    private static bool Part(ref ReadOnlySpan<char> text, out Int128 nanos)
    {
        int whole = Digits(text);
        int fraction = whole < text.Length && text[whole] == '.' ? Digits(text[(whole + 1)..]) : -1;
        ReadOnlySpan<char> unitText = text[(fraction < 0 ? whole : whole + 1 + fraction)..];
        long unit = Unit(unitText, out int unitLength);
        nanos = 0;
        if (unit == 0 || whole + Math.Max(fraction, 0) == 0)
        {
            return false;
        }
        ReadOnlySpan<char> digits = text[..whole].TrimStart('0');
        nanos = digits.Length > MaxDigits ? Int128.MaxValue / 2 : Number(digits) * unit;
        if (fraction > 0)
        {
            int kept = Math.Min(fraction, MaxDigits - 1);
            Int128 scale = 1;
            for (int i = 0; i < kept; i++)
            {
                scale *= 10;
            }
            nanos += Number(text.Slice(whole + 1, kept)) * unit / scale;
        }
        text = unitText[unitLength..];
        return true;
    }

    private static int Digits(ReadOnlySpan<char> text)
    {
        int length = text.IndexOfAnyExceptInRange('0', '9');
        return length < 0 ? text.Length : length;
    }

    private static Int128 Number(ReadOnlySpan<char> digits)
    {
        Int128 number = 0;
        foreach (char digit in digits)
        {
            number = number * 10 + (digit - '0');
        }
        return number;
    }

    private static long Unit(ReadOnlySpan<char> text, out int length)
    {
        length = text.IndexOfAnyInRange('0', '9');
        int point = text.IndexOf('.');
        length = length < 0 ? text.Length : length;
        length = point >= 0 && point < length ? point : length;
        return text[..length] switch
        {
            "ns" => 1,
            // Both signs for micro: the micro sign and the Greek letter.
            "us" or "\u00b5s" or "\u03bcs" => 1_000,
            "ms" => 1_000_000,
            "s" => CelValue.NanosPerSecond,
            "m" => 60 * CelValue.NanosPerSecond,
            "h" => 3_600 * CelValue.NanosPerSecond,
            _ => 0,
        };
    }
}
