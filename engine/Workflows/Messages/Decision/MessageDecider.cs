using Engine.Contracts;
using Engine.Workflows.Messages.Settings;
using Engine.Workflows.Module;

namespace Engine.Workflows.Messages.Decision;

/// <summary>Message handling rules (US20090192970A1). See docs/messages.md.</summary>
public sealed class MessageDecider : IDecider
{
    /// <summary>Zero: conversations are remembered rather than rebuilt.</summary>
    public TimeSpan LongestWindow => TimeSpan.Zero;

    /// <summary>Rules may ask for the tags of what people have bookmarked.</summary>
    public string Follows => Topics.Bookmarks;

    public object Compile(SettingRecords records) =>
        new MessageRules(
            records.Of<MessageRule>(MessageRuleKind.Name).Select(rule => rule.Value),
            records.Of<DeclinedSuggestion>(DeclinedSuggestionKind.Name).Select(declined => declined.Value)
        );

    public IDeciderPartition Open(string partition) => new MessagePartition(partition);
}
