using System.Text.Json;
using Engine.Conditions;

namespace Engine.Workflows.Module;

/// <summary>Converts values of an open object, such as a context: texts, numbers, true and false. A number that is
/// whole and exact in a double (up to 2^53) is an integer however it is written, as some languages write 5 as
/// 5.0.</summary>
public static class ScalarValue
{
    private const double MaxExact = 9_007_199_254_740_992;

    /// <summary>Converts a JSON value; null if it isn't a scalar (a list or an object).</summary>
    public static CelValue? Of(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => CelValue.Of(value.GetString()),
            JsonValueKind.True => CelValue.True,
            JsonValueKind.False => CelValue.False,
            JsonValueKind.Number when value.TryGetInt64(out long whole) => CelValue.Of(whole),
            JsonValueKind.Number => Of(value.GetDouble()),
            _ => null,
        };

    private static CelValue? Of(double number) =>
        !double.IsFinite(number) ? null
        : number == Math.Floor(number) && Math.Abs(number) <= MaxExact ? CelValue.Of((long)number)
        : CelValue.Of(number);
}
