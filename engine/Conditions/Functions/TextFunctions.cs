using System.Text;
using Engine.Conditions.Checking;
using Engine.Conditions.Evaluation;
using static Engine.Conditions.Functions.Catalogue;

namespace Engine.Conditions.Functions;

/// <summary>Functions from text to text: the strings extension without searches.</summary>
internal static class TextFunctions
{
    private static readonly CelValue OutOfRange = CelValue.Error("index out of range");

    public static IEnumerable<Overload> All { get; } =
    [
        Method("charAt", StaticType.String, CharAt, CelType.String, CelType.Int),
        Method("join", StaticType.String, (a, ref budget) => Join(a[0].AsList, "", ref budget), CelType.List),
        Method(
            "join",
            StaticType.String,
            (a, ref budget) => Join(a[0].AsList, a[1].AsString, ref budget),
            CelType.List,
            CelType.String
        ),
        Method("lowerAscii", StaticType.String, LowerAscii, CelType.String),
        Method("upperAscii", StaticType.String, UpperAscii, CelType.String),
        Method(
            "replace",
            StaticType.String,
            (a, ref budget) => Replace(a, -1, ref budget),
            CelType.String,
            CelType.String,
            CelType.String
        ),
        Method(
            "replace",
            StaticType.String,
            (a, ref budget) => Replace(a, a[3].Bits, ref budget),
            CelType.String,
            CelType.String,
            CelType.String,
            CelType.Int
        ),
        Method("reverse", StaticType.String, Reverse, CelType.String),
        Method(
            "split",
            StaticType.ListOf(StaticType.String),
            (a, ref budget) => Split(a, -1, ref budget),
            CelType.String,
            CelType.String
        ),
        Method(
            "split",
            StaticType.ListOf(StaticType.String),
            (a, ref budget) => Split(a, a[2].Bits, ref budget),
            CelType.String,
            CelType.String,
            CelType.Int
        ),
        Method("substring", StaticType.String, Substring, CelType.String, CelType.Int),
        Method("substring", StaticType.String, Substring, CelType.String, CelType.Int, CelType.Int),
        Method("trim", StaticType.String, Trim, CelType.String),
    ];

    /// <summary>Gets the character at an index; empty at the end of the text.</summary>
    private static CelValue CharAt(ReadOnlySpan<CelValue> a, ref Budget budget)
    {
        string text = a[0].AsString;
        if (!budget.Charge(text.Length))
        {
            return Budget.Exceeded;
        }
        int at = CodePoints.Locate(text, a[1].Bits);
        return at < 0
            ? OutOfRange
            : CelValue.Of(at == text.Length ? "" : text.Substring(at, CodePoints.Width(text, at)));
    }

    private static CelValue Join(CelList list, string separator, ref Budget budget)
    {
        if (!budget.Charge(list.Weight + (long)separator.Length * list.Count))
        {
            return Budget.Exceeded;
        }
        StringBuilder joined = new();
        for (int i = 0; i < list.Count; i++)
        {
            if (list[i].Kind != CelKind.String)
            {
                return CelValue.Error(
                    $"no such overload: join takes a list of strings, but this contains {KindNames.Of(list[i].Kind)}"
                );
            }
            joined.Append(i == 0 ? "" : separator).Append(list[i].AsString);
        }
        return CelValue.Of(joined.ToString());
    }

    private static CelValue LowerAscii(ReadOnlySpan<CelValue> a, ref Budget budget) =>
        budget.Charge(a[0].Weight)
            ? Each(a[0].AsString, c => char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c)
            : Budget.Exceeded;

    private static CelValue UpperAscii(ReadOnlySpan<CelValue> a, ref Budget budget) =>
        budget.Charge(a[0].Weight)
            ? Each(a[0].AsString, c => char.IsAsciiLetterLower(c) ? (char)(c & ~0x20) : c)
            : Budget.Exceeded;

    private static CelValue Each(string text, Func<char, char> made) =>
        CelValue.Of(string.Create(text.Length, (text, made), static (span, from) =>
            {
                for (int i = 0; i < span.Length; i++)
                {
                    span[i] = from.made(from.text[i]);
                }
            }));

    /// <summary>Replaces the first <paramref name="limit"/> occurrences, or all if negative. Empty text occurs before
    /// every character and at the end.</summary>
    private static CelValue Replace(ReadOnlySpan<CelValue> a, long limit, ref Budget budget)
    {
        string text = a[0].AsString;
        string old = a[1].AsString;
        string made = a[2].AsString;
        if (!budget.Charge(a[0].Weight * (1 + a[1].Weight / 64)))
        {
            return Budget.Exceeded;
        }
        StringBuilder replaced = new();
        int at = 0;
        for (; limit != 0; limit--)
        {
            int found = old.Length > 0 ? text.IndexOf(old, at, StringComparison.Ordinal) : at;
            if (found < 0)
            {
                break;
            }
            if (!budget.Charge(1 + made.Length))
            {
                return Budget.Exceeded;
            }
            replaced.Append(text, at, found - at).Append(made);
            at = found + old.Length;
            if (old.Length == 0)
            {
                if (at == text.Length)
                {
                    break;
                }
                int width = CodePoints.Width(text, at);
                replaced.Append(text, at, width);
                at += width;
            }
        }
        return CelValue.Of(replaced.Append(text, at, text.Length - at).ToString());
    }

    private static CelValue Reverse(ReadOnlySpan<CelValue> a, ref Budget budget)
    {
        string text = a[0].AsString;
        if (!budget.Charge(text.Length))
        {
            return Budget.Exceeded;
        }
        char[] reversed = new char[text.Length];
        for (int at = 0; at < text.Length;)
        {
            int width = CodePoints.Width(text, at);
            text.CopyTo(at, reversed, text.Length - at - width, width);
            at += width;
        }
        return CelValue.Of(new string(reversed));
    }

    /// <summary>Splits into at most <paramref name="limit"/> parts, the last with the rest; all if negative, none at 0.
    /// An empty separator splits into characters.</summary>
    private static CelValue Split(ReadOnlySpan<CelValue> a, long limit, ref Budget budget)
    {
        string text = a[0].AsString;
        string separator = a[1].AsString;
        if (limit == 0 || (text.Length == 0 && separator.Length == 0))
        {
            return CelValue.Of(CelList.Empty);
        }
        if (!budget.Charge(2 * a[0].Weight * (1 + a[1].Weight / 64)))
        {
            return Budget.Exceeded;
        }
        List<CelValue> parts = [];
        int at = 0;
        while (limit < 0 || parts.Count < limit - 1)
        {
            int found =
                separator.Length > 0
                    ? text.IndexOf(separator, at, StringComparison.Ordinal)
                    : at + CodePoints.Width(text, at);
            if (found < 0 || (separator.Length == 0 && found == text.Length))
            {
                break;
            }
            parts.Add(CelValue.Of(text[at..found]));
            at = found + separator.Length;
        }
        parts.Add(CelValue.Of(text[at..]));
        return CelValue.Of(new CelList([.. parts]));
    }

    /// <summary>Gets the text from one index up to another, or to the end.</summary>
    private static CelValue Substring(ReadOnlySpan<CelValue> a, ref Budget budget)
    {
        string text = a[0].AsString;
        if (!budget.Charge(text.Length))
        {
            return Budget.Exceeded;
        }
        int start = CodePoints.Locate(text, a[1].Bits);
        int end = a.Length > 2 ? CodePoints.Locate(text, a[2].Bits) : text.Length;
        return start < 0 || end < start ? OutOfRange : CelValue.Of(text[start..end]);
    }

    /// <summary>Removes Unicode white space at both ends, as <see cref="string.Trim()"/> does.</summary>
    private static CelValue Trim(ReadOnlySpan<CelValue> a, ref Budget budget) =>
        budget.Charge(a[0].Weight) ? CelValue.Of(a[0].AsString.Trim()) : Budget.Exceeded;
}
