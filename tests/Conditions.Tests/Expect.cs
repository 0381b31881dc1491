using Engine.Conditions;
using Xunit;

namespace Conditions.Tests;

/// <summary>What an expression gives, said as another expression: <c>Expect.Same("1 + 1", "2")</c>.</summary>
internal static class Expect
{
    public static void Same(string expression, string expected)
    {
        CelValue value = Value(expression);
        CelValue wanted = Value(expected);
        Assert.True(value == wanted && value.Kind == wanted.Kind, $"{expression} gave {value}, not {wanted}");
    }

    public static void Fails(string expression) =>
        Assert.False(
            Condition.TryEvaluateDynamic(expression, new Dictionary<string, CelValue>(), out CelValue value, out _),
            $"{expression} gave {value}"
        );

    public static CelValue Value(string expression)
    {
        Assert.True(
            Condition.TryEvaluateDynamic(
                expression,
                new Dictionary<string, CelValue>(),
                out CelValue value,
                out string? error
            ),
            $"{expression} failed: {error}"
        );
        return value;
    }
}
