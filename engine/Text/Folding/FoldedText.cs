using System.Runtime.CompilerServices;
using System.Text;
using Engine.Text.Unicode;

namespace Engine.Text.Folding;

/// <summary>
/// A text as it is compared: without letter case (full folding: <c>ß</c> is <c>ss</c>), accents, compatibility forms
/// (<c>ﬁ</c> is <c>fi</c>) and invisible characters, composed or not; and where each unit of it comes from. Unicode's
/// own tables decide, not the machine's culture. Made again for each text: <see cref="Fold"/> reuses the buffers, so an
/// instance serves one thread.
/// </summary>
public sealed class FoldedText
{
    private const char FirstLeading = '\u1100',
        FirstVowel = '\u1161',
        FirstTrailing = '\u11A7',
        FirstSyllable = '\uAC00';

    private const int Leadings = 19,
        Vowels = 21,
        Trailings = 28,
        Syllables = Leadings * Vowels * Trailings;

    private static readonly CodePointMap Table = CodePointMap.Load("folding.txt");

    private char[] _units = new char[256];
    private int[] _sources = new int[256];

    /// <summary>Whether each unit comes from the unit of the same index: no sources are written as long as this holds.
    /// </summary>
    private bool _isAligned;

    private int _length;
    private int _sourceLength;

    /// <summary>The folded text.</summary>
    public ReadOnlySpan<char> Units => _units.AsSpan(0, _length);

    /// <summary>Folds a text. Where runs of white space collapse, each compares as one space.</summary>
    public static string Of(string text, bool collapses = false)
    {
        var folded = new FoldedText();
        folded.Fold(text, collapses);
        return folded.Units.ToString();
    }

    /// <inheritdoc cref="Of"/>
    public void Fold(ReadOnlySpan<char> text, bool collapses = false)
    {
        _length = 0;
        _sourceLength = text.Length;
        _isAligned = true;
        for (int at = 0; at < text.Length;)
        {
            char unit = text[at];
            if (unit < 0x80)
            {
                if (!(collapses && IsSpace(unit)))
                {
                    Append(ToLower(unit), at++);
                    continue;
                }

                if (_length == 0 || _units[_length - 1] != ' ')
                {
                    Append(' ', at);
                }

                at++;
                continue;
            }

            _ = Rune.DecodeFromUtf16(text[at..], out Rune rune, out int length);
            // A lone surrogate stays.
            int point = rune == Rune.ReplacementChar ? unit : rune.Value;
            if (Table.TryGetUnit(point, out char folded))
            {
                Compose(folded, at);
            }
            else if (Table.Keeps(point))
            {
                foreach (char kept in text.Slice(at, length))
                {
                    Compose(kept, at);
                }
            }
            else
            {
                foreach (char one in Table.TextOf(point))
                {
                    Compose(one, at);
                }
            }

            at += length;
        }

        if (_length != text.Length)
        {
            // What was dropped at the end.
            Unalign();
        }
    }

    /// <summary>Whether a unit is the first of its source character: no match begins or ends within one.</summary>
    public bool IsStart(int unit) => _isAligned || unit == 0 || unit >= _length || _sources[unit] != _sources[unit - 1];

    /// <summary>Where the source character of a unit begins.</summary>
    public int SourceOf(int unit) =>
        _isAligned ? unit
        : unit < _length ? _sources[unit]
        : _sourceLength;

    /// <summary>Where the source of the units before <paramref name="unit"/> ends, with what was dropped behind it: an
    /// accent belongs to its letter.</summary>
    public int SourceEnd(int unit, ReadOnlySpan<char> source)
    {
        int next = SourceOf(unit);
        if (_isAligned || unit == 0)
        {
            return next;
        }

        // From the last character on, over the marks that follow it.
        int end = _sources[unit - 1];
        while (end < next)
        {
            Rune.DecodeFromUtf16(source[end..], out Rune rune, out int length);
            if (end > _sources[unit - 1] && !IsMark(rune))
            {
                // Composed jamo have one source; invisible characters between two words belong to neither.
                if (!IsJamo(rune.Value))
                {
                    break;
                }
            }

            end += length;
        }

        return end;
    }

    private static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is System.Globalization.UnicodeCategory.NonSpacingMark
                or System.Globalization.UnicodeCategory.EnclosingMark;

    private static bool IsJamo(int point) => point is >= FirstVowel and < FirstTrailing + Trailings;

    private static bool IsSpace(char unit) => unit is ' ' or '\t' or '\n' or '\f' or '\r';

    private static char ToLower(char ascii) => (uint)(ascii - 'A') <= 'Z' - 'A' ? (char)(ascii | 0x20) : ascii;

    /// <summary>Appends a unit; Hangul's letters compose, as Unicode defines it.</summary>
    private void Compose(char unit, int source)
    {
        if (unit is >= FirstVowel and < (char)(FirstTrailing + Trailings) && _length > 0)
        {
            ref char last = ref _units[_length - 1];
            if (unit < FirstVowel + Vowels && (uint)(last - FirstLeading) < Leadings)
            {
                last = (char)(FirstSyllable + ((last - FirstLeading) * Vowels + (unit - FirstVowel)) * Trailings);
                Unalign();
                return;
            }

            if (
                unit > FirstTrailing
                && (uint)(last - FirstSyllable) < Syllables
                && (last - FirstSyllable) % Trailings == 0
            )
            {
                last += (char)(unit - FirstTrailing);
                Unalign();
                return;
            }
        }

        Append(unit, source);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Append(char unit, int source)
    {
        int at = _length;
        if (at == _units.Length)
        {
            Grow();
        }

        _units[at] = unit;
        _length = at + 1;
        if (_isAligned)
        {
            if (at == source)
            {
                return;
            }

            Unalign();
        }

        _sources[at] = source;
    }

    private void Unalign()
    {
        if (!_isAligned)
        {
            return;
        }

        _isAligned = false;
        for (int i = 0; i < _length; i++)
        {
            _sources[i] = i;
        }
    }

    private void Grow()
    {
        Array.Resize(ref _units, _units.Length * 2);
        Array.Resize(ref _sources, _units.Length);
    }
}
