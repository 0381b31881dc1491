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

    /// <summary>What remembered fields beside those of conversations begin with; no id has a space.</summary>
    internal const string MessagePrefix = "message ";
    private const string HabitsPrefix = "habits ";

    private readonly Dictionary<string, Conversation> _conversations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Habits> _habits = new(StringComparer.Ordinal);
    private readonly RecentMessages _recent = new();
    private readonly BookmarkedPhrases _bookmarks = new();
    private readonly DueTimes _timers = new();

    public long Due => _timers.Next;

    public void Restore(string field, string value)
    {
        if (field.StartsWith(MessagePrefix, StringComparison.Ordinal))
        {
            _recent.Add(RecentMessage.Parse(value));
        }
        else if (field.StartsWith(HabitsPrefix, StringComparison.Ordinal))
        {
            Habits habits = Habits.Parse(value);
            _habits[field] = habits;
            _timers.Set(field, habits.Last + Habits.CountsMs);
        }
        else
        {
            Conversation conversation = Conversation.Parse(value);
            _conversations[field] = conversation;
            _timers.Set(field, conversation.LastMessage!.Value + RememberedMs);
        }
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
        if (e is MessageHandled handled)
        {
            Count(handled, at, results);
        }
        else
        {
            Handle((Message)e, at, results);
        }
    }

    public void Elapse(in Moment at, IResults results)
    {
        string field = _timers.First.Name;
        _timers.Set(field, long.MaxValue);
        _conversations.Remove(field);
        _habits.Remove(field);
        results.Remember(field, null);
    }

    private void Handle(Message message, in Moment at, IResults results)
    {
        if (!_conversations.TryGetValue(message.Conversation, out Conversation? conversation))
        {
            _conversations[message.Conversation] = conversation = new Conversation();
        }

        var content = new MessageContent(message.Text, message.IsHtml, _bookmarks);
        var rules = (MessageRules)at.Settings;
        Handled handled = MessageHandling.Handle(message, content, rules, conversation, at.LogTime);
        _timers.Set(message.Conversation, at.LogTime + RememberedMs);
        results.Remember(message.Conversation, conversation.ToJson());
        var recent = RecentMessage.Of(_recent.Count, message, content);
        results.Remember(MessagePrefix + _recent.Add(recent), recent.ToJson());
        Tell(message, handled, at, results);
    }

    /// <summary>Counts what a person did by hand, and suggests a rule for what the person does again and
    /// again.</summary>
    private void Count(MessageHandled handled, in Moment at, IResults results)
    {
        if (handled.Action is not { } action || _recent.Find(handled.Message) is not { } message)
        {
            return;
        }

        string field = HabitsPrefix + handled.By;
        if (!_habits.TryGetValue(field, out Habits? habits))
        {
            _habits[field] = habits = new Habits();
        }

        Habit? suggests = habits.Count(message, action, at.LogTime);
        results.Remember(field, habits.ToJson());
        _timers.Set(field, at.LogTime + Habits.CountsMs);
        if (suggests != null)
        {
            results.Put(
                MessageKeys.Suggestions(handled.By, partition),
                suggests.Id,
                SuggestionJson.Of(suggests, _recent.CountOf(handled.By, suggests.Trait))
            );
        }
    }

    private void Tell(Message message, Handled handled, in Moment at, IResults results)
    {
        results.Set(
            MessageKeys.Handled(message.Id!),
            HandledJson.Of(message, handled, message.Time, LogPlace.Text(partition, at.Offset), at.Version)
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
