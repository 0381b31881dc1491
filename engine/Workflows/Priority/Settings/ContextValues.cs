using System.Globalization;
using System.Text.Json;
using Engine.Conditions;

namespace Engine.Workflows.Priority.Settings;

/// <summary>Converts values of a context to and from declared types.</summary>
public static class ContextValues
{
    /// <summary>Converts a value to a declared type. Returns false if it has another type.</summary>
    public static bool TryAs(AttributeType type, CelValue value, out CelValue typed)
    {
        typed = type == AttributeType.Number && value.Kind == CelKind.Int ? CelValue.Of((double)value.AsInt) : value;
        return StandsFor(type) == typed.Kind;
    }

    /// <summary>Converts a key of a table to a value of the attribute's type; null if it isn't one.</summary>
    public static CelValue? OfKey(AttributeType type, string key) =>
        type switch
        {
            AttributeType.Integer => long.TryParse(
                key,
                NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture,
                out long whole
            )
                ? CelValue.Of(whole)
                : null,
            AttributeType.Number => double.TryParse(
                key,
                NumberStyles.Float,
                CultureInfo.InvariantCulture,
                out double number
            ) && double.IsFinite(number)
                ? CelValue.Of(number)
                : null,
            AttributeType.Boolean => key switch
            {
                "true" => CelValue.True,
                "false" => CelValue.False,
                _ => null,
            },
            _ => CelValue.Of(key),
        };

    public static CelType CelTypeOf(AttributeType type) =>
        type switch
        {
            AttributeType.Integer => CelType.Int,
            AttributeType.Number => CelType.Double,
            AttributeType.Boolean => CelType.Bool,
            _ => CelType.String,
        };

    public static void Write(Utf8JsonWriter json, string name, CelValue value)
    {
        switch (value.Kind)
        {
            case CelKind.Int:
                json.WriteNumber(name, value.AsInt);
                break;
            case CelKind.Double:
                json.WriteNumber(name, value.AsDouble);
                break;
            case CelKind.Bool:
                json.WriteBoolean(name, value.AsBool);
                break;
            default:
                json.WriteString(name, value.AsString);
                break;
        }
    }

    private static CelKind StandsFor(AttributeType type) =>
        type switch
        {
            AttributeType.Integer => CelKind.Int,
            AttributeType.Number => CelKind.Double,
            AttributeType.Boolean => CelKind.Bool,
            _ => CelKind.String,
        };
}
