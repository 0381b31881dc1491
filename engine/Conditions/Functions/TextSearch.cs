using Engine.Conditions.Checking;
using Engine.Conditions.Evaluation;
using static Engine.Conditions.Functions.Catalogue;

namespace Engine.Conditions.Functions;

/// <summary>Functions that search text: size, contains, startsWith, endsWith, indexOf and lastIndexOf. All compare and
/// count code points.</summary>
internal static class TextSearch
{
    private static readonly CelValue OutOfRange = CelValue.Error("index out of range");

    public static IEnumerable<Overload> All { get; } =
    [
        Global("size", StaticType.Int, Size, CelType.String),
        Method("size", StaticType.Int, Size, CelType.String),
        Method(
            "contains",
            StaticType.Bool,
            (a, ref budget) =>
                budget.Charge(Cost(a))
                    ? CelValue.Of(a[0].AsString.Contains(a[1].AsString, StringComparison.Ordinal))
                    : Budget.Exceeded,
            CelType.String,
            CelType.String
        ),
        Method(
            "startsWith",
            StaticType.Bool,
            (a, ref budget) =>
                budget.Charge(a[1].Weight)
                    ? CelValue.Of(a[0].AsString.StartsWith(a[1].AsString, StringComparison.Ordinal))
                    : Budget.Exceeded,
            CelType.String,
            CelType.String
        ),
        Method(
            "endsWith",
            StaticType.Bool,
            (a, ref budget) =>
                budget.Charge(a[1].Weight)
                    ? CelValue.Of(a[0].AsString.EndsWith(a[1].AsString, StringComparison.Ordinal))
                    : Budget.Exceeded,
            CelType.String,
            CelType.String
        ),
        Method("indexOf", StaticType.Int, IndexOf, CelType.String, CelType.String),
        Method("indexOf", StaticType.Int, IndexOf, CelType.String, CelType.String, CelType.Int),
        Method("lastIndexOf", StaticType.Int, LastIndexOf, CelType.String, CelType.String),
        Method("lastIndexOf", StaticType.Int, LastIndexOf, CelType.String, CelType.String, CelType.Int),
        Global("matches", StaticType.Bool, Matches, CelType.String, CelType.String),
        Method("matches", StaticType.Bool, Matches, CelType.String, CelType.String),
    ];

    private static CelValue Size(ReadOnlySpan<CelValue> a, ref Budget budget) =>
        budget.Charge(a[0].Weight) ? CelValue.Of((long)CodePoints.Count(a[0].AsString)) : Budget.Exceeded;

    /// <summary>Finds the first occurrence at or after an index; -1 if none.</summary>
    private static CelValue IndexOf(ReadOnlySpan<CelValue> a, ref Budget budget)
    {
        string text = a[0].AsString;
        if (!budget.Charge(Cost(a)))
        {
            return Budget.Exceeded;
        }
        int from = a.Length > 2 ? CodePoints.Locate(text, a[2].Bits) : 0;
        if (from < 0)
        {
            return OutOfRange;
        }
        int found = text.AsSpan(from).IndexOf(a[1].AsString, StringComparison.Ordinal);
        return CelValue.Of(found < 0 ? -1L : CodePoints.Count(text.AsSpan(0, from + found)));
    }

    /// <summary>Finds the last occurrence that begins at or before an index; -1 if none.</summary>
    private static CelValue LastIndexOf(ReadOnlySpan<CelValue> a, ref Budget budget)
    {
        string text = a[0].AsString;
        string sought = a[1].AsString;
        if (!budget.Charge(Cost(a)))
        {
            return Budget.Exceeded;
        }
        int last = a.Length > 2 ? CodePoints.Locate(text, a[2].Bits) : text.Length;
        if (last < 0)
        {
            return OutOfRange;
        }
        int end = (int)Math.Min((long)last + sought.Length, text.Length);
        int found = text.AsSpan(0, end).LastIndexOf(sought, StringComparison.Ordinal);
        return CelValue.Of(found < 0 ? -1L : CodePoints.Count(text.AsSpan(0, found)));
    }

    private static CelValue Matches(ReadOnlySpan<CelValue> a, ref Budget budget)
    {
        if (!budget.Charge(Pattern.CompileCost))
        {
            return Budget.Exceeded;
        }
        if (!Pattern.TryCompile(a[1].AsString, out Pattern? pattern, out string? error))
        {
            return CelValue.Error(error!);
        }
        return budget.Charge(pattern!.States * Pattern.CompileCostOfState)
            ? pattern.Matches(a[0].AsString, ref budget)
            : Budget.Exceeded;
    }

    /// <summary>The cost of a search, in the worst case proportional to the product of both lengths; vector
    /// instructions compare many characters per step.</summary>
    private static long Cost(ReadOnlySpan<CelValue> a) => a[0].Weight * (1 + a[1].Weight / 64);
}
