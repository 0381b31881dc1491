using System.Text.RegularExpressions;
using Ingest.Confirmation.Pictures;
using Ingest.Confirmation.Tokens;

namespace Ingest.Confirmation;

/// <summary>The code for people who can't see the picture: four digits, shown as words, to be typed or pasted as digits
/// or words.</summary>
internal static partial class AccessibleCode
{
    private const int Digits = 4;

    private static readonly string[] Names =
    [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
    ];

    public static string WordsOf(SignedToken token) => string.Join(", ", DigitsOf(token).Select(digit => Names[digit]));

    public static bool IsRight(SignedToken token, string answer)
    {
        int[] given =
        [
            .. Part()
                .Matches(answer.ToLowerInvariant())
                .Select(part =>
                    char.IsAsciiDigit(part.Value[0]) ? part.Value[0] - '0' : Array.IndexOf(Names, part.Value)
                ),
        ];
        return given.SequenceEqual(DigitsOf(token));
    }

    private static int[] DigitsOf(SignedToken token)
    {
        var random = new SeedStream(token.Seed, "code");
        return [.. Enumerable.Range(0, Digits).Select(_ => random.Below(Names.Length))];
    }

    [GeneratedRegex("[0-9]|[a-z]+", RegexOptions.CultureInvariant)]
    private static partial Regex Part();
}
