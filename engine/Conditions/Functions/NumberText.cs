using System.Globalization;

namespace Engine.Conditions.Functions;

/// <summary>Doubles as text: the fewest digits that parse to the same number. Exponents below -4 or above 20 use
/// scientific form with at least two exponent digits, the thresholds of ECMAScript and Go's %v.</summary>
internal static class NumberText
{
    /// <summary>The smallest exponent that uses scientific form; below it, all digits are written.</summary>
    private const int Scientific = 21;

    public static string Shortest(double number)
    {
        if (!double.IsFinite(number))
        {
            return double.IsNaN(number) ? "NaN"
                : number > 0 ? "+Inf"
                : "-Inf";
        }
        if (number == 0)
        {
            return double.IsNegative(number) ? "-0" : "0";
        }
        // "R" yields the shortest digits, with or without an exponent; split either form into digits and exponent.
        string[] parts = Math.Abs(number).ToString("R", CultureInfo.InvariantCulture).Split('E');
        int point = parts[0].IndexOf('.');
        string all = parts[0].Replace(".", "", StringComparison.Ordinal);
        string digits = all.TrimStart('0');
        int exponent =
            (parts.Length > 1 ? int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0)
            + (point < 0 ? all.Length : point)
            - 1
            - (all.Length - digits.Length);
        digits = digits.TrimEnd('0');
        string sign = number < 0 ? "-" : "";
        if (exponent is < -4 or >= Scientific)
        {
            string fraction = digits.Length > 1 ? "." + digits[1..] : "";
            return $"{sign}{digits[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }
        if (exponent < 0)
        {
            return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        }
        return digits.Length <= exponent + 1
            ? sign + digits.PadRight(exponent + 1, '0')
            : $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }
}
