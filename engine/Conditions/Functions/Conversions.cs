using System.Globalization;
using Engine.Conditions.Checking;
using Engine.Conditions.Evaluation;
using static Engine.Conditions.Functions.Catalogue;

namespace Engine.Conditions.Functions;

/// <summary>size, dyn, and the conversion functions, which are named after types.</summary>
internal static class Conversions
{
    public static IEnumerable<Overload> All { get; } =
    [
        Global("dyn", StaticType.Dyn, (a, ref _) => a[0], CelType.Dyn),
        Global("bool", StaticType.Bool, (a, ref _) => a[0], CelType.Bool),
        Global("bool", StaticType.Bool, (a, ref _) => ToBool(a[0].AsString), CelType.String),
        Global("int", StaticType.Int, (a, ref _) => a[0], CelType.Int),
        Global("int", StaticType.Int, (a, ref _) => ToInt(a[0].RawDouble), CelType.Double),
        Global("int", StaticType.Int, (a, ref _) => ToInt(a[0].AsString), CelType.String),
        Global("int", StaticType.Int, (a, ref _) => CelValue.Of(a[0].Bits), CelType.Timestamp),
        Global("double", StaticType.Double, (a, ref _) => a[0], CelType.Double),
        Global("double", StaticType.Double, (a, ref _) => CelValue.Of((double)a[0].Bits), CelType.Int),
        Global("double", StaticType.Double, (a, ref _) => ToDouble(a[0].AsString), CelType.String),
        Global("string", StaticType.String, (a, ref _) => a[0], CelType.String),
        Global("string", StaticType.String, (a, ref _) => CelValue.Of(a[0].IsTrue ? "true" : "false"), CelType.Bool),
        Global(
            "string",
            StaticType.String,
            (a, ref _) => CelValue.Of(a[0].Bits.ToString(CultureInfo.InvariantCulture)),
            CelType.Int
        ),
        Global(
            "string",
            StaticType.String,
            (a, ref _) => CelValue.Of(NumberText.Shortest(a[0].RawDouble)),
            CelType.Double
        ),
        Global(
            "string",
            StaticType.String,
            (a, ref _) => CelValue.Of(InstantText.Write(a[0].Bits, a[0].Nanos)),
            CelType.Timestamp
        ),
        Global("string", StaticType.String, (a, ref _) => CelValue.Of(SpanText.Write(a[0].Bits)), CelType.Duration),
        Global("timestamp", StaticType.Timestamp, (a, ref _) => a[0], CelType.Timestamp),
        Global("timestamp", StaticType.Timestamp, (a, ref _) => Instants.At(a[0].Bits), CelType.Int),
        Global("timestamp", StaticType.Timestamp, (a, ref _) => InstantText.Read(a[0].AsString), CelType.String),
        Global("duration", StaticType.Duration, (a, ref _) => a[0], CelType.Duration),
        Global("duration", StaticType.Duration, (a, ref _) => SpanText.Read(a[0].AsString), CelType.String),
        Global("size", StaticType.Int, ListSize, CelType.List),
        Global("size", StaticType.Int, MapSize, CelType.Map),
        Method("size", StaticType.Int, ListSize, CelType.List),
        Method("size", StaticType.Int, MapSize, CelType.Map),
    ];

    private static CelValue ListSize(ReadOnlySpan<CelValue> a, ref Budget budget) =>
        CelValue.Of((long)a[0].AsList.Count);

    private static CelValue MapSize(ReadOnlySpan<CelValue> a, ref Budget budget) => CelValue.Of((long)a[0].AsMap.Count);

    private static CelValue ToBool(string text) =>
        text switch
        {
            "1" or "t" or "T" or "true" or "TRUE" or "True" => CelValue.True,
            "0" or "f" or "F" or "false" or "FALSE" or "False" => CelValue.False,
            _ => CelValue.Error("bool() of text takes 1, t, true, 0, f or false"),
        };

    /// <summary>Truncates towards zero. The bounds are excluded: as doubles, they stand for values outside of int as
    /// well.</summary>
    private static CelValue ToInt(double number) =>
        number is > long.MinValue and < long.MaxValue
            ? CelValue.Of((long)number)
            : CelValue.Error("int() of a double that doesn't fit in 64 bits");

    private static CelValue ToInt(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
        && !text.Contains('\0')
            ? CelValue.Of(number)
            : CelValue.Error("int() of text that isn't a 64-bit decimal integer");

    private static CelValue ToDouble(string text)
    {
        const NumberStyles Style =
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        switch (text.ToLowerInvariant())
        {
            case "nan":
                return CelValue.Of(double.NaN);
            case "inf" or "+inf" or "infinity" or "+infinity":
                return CelValue.Of(double.PositiveInfinity);
            case "-inf" or "-infinity":
                return CelValue.Of(double.NegativeInfinity);
        }
        return
            !text.Contains('\0')
            && double.TryParse(text, Style, CultureInfo.InvariantCulture, out double number)
            && double.IsFinite(number)
            ? CelValue.Of(number)
            : CelValue.Error("double() of text that isn't a 64-bit number");
    }
}
