using Engine.Conditions;
using Engine.Workflows.Module;

namespace Engine.Workflows.Messages.Events;

/// <summary>An event of a conversation, which keys the record.</summary>
public abstract record MessageEvent(string Type, string Id, string Conversation, long Time)
    : WorkflowEvent(Type, Id, Conversation, Time)
{
    /// <summary>Reads one of the two events.</summary>
    internal static MessageEvent Read(EventReader reader)
    {
        string id = reader.Id(),
            conversation = reader.Text("conversation");
        long time = reader.Time();
        return reader.Type == "message"
            ? new Message(
                id,
                conversation,
                time,
                reader.Text("sender"),
                reader.Texts("recipients"),
                reader.OptionalText("group"),
                reader.Text("text"),
                reader.OptionalText("format") == "html",
                reader.OptionalText("edits"),
                reader.OptionalFlag("automatic") ?? false,
                reader
                    .Entries("context")
                    .Select(entry => KeyValuePair.Create(entry.Key, ScalarValue.Of(entry.Value)))
                    .Where(entry => entry.Value != null)
                    .ToDictionary(entry => entry.Key, entry => entry.Value!.Value, StringComparer.Ordinal)
            )
            : new MessageHandled(
                id,
                conversation,
                time,
                reader.Text("message"),
                reader.Text("by"),
                HandAction.Read(reader)
            );
    }
}

/// <summary>A message.</summary>
/// <param name="IsHtml">Whether the text is HTML.</param>
/// <param name="Edits">The message of which this is a new version, or null.</param>
/// <param name="IsAutomatic">Whether a program has written it.</param>
public sealed record Message(
    string Id,
    string Conversation,
    long Time,
    string Sender,
    IReadOnlyList<string> Recipients,
    string? Group,
    string Text,
    bool IsHtml,
    string? Edits,
    bool IsAutomatic,
    IReadOnlyDictionary<string, CelValue> Context
) : MessageEvent("message", Id, Conversation, Time);

/// <summary>Somebody has handled a message by hand.</summary>
/// <param name="Action">The action, as a rule has it: <c>{"hold":true}</c>; null for one that no rule can
/// repeat.</param>
public sealed record MessageHandled(
    string Id,
    string Conversation,
    long Time,
    string Message,
    string By,
    string? Action
) : MessageEvent("message-handled", Id, Conversation, Time);
