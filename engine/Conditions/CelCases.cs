using System.Text.Json;

namespace Engine.Conditions;

/// <summary>Runs the command <c>eval</c>: evaluates expressions with the bindings given beside them, without checking
/// types and names. A case is a line <c>{"name"?,"expr","bindings"?}</c>. Its answer is a line with the case's name and
/// either <c>"value"</c>, tagged as in <see cref="CelJson"/>, or <c>"error":true</c>.</summary>
public static class CelCases
{
    /// <summary>Answers each line that isn't blank.</summary>
    public static IEnumerable<string> Run(IEnumerable<string> lines) =>
        lines.Where(line => !string.IsNullOrWhiteSpace(line)).Select(RunLine);

    /// <summary>Answers one case. A malformed line gets an error as its answer.</summary>
    public static string RunLine(string jsonLine)
    {
        string? name = null;
        CelValue value = CelValue.Absent;
        try
        {
            value = CelJson.Read(jsonLine, line =>
            {
                if (line.TryGetProperty("name", out JsonElement given))
                {
                    name = given.GetString();
                }
                IReadOnlyDictionary<string, CelValue> bindings = line.TryGetProperty("bindings", out JsonElement bound)
                    ? CelJson.Bindings(bound)
                    : new Dictionary<string, CelValue>();
                string expr = line.GetProperty("expr").GetString()
                    ?? throw new FormatException("expected an expression, got null");
                return Condition.TryEvaluateDynamic(expr, bindings, out CelValue result, out _)
                    ? result
                    : CelValue.Absent;
            });
        }
        catch (Exception wrong) when (wrong is FormatException or KeyNotFoundException)
        {
            // Not a case at all: answer with an error and go on with the next line.
        }
        return Answer(name, value, message: null);
    }

    /// <summary>Evaluates one expression. Returns a line with <c>"value"</c>, or with <c>"error":true</c> and a
    /// <c>"message"</c>.</summary>
    /// <param name="expr">The expression.</param>
    /// <param name="bindingsJson">An object that maps names to values, plain or tagged; null for none.</param>
    public static string Evaluate(string expr, string? bindingsJson)
    {
        try
        {
            IReadOnlyDictionary<string, CelValue> bindings = bindingsJson is null
                ? new Dictionary<string, CelValue>()
                : CelJson.ReadBindings(bindingsJson);
            return Condition.TryEvaluateDynamic(expr, bindings, out CelValue value, out string? error)
                ? Answer(null, value, null)
                : Answer(null, CelValue.Absent, error);
        }
        catch (FormatException wrong)
        {
            return Answer(null, CelValue.Absent, $"bindings: {wrong.Message}");
        }
    }

    /// <summary>Says why an expression or its bindings can't be read at all; null if they can, whatever comes of
    /// them.</summary>
    public static string? WhyUnreadable(string expr, string? bindingsJson)
    {
        try
        {
            IEnumerable<string> names = bindingsJson is null ? [] : CelJson.ReadBindings(bindingsJson).Keys;
            return Condition.WhyUnreadable(expr, names);
        }
        catch (FormatException wrong)
        {
            return $"bindings: {wrong.Message}";
        }
    }

    private static string Answer(string? name, CelValue value, string? message) =>
        CelJson.Write(writer =>
        {
            writer.WriteStartObject();
            if (name is not null)
            {
                writer.WriteString("name", name);
            }
            if (value.IsError)
            {
                writer.WriteBoolean("error", true);
            }
            else
            {
                writer.WritePropertyName("value");
                CelJson.WriteTagged(writer, value);
            }
            if (message is not null)
            {
                writer.WriteString("message", message);
            }
            writer.WriteEndObject();
        });
}
