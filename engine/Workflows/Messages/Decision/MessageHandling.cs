using System.Text;
using Engine.Conditions;
using Engine.Workflows.Messages.Content;
using Engine.Workflows.Messages.Events;
using Engine.Workflows.Messages.Settings;

namespace Engine.Workflows.Messages.Decision;

/// <summary>Applies rules to a message: all that match act, in order, until one says <c>stop</c>. Marks, routes, saves,
/// masks and raises add up. Of <c>hold</c> and <c>release</c>, and of several replies, the first counts.</summary>
internal sealed class MessageHandling
{
    /// <summary>What masked letters are shown as.</summary>
    private const char Mask = '•';

    /// <summary>How many places of a rule are told.</summary>
    private const int MaxPlaces = 100;

    private readonly Message _message;
    private readonly MessageContent _content;
    private readonly MessageSituation _situation;
    private readonly Handled _handled = new();
    private readonly CelValue _context;
    private readonly string? _role;
    private string? _held,
        _replied;

    private MessageHandling(Message message, MessageContent content, in MessageSituation situation)
    {
        (_message, _content, _situation) = (message, content, situation);
        _context = CelValue.Of(message.Context);
        _role =
            message.Context.TryGetValue("role", out CelValue role) && role.Kind == CelKind.String
                ? role.AsString
                : null;
    }

    /// <summary>Handles a message, and remembers it in its conversation.</summary>
    /// <param name="rules">All rules; those that hold for the message are applied.</param>
    public static Handled Handle(
        Message message,
        MessageContent content,
        MessageRules rules,
        Conversation conversation,
        long logTime
    )
    {
        long silentMs = Math.Max(0, logTime - (conversation.LastMessage ?? logTime));
        var situation = new MessageSituation(conversation.LastMessage == null, silentMs / 1000, message.Time);
        var handling = new MessageHandling(message, content, situation);
        Handled handled = handling.Apply(rules.Of(message), rule =>
            conversation.MayReply(rule.Id, message.Sender, logTime)
        );
        foreach (Reply reply in handled.Replies)
        {
            conversation.Replied(reply.Rule, reply.To, logTime);
        }

        conversation.LastMessage = logTime;
        return handled;
    }

    private Handled Apply(IEnumerable<MessageRule> rules, Func<MessageRule, bool> mayReply)
    {
        bool isStopped = false;
        foreach (MessageRule rule in rules)
        {
            if (!Matches(rule))
            {
                continue;
            }

            if (rule.IsShadow)
            {
                _handled.Shadow.Add(rule.Id);
            }
            else if (_role is { } role && rule.Exempt.Contains(role))
            {
                _handled.Exempt.Add(rule.Id);
            }
            else if (isStopped)
            {
                _handled.Stopped.Add(rule.Id);
            }
            else
            {
                Act(rule, mayReply);
                isStopped = rule.Actions.Any(action => action.Kind == ActionKind.Stop);
            }
        }

        return _handled;
    }

    private bool Matches(MessageRule rule)
    {
        var values = new MessageNames(_message, _content, _context, _situation, rule.Zone);
        return rule.When.TryEvaluate(ref values, out CelValue value, out _) && value.IsTrue;
    }

    private void Act(MessageRule rule, Func<MessageRule, bool> mayReply)
    {
        List<MessageAction> done = [];
        List<FoundPlace> found = [.. PlacesOf(rule.When).Take(MaxPlaces)];
        foreach (MessageAction action in rule.Actions)
        {
            if (Do(rule, action, found, mayReply))
            {
                done.Add(action);
            }
        }

        _handled.Rules.Add(new MatchedRule(rule, done, found));
    }

    /// <summary>Does an action. Returns whether it counts.</summary>
    private bool Do(MessageRule rule, MessageAction action, List<FoundPlace> found, Func<MessageRule, bool> mayReply)
    {
        switch (action.Kind)
        {
            case ActionKind.Mark:
                return Add(_handled.Marks, action.Value);
            case ActionKind.Route:
                return Add(_handled.Routes, action.Value);
            case ActionKind.Save:
                return Add(_handled.Saved, action.Value);
            case ActionKind.Mask:
                return Cover(action, found);
            case ActionKind.Hold or ActionKind.Release:
                if (_held != null)
                {
                    _handled.Lost.Add(new LostAction(rule.Id, action.Name, _held));
                    return false;
                }

                (_held, _handled.IsHeld) = (rule.Id, action.Kind == ActionKind.Hold);
                return true;
            case ActionKind.Reply:
                if (_replied != null)
                {
                    _handled.Lost.Add(new LostAction(rule.Id, action.Name, _replied));
                    return false;
                }

                // Automatic messages are never replied to, so two programs end after one reply each.
                if (_message.IsAutomatic || !mayReply(rule))
                {
                    return false;
                }

                _replied = rule.Id;
                _handled.Replies.Add(new Reply(rule.Id, _message.Sender, action.Value));
                return true;
            default:
                return true;
        }
    }

    private static bool Add(List<string> to, string value)
    {
        if (!to.Contains(value))
        {
            to.Add(value);
        }

        return true;
    }

    private bool Cover(MessageAction action, List<FoundPlace> found)
    {
        StringBuilder? masked = null;
        foreach (System.Text.RegularExpressions.ValueMatch match in action.Pattern!.Matches(_content.Text))
        {
            masked ??= new StringBuilder(_handled.Masked ?? _content.Text);
            for (int i = match.Index; i < match.Index + match.Length; i++)
            {
                masked[i] = Mask;
            }

            if (found.Count < MaxPlaces)
            {
                found.Add(new FoundPlace(match.Index, match.Length));
            }
        }

        _handled.Masked = masked?.ToString() ?? _handled.Masked;
        return masked != null;
    }

    /// <summary>The places of what a condition looks for: words, and links.</summary>
    private IEnumerable<FoundPlace> PlacesOf(Condition when)
    {
        for (int i = 0; when.Sought.Count > 0 && i < _content.Words.Count; i++)
        {
            if (when.Sought.Any(sought => IsAt(i, sought.Slot, sought.Text)))
            {
                yield return new FoundPlace(_content.Words[i].Start, _content.Words[i].Length);
            }
        }

        if (when.Slots.Contains(MessageNames.LinksSlot) || when.Slots.Contains(MessageNames.LinkCountSlot))
        {
            foreach (Text.Links.TextLink link in _content.Links)
            {
                yield return new FoundPlace(link.Start, link.Length);
            }
        }
    }

    private bool IsAt(int word, int slot, string text) =>
        slot switch
        {
            MessageNames.WordsSlot => _content.FoldedWords[word] == text,
            MessageNames.SkeletonSlot => _content.SkeletonWords[word] == text,
            _ => false,
        };
}
