using System.Text;
using System.Text.Json;
using Engine.Conditions;
using Engine.Contracts;
using Engine.Contracts.Settings;
using Engine.Workflows.Messages.Content;
using NodaTime;

namespace Engine.Workflows.Messages.Settings;

/// <summary>What is done with messages that match: <c>message-rule/&lt;scope&gt;/&lt;id&gt;</c>.</summary>
/// <param name="Id">With its scope: <c>everyone/links</c>.</param>
/// <param name="Scope"><c>everyone</c>, <c>group:&lt;group&gt;</c> or <c>person:&lt;person&gt;</c>.</param>
/// <param name="Because">Why, as the people are told who are told.</param>
/// <param name="Zone">The time zone of <c>message.hour</c> and <c>message.weekday</c>.</param>
/// <param name="Exempt">The roles whose messages it doesn't act on.</param>
/// <param name="Tell">Who gets an indication: <c>sender</c>, <c>recipients</c>, or people.</param>
public sealed record MessageRule(
    string Id,
    string Scope,
    Condition When,
    IReadOnlyList<MessageAction> Actions,
    string Because,
    long Order,
    DateTimeZone Zone,
    IReadOnlyList<string> Exempt,
    IReadOnlyList<string> Tell,
    bool IsShadow
);

/// <summary>Reads <c>message-rule/&lt;scope&gt;/&lt;id&gt;</c>.</summary>
public sealed class MessageRuleKind : ISettingKind
{
    public const string Name = "message-rule";

    public const string Everyone = "everyone",
        GroupPrefix = "group:",
        PersonPrefix = "person:";

    private const string RolePrefix = "role:";

    private const int MaxActions = 16,
        MaxBecauseBytes = 500,
        MaxPeople = 32;

    private const long MaxOrder = 1_000_000;

    public string Kind => Name;

    public object Parse(string id, SettingReader record)
    {
        string scope = id.Split('/')[0];
        if (
            id.Length <= scope.Length + 1
            || !(scope == Everyone || IsOf(scope, GroupPrefix) || IsOf(scope, PersonPrefix))
        )
        {
            throw record.Wrong(
                "expected message-rule/everyone/<id>, message-rule/group:<group>/<id> or "
                    + "message-rule/person:<person>/<id>"
            );
        }

        return new MessageRule(
            id,
            scope,
            ConditionOf(record),
            ActionsOf(record),
            BecauseOf(record),
            record.Integer("order", 0, MaxOrder) ?? 0,
            ZoneOf(record),
            ExemptOf(record),
            TellOf(record),
            record.Flag("shadow")
        );
    }

    private static bool IsOf(string scope, string prefix) =>
        scope.StartsWith(prefix, StringComparison.Ordinal) && scope.Length > prefix.Length;

    private static Condition ConditionOf(SettingReader record)
    {
        string when = record.RequiredText("when");
        try
        {
            return Condition.Compile(when, MessageNames.Names, CelType.Bool);
        }
        catch (ConditionException problem)
        {
            throw record.Wrong($"'when': {problem.Message}");
        }
    }

    private static MessageAction[] ActionsOf(SettingReader record)
    {
        JsonElement list = record.List("actions")
            ?? throw record.Wrong("'actions' is missing", DeadLetterReason.MissingField);
        MessageAction[] actions = [.. list.EnumerateArray().Select(action => MessageAction.Read(record, action))];
        return actions.Length is > 0 and <= MaxActions
            ? actions
            : throw record.Wrong($"'actions' has {actions.Length}; expected 1 to {MaxActions}");
    }

    private static string BecauseOf(SettingReader record)
    {
        string because = record.Text("because") ?? "";
        int bytes = Encoding.UTF8.GetByteCount(because);
        return bytes <= MaxBecauseBytes
            ? because
            : throw record.Wrong($"'because' has {bytes} bytes; expected at most {MaxBecauseBytes}");
    }

    private static DateTimeZone ZoneOf(SettingReader record)
    {
        string name = record.Text("zone") ?? "UTC";
        return DateTimeZoneProviders.Tzdb.GetZoneOrNull(name)
            ?? throw record.Wrong($"'zone' is '{name}'; expected a time zone such as Europe/Berlin");
    }

    private static IReadOnlyList<string> ExemptOf(SettingReader record)
    {
        IReadOnlyList<string> exempt = record.Texts("exempt") ?? [];
        return exempt.Count <= MaxPeople && exempt.All(one => IsOf(one, RolePrefix))
            ? [.. exempt.Select(one => one[RolePrefix.Length..])]
            : throw record.Wrong($"'exempt': expected at most {MaxPeople} of role:<role>");
    }

    private static IReadOnlyList<string> TellOf(SettingReader record)
    {
        IReadOnlyList<string> tell = record.Texts("tell") ?? [];
        return tell.Count <= MaxPeople && tell.All(Identifier.IsOne)
            ? tell
            : throw record.Wrong($"'tell': expected at most {MaxPeople} of sender, recipients and people");
    }
}
