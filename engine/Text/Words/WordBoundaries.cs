using System.Text;

namespace Engine.Text.Words;

/// <summary>The word boundaries of a text, as UAX 29 defines them by default (Unicode 15.0): one bit for each place
/// between two UTF-16 units. <see cref="Find"/> reuses the memory, so an instance serves one thread.</summary>
public sealed class WordBoundaries
{
    private ulong[] _bits = new ulong[4];

    /// <summary>Whether a word may begin or end before unit <paramref name="at"/>. An empty text has none.</summary>
    public bool this[int at] => (_bits[at >> 6] & (1UL << at)) != 0;

    /// <summary>The first boundary behind <paramref name="at"/>, or the text's length.</summary>
    public int Next(int at, int length)
    {
        for (at++; at < length; at = (at | 63) + 1)
        {
            ulong bits = _bits[at >> 6] >> at;
            if (bits != 0)
            {
                return Math.Min(length, at + System.Numerics.BitOperations.TrailingZeroCount(bits));
            }
        }

        return length;
    }

    /// <summary>Finds the boundaries of a text, in time linear in it.</summary>
    public void Find(ReadOnlySpan<char> text)
    {
        int words = (text.Length >> 6) + 1;
        if (_bits.Length < words)
        {
            _bits = new ulong[Math.Max(words, _bits.Length * 2)];
        }

        _bits.AsSpan(0, words).Clear();
        if (text.Length == 0)
        {
            return;
        }

        Set(0);
        Set(text.Length);
        var rules = new WordRules();
        int at = 0;
        while (at < text.Length)
        {
            int length = 1;
            int point = text[at];
            if (char.IsSurrogate(text[at]))
            {
                Rune.DecodeFromUtf16(text[at..], out Rune rune, out length);
                point = rune.Value;
            }

            if (rules.BreaksBefore(WordClasses.Of(point), at))
            {
                Set(at);
            }

            if (rules.BreaksMiddle)
            {
                Set(rules.Middle);
            }

            at += length;
            if (point < 0x80 && char.IsAsciiLetter((char)point))
            {
                // Most text is words of letters, which nothing separates.
                while (at < text.Length && char.IsAsciiLetter(text[at]))
                {
                    at++;
                }
            }
        }

        if (rules.IsInMiddle && !rules.MiddleJoinsBefore)
        {
            Set(rules.Middle);
        }
    }

    private void Set(int at) => _bits[at >> 6] |= 1UL << at;
}
