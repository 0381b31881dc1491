using Engine.Workflows.Messages.Events;

namespace Engine.Workflows.Messages.Settings;

/// <summary>All rules, by scope. Immutable.</summary>
public sealed class MessageRules
{
    private readonly Dictionary<string, Ranked[]> _byScope;
    private readonly HashSet<string> _declined;

    public MessageRules(IEnumerable<MessageRule> rules, IEnumerable<DeclinedSuggestion> declined)
    {
        _declined = [.. declined.Select(suggestion => suggestion.Key)];
        _byScope = rules
            .OrderBy(rule => rule.Order)
            .ThenBy(rule => rule.Id, StringComparer.Ordinal)
            .Select((rule, rank) => new Ranked(rank, rule))
            .GroupBy(ranked => ranked.Rule.Scope, StringComparer.Ordinal)
            .ToDictionary(scope => scope.Key, scope => scope.ToArray(), StringComparer.Ordinal);
    }

    /// <summary>A rule, and its place among all.</summary>
    private readonly record struct Ranked(int Rank, MessageRule Rule);

    /// <summary>The rules that hold for a message, in order: everyone's, its group's, and those of its sender and
    /// recipients.</summary>
    public IEnumerable<MessageRule> Of(Message message) =>
        InOrder(
            new[] { message.Sender }
                .Concat(message.Recipients)
                .Distinct(StringComparer.Ordinal)
                .Select(person => MessageRuleKind.PersonPrefix + person)
                .Append(MessageRuleKind.Everyone)
                .Concat(message.Group == null ? [] : [MessageRuleKind.GroupPrefix + message.Group])
        );

    /// <summary>The rules that hold for a person in any conversation, in order.</summary>
    public IEnumerable<MessageRule> Of(string person) =>
        InOrder([MessageRuleKind.Everyone, MessageRuleKind.PersonPrefix + person]);

    /// <summary>Whether a suggestion to a person was accepted, or declined.</summary>
    public bool HasDecided(string person, string suggestion) =>
        _declined.Contains($"{person}/{suggestion}")
        || (
            _byScope.TryGetValue(MessageRuleKind.PersonPrefix + person, out Ranked[]? own)
            && own.Any(one => one.Rule.Id == $"{MessageRuleKind.PersonPrefix}{person}/{suggestion}")
        );

    private IEnumerable<MessageRule> InOrder(IEnumerable<string> scopes)
    {
        Ranked[][] held = [.. scopes.Select(scope => _byScope.GetValueOrDefault(scope)).OfType<Ranked[]>()];
        // Each scope is in order already.
        IEnumerable<Ranked> all = held is [var only] ? only : held.SelectMany(scope => scope).OrderBy(one => one.Rank);
        return all.Select(one => one.Rule);
    }
}
