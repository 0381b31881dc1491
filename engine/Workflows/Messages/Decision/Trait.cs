using System.Text.Json;
using System.Text.Json.Nodes;

namespace Engine.Workflows.Messages.Decision;

/// <summary>What messages may have in common.</summary>
internal enum TraitKind
{
    Sender,
    Link,
    Group,
}

/// <summary>Something that messages have in common, and a rule may ask for.</summary>
internal readonly record struct Trait(TraitKind Kind, string Value)
{
    private static readonly string[] Names = ["sender", "link", "group"];

    /// <summary>The condition of a rule.</summary>
    public string When =>
        Kind switch
        {
            // JSON's literals are CEL's, too.
            TraitKind.Sender => $"message.sender == {JsonSerializer.Serialize(Value)}",
            TraitKind.Link => $"{JsonSerializer.Serialize(Value)} in message.links",
            _ => $"message.group == {JsonSerializer.Serialize(Value)}",
        };

    public JsonObject ToJson() => new() { [Names[(int)Kind]] = Value };

    public static Trait Read(JsonObject json)
    {
        (string name, JsonNode? value) = json.Single();
        return new Trait((TraitKind)Array.IndexOf(Names, name), (string)value!);
    }
}
