using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Contracts;
using Engine.Workflows.Module;

namespace Engine.Workflows.Messages.Events;

/// <summary>What a person does with a message by hand: an action that a rule can repeat.</summary>
internal static class HandAction
{
    private static readonly string[] Flags = ["hold", "release"],
        Names = ["mark", "route", "save"];

    /// <summary>Reads the event's action. Returns it as a rule has it; null for one that no rule can repeat.</summary>
    public static string? Read(EventReader reader)
    {
        Dictionary<string, JsonElement> action = reader.Entries("action");
        if (action.Count == 1)
        {
            (string name, JsonElement value) = action.Single();
            if (Flags.Contains(name) && value.ValueKind == JsonValueKind.True)
            {
                return new JsonObject { [name] = true }.ToJsonString();
            }

            if (Names.Contains(name) && value.ValueKind == JsonValueKind.String && Identifier.IsOne(value.GetString()!))
            {
                return new JsonObject { [name] = value.GetString() }.ToJsonString();
            }
        }

        return null;
    }
}
