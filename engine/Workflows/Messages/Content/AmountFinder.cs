using System.Globalization;
using System.Text;

namespace Engine.Workflows.Messages.Content;

/// <summary>Finds numbers in a text, as people write them: <c>1,234.56</c>, <c>1.234,56</c>, <c>12 %</c>. A separator
/// before the last one or two digits is a decimal point; others group thousands.</summary>
internal static class AmountFinder
{
    private const int MaxDigits = 18;

    public static IEnumerable<double> Find(string text)
    {
        var digits = new StringBuilder();
        for (int at = 0; at < text.Length; at++)
        {
            if (!char.IsAsciiDigit(text[at]))
            {
                continue;
            }

            int end = at;
            while (end < text.Length && (char.IsAsciiDigit(text[end]) || IsSeparator(text, end)))
            {
                end++;
            }

            if (Parse(text.AsSpan(at, end - at), digits) is { } amount)
            {
                yield return amount;
            }

            at = end;
        }
    }

    private static bool IsSeparator(string text, int at) =>
        text[at] is '.' or ',' or '\'' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1]);

    private static double? Parse(ReadOnlySpan<char> number, StringBuilder digits)
    {
        int last = number.LastIndexOfAny(".,'");
        bool isDecimal = last >= 0 && number.Length - last - 1 is 1 or 2;
        digits.Clear();
        for (int i = 0; i < number.Length; i++)
        {
            if (char.IsAsciiDigit(number[i]))
            {
                digits.Append(number[i]);
            }
            else if (i == last && isDecimal)
            {
                digits.Append('.');
            }
        }

        return
            digits.Length <= MaxDigits
            && double.TryParse(
                digits.ToString(),
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out double amount
            )
            ? amount
            : null;
    }
}
