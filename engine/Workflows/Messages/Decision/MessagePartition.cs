using System.Globalization;
using Engine.Contracts;
using Engine.Workflows.Messages.Content;
using Engine.Workflows.Messages.Events;
using Engine.Workflows.Messages.Settings;
using Engine.Workflows.Module;

namespace Engine.Workflows.Messages.Decision;

/// <summary>The conversations of one partition.</summary>
internal sealed class MessagePartition(string partition) : IDeciderPartition
{
    private const string Sender = "sender",
        Recipients = "recipients";

    /// <summary>How long a conversation is remembered after its last message, ms.</summary>
    private const long RememberedMs = 7 * 86_400_000L;

    private readonly Dictionary<string, Conversation> _conversations = new(StringComparer.Ordinal);
    private readonly BookmarkedPhrases _bookmarks = new();
    private readonly DueTimes _timers = new();

    public long Due => _timers.Next;

    public void Restore(string field, string value)
    {
        Conversation conversation = Conversation.Parse(value);
        _conversations[field] = conversation;
        _timers.Set(field, conversation.LastMessage!.Value + RememberedMs);
    }

    public WorkflowEvent? Read(EventReader reader)
    {
        MessageEvent e = MessageEvent.Read(reader);
        return reader.IsGood ? e : null;
    }

    public void Recall(WorkflowEvent e, in Moment at)
    {
        // Conversations are remembered, not rebuilt.
    }

    public void Learn(string field, string? value) => _bookmarks.Learn(field, value);

    public void Decide(WorkflowEvent e, in Moment at, IResults results)
    {
        if (e is not Message message)
        {
            return;
        }

        if (!_conversations.TryGetValue(message.Conversation, out Conversation? conversation))
        {
            _conversations[message.Conversation] = conversation = new Conversation();
        }

        Handled handled = MessageHandling.Handle(
            message,
            (MessageRules)at.Settings,
            conversation,
            _bookmarks,
            at.LogTime
        );
        _timers.Set(message.Conversation, at.LogTime + RememberedMs);
        results.Remember(message.Conversation, conversation.ToJson());
        Tell(message, handled, at, results);
    }

    public void Elapse(in Moment at, IResults results)
    {
        string conversation = _timers.First.Name;
        _timers.Set(conversation, long.MaxValue);
        _conversations.Remove(conversation);
        results.Remember(conversation, null);
    }

    private void Tell(Message message, Handled handled, in Moment at, IResults results)
    {
        results.Set(
            MessageKeys.Handled(message.Id!),
            HandledJson.Of(
                message,
                handled,
                message.Time,
                string.Create(CultureInfo.InvariantCulture, $"{partition}@{at.Offset}"),
                at.Version
            )
        );
        foreach (string rule in handled.Shadow)
        {
            results.Shadowed(rule);
        }

        foreach (MatchedRule matched in handled.Rules)
        {
            foreach (string person in ToldOf(matched.Rule, message))
            {
                results.Notify(person, HandledJson.Indication(person, message, matched));
            }

            foreach (MessageAction action in matched.Done)
            {
                if (action.Raised is { } raised)
                {
                    results.Send(Topics.Processes, raised.Instance, HandledJson.Raised(raised, message.Time));
                }
            }
        }
    }

    private static IEnumerable<string> ToldOf(MessageRule rule, Message message) =>
        rule
            .Tell.SelectMany(who =>
                who switch
                {
                    Sender => [message.Sender],
                    Recipients => message.Recipients,
                    _ => (IReadOnlyList<string>)[who],
                }
            )
            .Distinct(StringComparer.Ordinal);
}
