using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Engine.Configuration;

/// <summary>Reads a YAML file as the parser's nodes. All methods throw a <see cref="YamlException"/> with the
/// position.</summary>
public static class YamlNodes
{
    /// <summary>Deeper than any file of ours, counting the stream and the document.</summary>
    private const int MaxDepth = 100;

    /// <summary>Gets the map that a file consists of; empty if the file is empty or null.</summary>
    public static YamlMappingNode Map(string yaml)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new BoundedParser(new Parser(new StringReader(yaml))));
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // The parser ends so at some texts that aren't YAML, without a position.
            throw new YamlException($"not YAML: {e.Message}");
        }

        if (stream.Documents.Count > 1)
        {
            throw Wrong(stream.Documents[1].RootNode, "expected one document");
        }

        return stream.Documents.Count == 0 ? [] : Map(stream.Documents[0].RootNode);
    }

    /// <summary>Gets a node as a map; empty if it is null.</summary>
    public static YamlMappingNode Map(YamlNode node) =>
        node as YamlMappingNode ?? (IsNull(node) ? [] : throw Wrong(node, "expected a map"));

    /// <summary>Whether a node is null, by YAML's core schema.</summary>
    public static bool IsNull(YamlNode node) =>
        node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" or "Null" or "NULL" };

    public static string KeyOf(YamlNode key) =>
        key is YamlScalarNode { Value: { } text } ? text : throw Wrong(key, "expected a key that is text");

    public static YamlException Wrong(YamlNode node, string what) => new(node.Start, node.End, what);

    /// <summary>Refuses what nests deep: the nodes are built recursively, and a stack that is exhausted ends the
    /// process.</summary>
    private sealed class BoundedParser(IParser parser) : IParser
    {
        private int _depth;

        public ParsingEvent? Current => parser.Current;

        public bool MoveNext()
        {
            bool moved = parser.MoveNext();
            _depth += moved ? parser.Current!.NestingIncrease : 0;
            return _depth <= MaxDepth
                ? moved
                : throw new YamlException(parser.Current!.Start, parser.Current.End, $"nests deeper than {MaxDepth}");
        }
    }
}
