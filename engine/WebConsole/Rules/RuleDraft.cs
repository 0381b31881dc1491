using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Engine.Contracts;
using Engine.Pipeline.Settings;

namespace Engine.WebConsole.Rules;

/// <summary>A rule as a form has it: every field as it was written.</summary>
/// <param name="Class">A class of reasons' word; empty for none.</param>
/// <param name="Band">A band's word; empty to leave it to the class.</param>
/// <param name="Action">An action's word; empty to leave it to the class.</param>
/// <param name="Billable"><c>true</c>, <c>false</c>, or empty to leave it to the class.</param>
public sealed record RuleDraft(
    string Id,
    string When,
    string Class,
    string Band,
    string Action,
    string Billable,
    string Order,
    bool Shadow
)
{
    /// <summary>The words of classes, weakest first.</summary>
    public static IReadOnlyList<string> Classes { get; } = ["none", "suspect", "sivt", "givt"];

    public static IReadOnlyList<string> Bands { get; } = WordsOf<Band>();

    public static IReadOnlyList<string> Actions { get; } = WordsOf<VerdictAction>();

    /// <summary>An empty form: new rules begin in shadow.</summary>
    public static RuleDraft New { get; } = new("", "", "sivt", "", "", "", "0", Shadow: true);

    /// <summary>The key of the rule's setting.</summary>
    public string Key => KeyOf(Id);

    /// <summary>The key of a rule's setting.</summary>
    public static string KeyOf(string id) => $"rule/{id}";

    /// <summary>The form of a rule in force.</summary>
    public static RuleDraft Of(ClickRule rule) =>
        new(
            rule.Id,
            rule.When,
            Word(rule.Then.Class),
            rule.Then.Band is { } band ? Word(band) : "",
            rule.Then.Action is { } action ? Word(action) : "",
            rule.Then.Billable switch
            {
                true => "true",
                false => "false",
                null => "",
            },
            rule.Order.ToString(CultureInfo.InvariantCulture),
            rule.Shadow
        );

    /// <summary>The setting's value, without who wrote it and why.</summary>
    public JsonObject ToJson()
    {
        var then = new JsonObject { ["class"] = Class };
        if (Band.Length > 0)
        {
            then["band"] = Band;
        }

        if (Action.Length > 0)
        {
            then["action"] = Action;
        }

        if (Billable.Length > 0)
        {
            then["billable"] = Billable == "true";
        }

        return new JsonObject
        {
            ["when"] = When,
            ["then"] = then,
            ["order"] = int.TryParse(Order, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int order)
                ? order
                : JsonValue.Create(Order),
            ["shadow"] = Shadow,
        };
    }

    /// <summary>Tells one version of a rule from another.</summary>
    public string Version =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Id + ToJson().ToJsonString())))[..16];

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static string[] WordsOf<T>()
        where T : struct, Enum => [.. Enum.GetValues<T>().Select(Word)];
}
