using Engine.Contracts.Settings;

namespace Engine.Workflows.Messages.Settings;

/// <summary>A suggested rule that a person doesn't want: <c>message-suggestion/&lt;person&gt;/&lt;id&gt;</c>.</summary>
/// <param name="Key">The person, a slash, and the suggestion's id.</param>
public sealed record DeclinedSuggestion(string Key);

/// <summary>Reads <c>message-suggestion/&lt;person&gt;/&lt;id&gt;</c>.</summary>
public sealed class DeclinedSuggestionKind : ISettingKind
{
    public const string Name = "message-suggestion";

    public string Kind => Name;

    public object Parse(string id, SettingReader record) =>
        record.Flag("declined") && id.Split('/') is [{ Length: > 0 }, { Length: > 0 }]
            ? new DeclinedSuggestion(id)
            : throw record.Wrong("expected message-suggestion/<person>/<id> with 'declined': true");
}
