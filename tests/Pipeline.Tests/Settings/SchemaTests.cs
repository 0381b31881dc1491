using System.Text.Json.Nodes;
using Engine.Contracts.Settings;
using Engine.Pipeline.Settings;
using Xunit;

namespace Pipeline.Tests.Settings;

/// <summary>The schemas say what the loader takes: the same names, the same words, the same ranges.</summary>
public sealed class SchemaTests : IDisposable
{
    private readonly SettingExamples _examples = new();

    public static TheoryData<string> Kinds => [.. SettingParser.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_example_loads_and_together_they_have_every_property(string kind)
    {
        HashSet<string> used = [];
        foreach (JsonObject example in _examples.Examples(kind))
        {
            Assert.NotNull(_examples.Parse(SettingExamples.KeyOf(kind), example.ToJsonString()));
            used.UnionWith(example.Select(property => property.Key));
        }
        Assert.Equal(Properties(SettingExamples.Schema(kind)), used.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_loader_refuses_another_property_and_lists_just_those_of_the_schema(string kind)
    {
        JsonObject example = _examples.Examples(kind).First();
        example["nope"] = 1;
        Lists(kind, example, Properties(SettingExamples.Schema(kind)).Where(name => IsOwn(kind, name)));
        foreach ((string name, JsonNode? property) in SettingExamples.Schema(kind)["properties"]!.AsObject())
        {
            if (property!["properties"] == null)
            {
                continue;
            }

            JsonObject nested = _examples.Examples(kind).First();
            nested[name]!.AsObject()["nope"] = 1;
            Lists(kind, nested, Properties(property.AsObject()));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Words_and_bounds_of_the_schema_are_the_loaders(string kind)
    {
        int checks = 0;
        foreach (JsonObject example in _examples.Examples(kind))
        {
            foreach ((string name, JsonNode? property) in SettingExamples.Schema(kind)["properties"]!.AsObject())
            {
                if (!example.ContainsKey(name))
                {
                    continue;
                }

                if (property!["properties"] is JsonObject nested)
                {
                    foreach ((string inner, JsonNode? innerProperty) in nested)
                    {
                        checks += Check(kind, innerProperty!, value => With(example, name, inner, value));
                    }
                }
                else
                {
                    checks += Check(kind, property, value => With(example, name, null, value));
                }
            }
        }

        Assert.True(checks > 1);
    }

    public void Dispose() => _examples.Dispose();

    private int Check(string kind, JsonNode property, Func<JsonNode?, JsonObject> with)
    {
        string key = SettingExamples.KeyOf(kind);
        void Takes(JsonNode? value) => Assert.NotNull(_examples.Parse(key, with(value).ToJsonString()));
        void Refuses(JsonNode? value) =>
            Assert.Throws<SettingException>(() => _examples.Parse(key, with(value).ToJsonString()));
        Refuses(new JsonArray());
        if (property["enum"] is JsonArray words)
        {
            // A list of user agents wants another file than the example's.
            foreach (JsonNode? word in words.Where(word => word!.ToString() != "list.crawler"))
            {
                Takes(word!.DeepClone());
            }

            Refuses("nonsense");
        }
        if (property["minimum"] is { } least)
        {
            Refuses(least.GetValue<double>() - 1);
            if (property["maximum"]!.GetValue<double>() < 1e18)
            {
                Refuses(property["maximum"]!.GetValue<double>() + 1e6);
            }
            // Bands have an order besides: their least and most are tried alone elsewhere.
            if (kind == "bands")
            {
                return 1;
            }

            Takes(least.DeepClone());
            Takes(property["maximum"]!.DeepClone());
        }
        return 1;
    }

    private static JsonObject With(JsonObject example, string name, string? inner, JsonNode? value)
    {
        JsonObject changed = example.DeepClone().AsObject();
        if (inner == null)
        {
            changed[name] = value;
        }
        else
        {
            changed[name]!.AsObject()[inner] = value;
        }

        return changed;
    }

    private void Lists(string kind, JsonObject record, IEnumerable<string> properties)
    {
        string message = Assert
            .Throws<SettingException>(() => _examples.Parse(SettingExamples.KeyOf(kind), record.ToJsonString()))
            .Message;
        Assert.Contains("'nope' isn't a field here", message);
        Assert.Equal(
            properties,
            message[(message.LastIndexOf("fields are ", StringComparison.Ordinal) + 11)..]
                .Split(", ")
                .Order(StringComparer.Ordinal)
        );
    }

    /// <summary>Whether a property is one of the kind, and not one that any record may have.</summary>
    private static bool IsOwn(string kind, string name) =>
        name != "by" && (name != "because" || kind is "allow" or "snooze");

    private static IEnumerable<string> Properties(JsonObject schema) =>
        schema["properties"]!.AsObject().Select(property => property.Key).Order(StringComparer.Ordinal);
}
