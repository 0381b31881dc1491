using System.Text.Json;
using Engine.Contracts;
using Engine.Contracts.Settings;
using Engine.Workflows.Bindings.Codes;

namespace Engine.Workflows.Bindings.Settings;

/// <summary>A page, poster or product that carries an identification code: <c>page/&lt;id&gt;</c>.</summary>
/// <param name="Title">The title shown to people.</param>
/// <param name="Operations">The operations, in the order of the record.</param>
/// <param name="CodeTtl">How long an operation-binding code is valid.</param>
public sealed record PageSetting(string Id, string Title, IReadOnlyList<Operation> Operations, TimeSpan CodeTtl)
{
    public Operation? Find(string type) => Operations.FirstOrDefault(operation => operation.Type == type);
}

/// <summary>Reads <c>page/&lt;id&gt;</c>. An operation whose largest code wouldn't fit the largest QR code is refused
/// here rather than at the poster.</summary>
public sealed class PageKind : ISettingKind
{
    public const string Name = "page";

    /// <summary>From seconds to a day: a code is shown and read while two people stand together.</summary>
    private const int MinTtlSeconds = 10,
        MaxTtlSeconds = 86_400,
        DefaultTtlSeconds = 300;

    private const int MaxTitle = 200;

    public string Kind => Name;

    public object Parse(string id, SettingReader record)
    {
        string title = record.RequiredText("title");
        if (title.Length is 0 or > MaxTitle)
        {
            throw record.Wrong($"'title' has {title.Length} characters; expected 1 to {MaxTitle}");
        }

        var ttl = TimeSpan.FromSeconds(record.Integer("code_ttl_s", MinTtlSeconds, MaxTtlSeconds) ?? DefaultTtlSeconds);
        JsonElement map = record.Map("operations") ?? throw record.Wrong("'operations' is missing");
        List<Operation> operations = [];
        foreach (JsonProperty property in map.EnumerateObject())
        {
            SettingReader reader = record.Inside($"operations.{property.Name}", property.Value);
            if (operations.Any(before => before.Type == property.Name))
            {
                throw reader.Wrong("appears twice");
            }

            if (!Identifier.IsOne(property.Name))
            {
                throw reader.Wrong($"the operation is '{property.Name}'; expected {Identifier.Words}");
            }

            operations.Add(new Operation(property.Name, Prompt(reader)));
            reader.Done();
            int length = OperationBindingCode.LongestText(id, operations[^1]);
            if (length > OperationBindingCode.MaxTextLength)
            {
                throw reader.Wrong(
                    $"its codes have up to {length:N0} characters, and a picture holds "
                        + $"{OperationBindingCode.MaxTextLength:N0}: shorten the names in its prompt or remove fields"
                );
            }
        }
        if (operations.Count == 0)
        {
            throw record.Wrong("'operations' is empty; expected at least one");
        }

        return new PageSetting(id, title, operations, ttl);
    }

    private static List<PromptField> Prompt(SettingReader operation)
    {
        List<PromptField> prompt = [];
        if (operation.Map("prompt") is not { } map)
        {
            return prompt;
        }

        foreach (JsonProperty property in map.EnumerateObject())
        {
            SettingReader reader = operation.Inside($"prompt.{property.Name}", property.Value);
            if (prompt.Any(before => before.Name == property.Name))
            {
                throw reader.Wrong("appears twice");
            }

            if (!Identifier.IsOne(property.Name))
            {
                throw reader.Wrong($"the field is '{property.Name}'; expected {Identifier.Words}");
            }

            prompt.Add(PromptField.Parse(property.Name, reader));
        }
        return prompt.Count <= OperationBindingCode.MaxFields
            ? prompt
            : throw operation.Wrong(
                $"'prompt' has {prompt.Count} fields; expected at most {OperationBindingCode.MaxFields}"
            );
    }
}
