using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Contracts.Events;

namespace Engine.WebConsole.Messages;

/// <summary>The form to try message rules with.</summary>
/// <param name="Rules">YAML with records <c>message-rule/&lt;scope&gt;/&lt;id&gt;</c>; empty for those in
/// force.</param>
/// <param name="Recipients">Separated by commas.</param>
/// <param name="Context">A JSON object; empty for none.</param>
public sealed record MessageTrialForm(
    string Rules,
    string Text,
    string Sender,
    string Recipients,
    string Group,
    string Context,
    bool IsHtml,
    bool IsAutomatic
)
{
    private const StringSplitOptions Names = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;

    /// <summary>What the form begins with.</summary>
    public static MessageTrialForm Empty { get; } = new("", "", "p-1", "p-2", "", "", false, false);

    public static MessageTrialForm Of(IFormCollection form) =>
        new(
            Lines(form["rules"]),
            // Forms send line ends as CR LF.
            form["text"].ToString().ReplaceLineEndings("\n"),
            form["sender"].ToString().Trim(),
            form["recipients"].ToString().Trim(),
            form["group"].ToString().Trim(),
            Lines(form["context"]),
            form.ContainsKey("html"),
            form.ContainsKey("automatic")
        );

    /// <summary>The event that a messaging system would send.</summary>
    /// <exception cref="FormatException">The context isn't a JSON object.</exception>
    internal JsonObject ToEvent(long time)
    {
        var e = new JsonObject
        {
            ["type"] = "message",
            ["id"] = "trial",
            ["time"] = time,
            ["conversation"] = "trial",
            ["sender"] = Sender,
            ["recipients"] = new JsonArray([
                .. Recipients.Split(',', Names).Select(person => JsonValue.Create(person)),
            ]),
            ["text"] = Text,
            ["format"] = IsHtml ? "html" : "text",
            ["automatic"] = IsAutomatic,
        };
        if (Group.Length > 0)
        {
            e["group"] = Group;
        }

        if (Context.Length > 0)
        {
            e["context"] = ContextOf();
        }

        return e;
    }

    private JsonObject ContextOf()
    {
        try
        {
            return JsonFields.Parse(Context) ?? throw new FormatException("the context isn't a JSON object");
        }
        catch (JsonException wrong)
        {
            throw new FormatException($"the context isn't JSON: {wrong.Message}", wrong);
        }
    }

    private static string Lines(string? text) => (text ?? "").ReplaceLineEndings("\n").Trim();
}
