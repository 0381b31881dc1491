using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Engine.Configuration;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Engine.Pipeline.Settings;

/// <summary>Converts YAML to JSON by YAML's core schema. A plain scalar becomes null, a boolean or a number if it reads
/// like one; a number keeps its digits. A quoted scalar is text. Source:
/// https://yaml.org/spec/1.2.2/#103-core-schema</summary>
internal static partial class YamlJson
{
    /// <summary>Deeper than any setting; what nests deeper is an alias that contains itself.</summary>
    private const int MaxDepth = 64;

    /// <summary>More than a record may have; what becomes longer repeats aliases of aliases.</summary>
    private const int MaxBytes = 1024 * 1024;

    /// <summary>The entries of a document that is a map, in order, with null for null values. Throws a
    /// <see cref="YamlException"/> with the position.</summary>
    public static IEnumerable<(string Key, string? Value)> Map(string yaml) =>
        YamlNodes
            .Map(yaml)
            .Children.Select(child =>
                (YamlNodes.KeyOf(child.Key), YamlNodes.IsNull(child.Value) ? null : Json(child.Value))
            );

    /// <summary>Where a text is wrong, and why: <c>line 2, column 1: …</c></summary>
    public static string Describe(YamlException wrong) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"line {wrong.Start.Line}, column {wrong.Start.Column}: {wrong.InnerException?.Message ?? wrong.Message}"
        );

    private static string Json(YamlNode node)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            Write(json, node, 0);
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, YamlNode node, int depth)
    {
        if (depth > MaxDepth)
        {
            throw YamlNodes.Wrong(node, $"nests deeper than {MaxDepth}");
        }

        if (json.BytesCommitted + json.BytesPending > MaxBytes)
        {
            throw YamlNodes.Wrong(node, $"its value has more than {MaxBytes} bytes in JSON");
        }

        switch (node)
        {
            case YamlMappingNode map:
                json.WriteStartObject();
                foreach ((YamlNode key, YamlNode value) in map.Children)
                {
                    json.WritePropertyName(YamlNodes.KeyOf(key));
                    Write(json, value, depth + 1);
                }
                json.WriteEndObject();
                break;
            case YamlSequenceNode list:
                json.WriteStartArray();
                foreach (YamlNode item in list.Children)
                {
                    Write(json, item, depth + 1);
                }

                json.WriteEndArray();
                break;
            case YamlScalarNode scalar:
                Write(json, scalar);
                break;
            default:
                throw YamlNodes.Wrong(node, "expected a map, a list or a scalar");
        }
    }

    private static void Write(Utf8JsonWriter json, YamlScalarNode scalar)
    {
        string text = scalar.Value ?? "";
        if (scalar.Style != ScalarStyle.Plain)
        {
            json.WriteStringValue(text);
        }
        else if (YamlNodes.IsNull(scalar))
        {
            json.WriteNullValue();
        }
        else if (text is "true" or "True" or "TRUE")
        {
            json.WriteBooleanValue(true);
        }
        else if (text is "false" or "False" or "FALSE")
        {
            json.WriteBooleanValue(false);
        }
        else if (JsonNumber().IsMatch(text))
        {
            json.WriteRawValue(text);
        }
        else if (
            text.StartsWith("0x", StringComparison.Ordinal)
            && long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long hex)
        )
        {
            json.WriteNumberValue(hex);
        }
        else if (
            OtherNumber().IsMatch(text)
            && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number)
        )
        {
            json.WriteNumberValue(number);
        }
        else
        {
            json.WriteStringValue(text);
        }
    }

    [GeneratedRegex(@"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$")]
    private static partial Regex JsonNumber();

    /// <summary>YAML numbers that aren't valid in JSON: +1, 007, .5, 5.</summary>
    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")]
    private static partial Regex OtherNumber();
}
