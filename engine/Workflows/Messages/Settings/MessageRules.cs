using Engine.Workflows.Messages.Events;

namespace Engine.Workflows.Messages.Settings;

/// <summary>All rules, by scope. Immutable.</summary>
public sealed class MessageRules(IEnumerable<MessageRule> rules)
{
    private readonly Dictionary<string, MessageRule[]> _byScope = rules
        .GroupBy(rule => rule.Scope, StringComparer.Ordinal)
        .ToDictionary(scope => scope.Key, scope => scope.ToArray(), StringComparer.Ordinal);

    /// <summary>The rules that hold for a message, in order: everyone's, its group's, and those of its sender and
    /// recipients.</summary>
    public IReadOnlyList<MessageRule> Of(Message message) =>
        InOrder(
            new[] { message.Sender }
                .Concat(message.Recipients)
                .Distinct(StringComparer.Ordinal)
                .Select(person => MessageRuleKind.PersonPrefix + person)
                .Append(MessageRuleKind.Everyone)
                .Concat(message.Group == null ? [] : [MessageRuleKind.GroupPrefix + message.Group])
        );

    /// <summary>The rules that hold for a person in any conversation, in order.</summary>
    public IReadOnlyList<MessageRule> Of(string person) =>
        InOrder([MessageRuleKind.Everyone, MessageRuleKind.PersonPrefix + person]);

    private IReadOnlyList<MessageRule> InOrder(IEnumerable<string> scopes) =>
        [
            .. scopes
                .SelectMany(scope => _byScope.GetValueOrDefault(scope) ?? [])
                .OrderBy(rule => rule.Order)
                .ThenBy(rule => rule.Id, StringComparer.Ordinal),
        ];
}
