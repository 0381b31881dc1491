using System.Text;
using System.Text.Json;
using Engine.Contracts;
using Engine.Contracts.Events;
using Engine.Workflows.Messages.Content;
using Engine.Workflows.Messages.Decision;
using Engine.Workflows.Messages.Events;
using Engine.Workflows.Messages.Settings;
using Engine.Workflows.Module;

namespace Engine.Workflows.Messages;

/// <summary>Handles messages by rules that aren't in force, as a partition would from its beginning. Not
/// thread-safe.</summary>
public sealed class MessageTester(IEnumerable<MessageRule> rules)
{
    private const string Version = "s-base";

    private static readonly EventCatalog Catalog = new(MessageSchemas.All);

    private readonly MessageRules _rules = new(rules, []);
    private readonly BookmarkedPhrases _bookmarks = new();
    private readonly Dictionary<string, Conversation> _conversations = new(StringComparer.Ordinal);

    /// <summary>Learns a bookmark, for <c>message.tags</c>.</summary>
    /// <param name="field">The field of the memory of bookmarks.</param>
    public void Learn(string field, string value) => _bookmarks.Learn(field, value);

    /// <summary>Reads an event <c>message</c>.</summary>
    /// <exception cref="FormatException">It isn't one.</exception>
    public static Message Read(string json)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(json);
        EventFindings found = EventCheck.Inspect(bytes, Catalog);
        if (!found.IsGood || found.Schema != MessageSchemas.Written)
        {
            throw new FormatException(
                found.IsGood ? "expected an event of type message" : $"{found.Reason.Word()}: {found.Detail}"
            );
        }

        using JsonDocument document = JsonDocument.Parse(bytes);
        return (Message)MessageEvent.Read(new EventReader(document.RootElement, "message", default, _ => null));
    }

    /// <summary>Handles a message. Returns what the value <c>message:&lt;id&gt;</c> would be.</summary>
    public string Handle(Message message)
    {
        if (!_conversations.TryGetValue(message.Conversation, out Conversation? conversation))
        {
            _conversations[message.Conversation] = conversation = new Conversation();
        }

        var content = new MessageContent(message.Text, message.IsHtml, _bookmarks);
        Handled handled = MessageHandling.Handle(message, content, _rules, conversation, message.Time);
        return HandledJson.Of(message, handled, message.Time, null, Version);
    }
}
