using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Engine.Configuration;

/// <summary>Reads a YAML map field by field. A missing or null field keeps the fallback, and an unknown field is an
/// error. All errors are a <see cref="YamlException"/> with the place. Reflection-based deserialisation would delay the
/// start by the code that it compiles.</summary>
public sealed class YamlFields
{
    private readonly YamlMappingNode _map;
    private readonly HashSet<string> _read = [];

    private YamlFields(YamlMappingNode map) => _map = map;

    /// <summary>Reads a file.</summary>
    /// <param name="read">Gets the file's fields and its folder.</param>
    /// <exception cref="ConfigException">The file doesn't load; the message says where, and why.</exception>
    public static T ReadFile<T>(string path, Func<YamlFields, string, T> read)
    {
        try
        {
            return read(Of(File.ReadAllText(path)), Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        catch (YamlException e)
        {
            throw new ConfigException($"{path}, line {e.Start.Line}, column {e.Start.Column}: {e.Message}");
        }
        catch (ConfigException e)
        {
            throw new ConfigException($"{path}: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException($"{path}: {e.Message}");
        }
    }

    /// <summary>Gets the fields of a document, which may be empty.</summary>
    public static YamlFields Of(string yaml) => new(YamlNodes.Map(yaml));

    public string Text(string name, string fallback) => Scalar(name)?.Value ?? fallback;

    public bool Flag(string name, bool fallback) =>
        Scalar(name) is not { } scalar
            ? fallback
            : scalar.Value switch
            {
                "true" or "True" or "TRUE" => true,
                "false" or "False" or "FALSE" => false,
                _ => throw YamlNodes.Wrong(scalar, $"{name} is '{scalar.Value}'; expected true or false"),
            };

    public long Whole(string name, long fallback) =>
        Scalar(name) is not { } scalar ? fallback
        : long.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
        : throw YamlNodes.Wrong(scalar, $"{name} is '{scalar.Value}'; expected a whole number");

    public int Whole(string name, int fallback)
    {
        long number = Whole(name, (long)fallback);
        return number is >= int.MinValue and <= int.MaxValue
            ? (int)number
            : throw YamlNodes.Wrong(_map.Children[name], $"{name} is {number}; expected no more than {int.MaxValue}");
    }

    /// <summary>A whole number, or null if the field is missing or null.</summary>
    public int? WholeOrNull(string name) => Scalar(name) == null ? null : Whole(name, 0);

    public List<string> Texts(string name, List<string> fallback) =>
        Node(name) switch
        {
            null => fallback,
            YamlSequenceNode list =>
            [
                .. list.Children.Select(item =>
                    item is YamlScalarNode { Value: { } text }
                        ? text
                        : throw YamlNodes.Wrong(item, $"{name} contains an element that isn't text")
                ),
            ],
            { } other => throw YamlNodes.Wrong(other, $"{name} isn't a list; expected a list of texts"),
        };

    public Dictionary<string, string> Map(string name, Dictionary<string, string> fallback)
    {
        if (Node(name) is not { } node)
        {
            return fallback;
        }

        var fields = new YamlFields(YamlNodes.Map(node));
        return fields
            ._map.Children.Keys.Select(YamlNodes.KeyOf)
            .ToDictionary(field => field, field => fields.Text(field, ""));
    }

    /// <summary>Gets a map within this one; empty if it is missing.</summary>
    public YamlFields Section(string name) => new(Node(name) is { } node ? YamlNodes.Map(node) : []);

    /// <summary>Refuses unknown fields. Call it after the last field.</summary>
    /// <param name="of">The name of the map, for the error.</param>
    public void End(string of)
    {
        foreach (YamlNode key in _map.Children.Keys)
        {
            if (!_read.Contains(YamlNodes.KeyOf(key)))
            {
                throw YamlNodes.Wrong(
                    key,
                    $"{of} has no field '{YamlNodes.KeyOf(key)}'; it has {string.Join(", ", _read)}"
                );
            }
        }
    }

    private YamlNode? Node(string name)
    {
        _read.Add(name);
        return _map.Children.TryGetValue(name, out YamlNode? node) && !YamlNodes.IsNull(node) ? node : null;
    }

    private YamlScalarNode? Scalar(string name) =>
        Node(name) switch
        {
            null => null,
            YamlScalarNode scalar => scalar,
            { } other => throw YamlNodes.Wrong(other, $"{name} is a list or a map; expected one value"),
        };
}
