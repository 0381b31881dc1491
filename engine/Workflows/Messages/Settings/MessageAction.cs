using System.Text;
using System.Text.Json;
using Engine.Contracts;
using Engine.Contracts.Settings;
using Engine.Text.Patterns;

namespace Engine.Workflows.Messages.Settings;

/// <summary>What a rule does with a message.</summary>
public enum ActionKind
{
    Mark,
    Hold,
    Release,
    Route,
    Reply,
    Mask,
    Save,
    Raise,
    Stop,
}

/// <summary>A process whose context an action changes.</summary>
/// <param name="Context">The attributes, as JSON.</param>
public sealed record RaisedProcess(string Process, string Instance, string Context);

/// <summary>An action of a rule: an object with one field, whose name says what to do.</summary>
/// <param name="Value">The mark, the route, the folder or the reply; empty for others.</param>
/// <param name="Pattern">What to mask; null for others.</param>
/// <param name="Raised">What to raise; null for others.</param>
public sealed record MessageAction(ActionKind Kind, string Value, LinearPattern? Pattern, RaisedProcess? Raised)
{
    private const int MaxReplyBytes = 2_000;

    private static readonly string[] Names = [.. Enum.GetNames<ActionKind>().Select(name => name.ToLowerInvariant())];

    /// <summary>The action's name: <c>mark</c>.</summary>
    public string Name => Names[(int)Kind];

    /// <summary>Reads an action.</summary>
    /// <exception cref="SettingException">It can't be used.</exception>
    internal static MessageAction Read(SettingReader record, JsonElement element)
    {
        if (
            element.ValueKind != JsonValueKind.Object
            || element.EnumerateObject().ToArray() is not [{ Name: var name, Value: var value }]
            || Array.IndexOf(Names, name) is var kind && kind < 0
        )
        {
            throw record.Wrong(
                $"'actions' has {element.GetRawText()}; expected an object with one of {string.Join(", ", Names)}"
            );
        }

        switch ((ActionKind)kind)
        {
            case ActionKind.Hold or ActionKind.Release or ActionKind.Stop:
                return value.ValueKind == JsonValueKind.True
                    ? new MessageAction((ActionKind)kind, "", null, null)
                    : throw record.Wrong($"'{name}' is {value.GetRawText()}; expected true");
            case ActionKind.Raise:
                return new MessageAction(ActionKind.Raise, "", null, Raise(record, value));
            case ActionKind.Mask:
                return new MessageAction(ActionKind.Mask, "", Mask(record, TextOf(record, name, value)), null);
            case ActionKind.Reply:
                string reply = TextOf(record, name, value);
                return Encoding.UTF8.GetByteCount(reply) is > 0 and <= MaxReplyBytes
                    ? new MessageAction(ActionKind.Reply, reply, null, null)
                    : throw record.Wrong(
                        $"'reply' has {Encoding.UTF8.GetByteCount(reply)} bytes; expected 1 to {MaxReplyBytes}"
                    );
            default:
                string text = TextOf(record, name, value);
                return Identifier.IsOne(text)
                    ? new MessageAction((ActionKind)kind, text, null, null)
                    : throw record.Wrong($"'{name}' is '{text}'; expected {Identifier.Words}");
        }
    }

    private static string TextOf(SettingReader record, string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw record.Wrong($"'{name}' is {SettingReader.Kind(value)}; expected text", DeadLetterReason.WrongType);

    private static LinearPattern Mask(SettingReader record, string pattern)
    {
        try
        {
            return LinearPattern.CompileFinding(pattern);
        }
        catch (PatternException problem)
        {
            throw record.Wrong($"'mask': {problem.Message}");
        }
    }

    private static RaisedProcess Raise(SettingReader record, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw record.Wrong(
                $"'raise' is {SettingReader.Kind(value)}; expected an object",
                DeadLetterReason.WrongType
            );
        }

        SettingReader raised = record.Inside("raise", value);
        string process = raised.RequiredText("process"),
            instance = raised.RequiredText("instance");
        JsonElement context = raised.Map("context")
            ?? throw raised.Wrong("'context' is missing", DeadLetterReason.MissingField);
        raised.Done();
        return Identifier.IsOne(process) && Identifier.IsOne(instance)
            ? new RaisedProcess(process, instance, context.GetRawText())
            : throw raised.Wrong($"'process' and 'instance': expected {Identifier.Words}");
    }
}
