using static Engine.Text.Words.WordClass;

namespace Engine.Text.Words;

/// <summary>UAX 29's rules WB1 to WB999 over a text's classes, one at a time. A character such as the apostrophe joins
/// what stands on both sides of it: whether there is a boundary before it is known when the next one comes.</summary>
internal struct WordRules
{
    /// <summary>The class before, as it is (WB3), and without what extends it (WB4).</summary>
    private WordClass _last,
        _base;

    private WordClass _beforeMiddle;

    private bool _isBegun,
        _isOddIndicator;

    /// <summary>Whether the last character joins what is before it only if the next is right.</summary>
    public bool IsInMiddle { get; private set; }

    /// <summary>Where that character begins, or began.</summary>
    public int Middle { get; private set; }

    /// <summary>Whether the character added last showed a boundary before <see cref="Middle"/>.</summary>
    public bool BreaksMiddle { get; private set; }

    /// <summary>Whether that character belongs to the one before it in any case: a single quote to a Hebrew letter
    /// (WB7a).</summary>
    public readonly bool MiddleJoinsBefore => _beforeMiddle == Hebrew_Letter && _base == Single_Quote;

    /// <summary>Adds a character's class. Returns whether there is a boundary before it, so far.</summary>
    public bool BreaksBefore(byte given, int at)
    {
        bool isPictograph = given >= (byte)Extended_Pictographic;
        WordClass next = given == WordClasses.PictographicLetter ? ALetter : (WordClass)given;
        WordClass last = _last;
        _last = next;
        BreaksMiddle = false;
        bool isNewline = IsNewline(last) || IsNewline(next);
        if (_isBegun && !isNewline && next is Extend or Format or ZWJ)
        {
            return false; // WB4
        }

        if (IsInMiddle)
        {
            IsInMiddle = false;
            if (!isNewline && JoinsOver(_beforeMiddle, _base, next))
            {
                _base = next;
                return false; // WB7, WB7c, WB11
            }

            BreaksMiddle = !MiddleJoinsBefore;
        }

        WordClass before = _base;
        _base = next;
        if (!_isBegun || isNewline)
        {
            bool isWithin = !_isBegun || (last == CR && next == LF); // WB3
            _isBegun = true;
            _isOddIndicator = next == Regional_Indicator;
            return !isWithin; // WB3a, WB3b
        }

        if ((last == ZWJ && isPictograph) || (last == WSegSpace && next == WSegSpace))
        {
            return false; // WB3c, WB3d
        }

        if (IsMiddle(before, next))
        {
            (IsInMiddle, Middle, _beforeMiddle) = (true, at, before);
            return false; // WB6, WB7b, WB12, or not: BreaksMiddle will say
        }

        if (next == Regional_Indicator)
        {
            _isOddIndicator = before != Regional_Indicator || !_isOddIndicator;
            return _isOddIndicator; // WB15, WB16
        }

        return !Joins(before, next);
    }

    private static bool IsNewline(WordClass one) => one is CR or LF or Newline;

    private static bool IsLetter(WordClass one) => one is ALetter or Hebrew_Letter;

    private static bool IsMiddle(WordClass before, WordClass next) =>
        next switch
        {
            MidLetter => IsLetter(before),
            MidNum => before == Numeric,
            MidNumLet or Single_Quote => IsLetter(before) || before == Numeric,
            Double_Quote => before == Hebrew_Letter,
            _ => false,
        };

    private static bool JoinsOver(WordClass before, WordClass middle, WordClass next) =>
        middle == Double_Quote ? next == Hebrew_Letter
        : IsLetter(before) ? IsLetter(next)
        : next == Numeric;

    private static bool Joins(WordClass before, WordClass next) =>
        next switch
        {
            ALetter or Hebrew_Letter => IsLetter(before) || before is Numeric or ExtendNumLet, // WB5, WB10, WB13b
            Numeric => IsLetter(before) || before is Numeric or ExtendNumLet, // WB8, WB9, WB13b
            Katakana => before is Katakana or ExtendNumLet, // WB13, WB13b
            ExtendNumLet => IsLetter(before) || before is Numeric or Katakana or ExtendNumLet, // WB13a
            _ => false,
        };
}
