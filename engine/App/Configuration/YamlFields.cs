using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Engine.App.Configuration;

/// <summary>
/// A map in YAML, read field by field: one that is missing or null leaves what stands already, and one that nobody asked for is told of. All throw
/// <see cref="YamlException"/> with the place. Read so, and not into types by reflection, since a start would wait for what that compiles.
/// </summary>
internal sealed class YamlFields
{
    private readonly YamlMappingNode _map;
    private readonly HashSet<string> _asked = [];

    private YamlFields(YamlMappingNode map) => _map = map;

    /// <summary>The fields of a document; none where it is empty.</summary>
    public static YamlFields Of(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return stream.Documents switch
        {
            [] => new YamlFields([]),
            [var document] => Of(document.RootNode),
            [_, var second, ..] => throw Wrong(second.RootNode, "expected one document"),
        };
    }

    public string Text(string name, string otherwise) => Scalar(name)?.Value ?? otherwise;

    public bool Flag(string name, bool otherwise) => Scalar(name) is not { } scalar ? otherwise : scalar.Value switch
    {
        "true" or "True" or "TRUE" => true,
        "false" or "False" or "FALSE" => false,
        _ => throw Wrong(scalar, $"{name} is '{scalar.Value}'; expected true or false"),
    };

    public long Whole(string name, long otherwise) => Scalar(name) is not { } scalar ? otherwise
        : long.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number
        : throw Wrong(scalar, $"{name} is '{scalar.Value}'; expected a whole number");

    public int Whole(string name, int otherwise)
    {
        long number = Whole(name, (long)otherwise);
        return number is >= int.MinValue and <= int.MaxValue ? (int)number : throw Wrong(_map.Children[name], $"{name} is {number}; expected no more than {int.MaxValue}");
    }

    public List<string> Texts(string name, List<string> otherwise) => Node(name) switch
    {
        null => otherwise,
        YamlSequenceNode list => [.. list.Children.Select(item => item is YamlScalarNode { Value: { } text } ? text : throw Wrong(item, $"{name} holds what is no text"))],
        { } other => throw Wrong(other, $"{name} is no list; expected one of texts"),
    };

    public Dictionary<string, string> Map(string name, Dictionary<string, string> otherwise)
    {
        if (Node(name) is not { } node) return otherwise;
        YamlFields fields = Of(node);
        return fields._map.Children.Keys.Select(NameOf).ToDictionary(field => field, field => fields.Text(field, ""));
    }

    /// <summary>A map within this one; an empty one where there is none.</summary>
    public YamlFields Section(string name) => Node(name) is { } node ? Of(node) : new YamlFields([]);

    /// <summary>To be called behind the last field.</summary>
    /// <param name="of">What the map is, for the error.</param>
    public void End(string of)
    {
        foreach (YamlNode key in _map.Children.Keys)
            if (!_asked.Contains(NameOf(key))) throw Wrong(key, $"{of} has no field '{NameOf(key)}'; it has {string.Join(", ", _asked)}");
    }

    private static YamlFields Of(YamlNode node) => node switch
    {
        YamlMappingNode map => new YamlFields(map),
        YamlScalarNode scalar when IsNull(scalar) => new YamlFields([]),
        _ => throw Wrong(node, "expected a map"),
    };

    private YamlNode? Node(string name)
    {
        _asked.Add(name);
        return _map.Children.TryGetValue(name, out YamlNode? node) && !(node is YamlScalarNode scalar && IsNull(scalar)) ? node : null;
    }

    private YamlScalarNode? Scalar(string name) => Node(name) switch
    {
        null => null,
        YamlScalarNode scalar => scalar,
        { } other => throw Wrong(other, $"{name} is a list or a map; expected one value"),
    };

    private static bool IsNull(YamlScalarNode scalar) => scalar.Style == ScalarStyle.Plain && scalar.Value is null or "" or "~" or "null" or "Null" or "NULL";

    private static string NameOf(YamlNode key) => key is YamlScalarNode { Value: { } text } ? text : throw Wrong(key, "expected a key that is text");

    private static YamlException Wrong(YamlNode node, string what) => new(node.Start, node.End, what);
}
