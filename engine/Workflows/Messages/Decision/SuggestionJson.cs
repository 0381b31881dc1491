using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Engine.Workflows.Messages.Decision;

/// <summary>The fields of <c>suggestions:messages:&lt;person&gt;</c>: rules that are suggested to a person.</summary>
internal static class SuggestionJson
{
    // One line, readable in redis-cli; pages must encode it.
    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="would">How many of the partition's last messages the person's rules hold for, and how many of them
    /// the suggested one would act on.</param>
    public static string Of(Habit habit, (int All, int Matching) would) =>
        new JsonObject
        {
            ["suggestion"] = habit.Id,
            ["when"] = habit.Trait.When,
            ["actions"] = new JsonArray(JsonNode.Parse(habit.Action)),
            ["acts"] = habit.Acts.Count,
            ["first"] = habit.Acts[0].Time,
            ["last"] = habit.Acts[^1].Time,
            ["messages"] = new JsonArray([.. habit.Acts.Select(act => JsonValue.Create(act.Message))]),
            ["of"] = would.All,
            ["would"] = would.Matching,
        }.ToJsonString(Plain);
}
