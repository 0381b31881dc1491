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
    private readonly SortedSet<(long Due, string Conversation)> _timers = [];

    public long Due => _timers.Count == 0 ? long.MaxValue : _timers.Min.Due;

    public void Restore(string field, string value)
    {
        Conversation conversation = Conversation.Parse(value);
        _conversations[field] = conversation;
        _timers.Add((conversation.LastMessage + RememberedMs, field));
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

    public void Decide(WorkflowEvent e, in Moment at, IResults results)
    {
        if (e is not Message message)
        {
            return;
        }

        bool isFirst = !_conversations.TryGetValue(message.Conversation, out Conversation? conversation);
        conversation ??= new Conversation();
        long logTime = at.LogTime;
        var situation = new MessageSituation(
            isFirst,
            isFirst ? 0 : Math.Max(0, logTime - conversation.LastMessage) / 1000,
            message.Time
        );
        Handled handled = MessageHandling.Handle(message, ((MessageRules)at.Settings).Of(message), situation, rule =>
            conversation.MayReply(rule.Id, message.Sender, logTime)
        );
        foreach (Reply reply in handled.Replies)
        {
            conversation.Replied(reply.Rule, reply.To, logTime);
        }

        Remember(message.Conversation, conversation, isFirst, logTime, results);
        Tell(message, handled, at, results);
    }

    public void Elapse(in Moment at, IResults results)
    {
        (long Due, string Conversation) timer = _timers.Min;
        _timers.Remove(timer);
        _conversations.Remove(timer.Conversation);
        results.Remember(timer.Conversation, null);
    }

    private void Remember(string id, Conversation conversation, bool isFirst, long logTime, IResults results)
    {
        if (!isFirst)
        {
            _timers.Remove((conversation.LastMessage + RememberedMs, id));
        }

        conversation.LastMessage = logTime;
        _conversations[id] = conversation;
        _timers.Add((logTime + RememberedMs, id));
        results.Remember(id, conversation.ToJson());
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
