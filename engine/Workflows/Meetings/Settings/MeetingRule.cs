using System.Text;
using Engine.Conditions;
using Engine.Contracts.Settings;
using Engine.Workflows.Meetings.Decision;

namespace Engine.Workflows.Meetings.Settings;

/// <summary>When absent invitees of a meeting are notified: <c>meeting-rule/&lt;id&gt;</c>.</summary>
/// <param name="AfterMs">How long after the start, ms.</param>
/// <param name="ToRoles">Whether only those are notified whose role is missing, else all who are absent.</param>
/// <param name="LeaveGraceMs">How long somebody may be away before counting as absent again, ms.</param>
/// <param name="NextChannelAfterMs">How long a channel is given before the next is tried, ms.</param>
/// <param name="Text">The notice's text, with places like <c>{title}</c>.</param>
public sealed record MeetingRule(
    string Id,
    long AfterMs,
    Condition? When,
    bool ToRoles,
    long LeaveGraceMs,
    long NextChannelAfterMs,
    string Text,
    bool IsShadow
)
{
    public const long DefaultNextChannelAfterMs = 120_000;
}

/// <summary>All rules, by id.</summary>
/// <param name="Fingerprint">Differs if a rule does, whichever process compiled them.</param>
public sealed record MeetingRules(IReadOnlyDictionary<string, MeetingRule> ById, string Fingerprint);

/// <summary>Reads <c>meeting-rule/&lt;id&gt;</c>.</summary>
public sealed class MeetingRuleKind : ISettingKind
{
    public const string Name = "meeting-rule";

    private const long MaxSeconds = 604_800,
        DefaultSeconds = 120;

    private const int MaxTextBytes = 2_000;

    private static readonly CelNames Names = new()
    {
        { "meeting.elapsed_s", CelType.Int, "seconds since the start" },
        { "meeting.present", CelType.Int, "invitees who are there" },
        { "meeting.invited", CelType.Int, "invitees" },
        { "meeting.share", CelType.Double, "share of invitees who are there; 1 where nobody is invited" },
        { "meeting.started", CelType.Bool, "whether the start has passed" },
        { "meeting.roles_missing", CelType.List, "roles of invitees that nobody present has" },
    };

    public string Kind => Name;

    public object Parse(string id, SettingReader record)
    {
        string to = record.Text("to") ?? "absent";
        if (to is not ("absent" or "roles"))
        {
            throw record.Wrong($"'to' is '{to}'; expected absent or roles");
        }

        return new MeetingRule(
            id,
            (record.Integer("after_s", 0, MaxSeconds) ?? 0) * 1000,
            record.Text("when") is { } when ? Compile(record, when) : null,
            to == "roles",
            (record.Integer("leave_grace_s", 0, MaxSeconds) ?? DefaultSeconds) * 1000,
            record.Integer("next_channel_after_s", 1, MaxSeconds) * 1000 ?? MeetingRule.DefaultNextChannelAfterMs,
            TextOf(record),
            record.Flag("shadow")
        );
    }

    private static string TextOf(SettingReader record)
    {
        string text = record.Text("text") ?? NoticeText.Default;
        int bytes = Encoding.UTF8.GetByteCount(text);
        return bytes is > 0 and <= MaxTextBytes
            ? text
            : throw record.Wrong($"'text' has {bytes} bytes; expected 1 to {MaxTextBytes}");
    }

    private static Condition Compile(SettingReader record, string when)
    {
        try
        {
            return Condition.Compile(when, Names, CelType.Bool);
        }
        catch (ConditionException problem)
        {
            throw record.Wrong($"'when': {problem.Message}");
        }
    }
}
