using System.Globalization;
using Engine.Pipeline.Settings;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Engine.App.Configuration;

/// <summary>
/// A map in YAML, read field by field: one that is missing or null leaves what stands already, and one that nobody
/// asked for is told of. All throw
/// <see cref="YamlException"/> with the place. Read so, and not into types by reflection, since a start would wait for
/// what that compiles.
/// </summary>
internal sealed class YamlFields
{
    private readonly YamlMappingNode _map;
    private readonly HashSet<string> _asked = [];

    private YamlFields(YamlMappingNode map) => _map = map;

    /// <summary>The fields of a document; none where it is empty.</summary>
    public static YamlFields Of(string yaml) => new(YamlNodes.Map(yaml));

    public string Text(string name, string otherwise) => Scalar(name)?.Value ?? otherwise;

    public bool Flag(string name, bool otherwise) =>
        Scalar(name) is not { } scalar
            ? otherwise
            : scalar.Value switch
            {
                "true" or "True" or "TRUE" => true,
                "false" or "False" or "FALSE" => false,
                _ => throw YamlNodes.Wrong(scalar, $"{name} is '{scalar.Value}'; expected true or false"),
            };

    public long Whole(string name, long otherwise) =>
        Scalar(name) is not { } scalar ? otherwise
        : long.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
        : throw YamlNodes.Wrong(scalar, $"{name} is '{scalar.Value}'; expected a whole number");

    public int Whole(string name, int otherwise)
    {
        long number = Whole(name, (long)otherwise);
        return number is >= int.MinValue and <= int.MaxValue
            ? (int)number
            : throw YamlNodes.Wrong(_map.Children[name], $"{name} is {number}; expected no more than {int.MaxValue}");
    }

    public List<string> Texts(string name, List<string> otherwise) =>
        Node(name) switch
        {
            null => otherwise,
            YamlSequenceNode list =>
            [
                .. list.Children.Select(item =>
                    item is YamlScalarNode { Value: { } text }
                        ? text
                        : throw YamlNodes.Wrong(item, $"{name} holds what is no text")
                ),
            ],
            { } other => throw YamlNodes.Wrong(other, $"{name} is no list; expected one of texts"),
        };

    public Dictionary<string, string> Map(string name, Dictionary<string, string> otherwise)
    {
        if (Node(name) is not { } node)
        {
            return otherwise;
        }

        var fields = new YamlFields(YamlNodes.Map(node));
        return fields
            ._map.Children.Keys.Select(YamlNodes.KeyOf)
            .ToDictionary(field => field, field => fields.Text(field, ""));
    }

    /// <summary>A map within this one; an empty one where there is none.</summary>
    public YamlFields Section(string name) => new(Node(name) is { } node ? YamlNodes.Map(node) : []);

    /// <summary>To be called behind the last field.</summary>
    /// <param name="of">What the map is, for the error.</param>
    public void End(string of)
    {
        foreach (YamlNode key in _map.Children.Keys)
        {
            if (!_asked.Contains(YamlNodes.KeyOf(key)))
            {
                throw YamlNodes.Wrong(
                    key,
                    $"{of} has no field '{YamlNodes.KeyOf(key)}'; it has {string.Join(", ", _asked)}"
                );
            }
        }
    }

    private YamlNode? Node(string name)
    {
        _asked.Add(name);
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
