using System.Globalization;
using System.Text.RegularExpressions;
using Engine.Workflows.Meetings.Events;

namespace Engine.Workflows.Meetings.Decision;

/// <summary>The text of a notice: a rule's text with its placeholders filled in.</summary>
internal static partial class NoticeText
{
    public const string Default = "{title} began {elapsed} ago, {present} of {invited} are there: {join}";

    /// <summary>The text of a notice that the host sends.</summary>
    public const string OfHost = "{title}: you are missed. {join}";

    private const long Minute = 60,
        Hour = 3_600;

    /// <summary>Fills in a text. Values aren't searched for placeholders, as they come from events.</summary>
    public static string Fill(string text, Meeting meeting, long logTime)
    {
        MeetingScheduled plan = meeting.Plan!;
        return Placeholder()
            .Replace(text, found => found.Value switch
                {
                    "{title}" => plan.Title,
                    "{elapsed}" => InWords((logTime - plan.Start) / 1000),
                    "{present}" => Digits(plan.Invitees.Count(invitee => meeting.IsThere(invitee.Person))),
                    "{invited}" => Digits(plan.Invitees.Count),
                    "{join}" => plan.Join,
                    _ => found.Value,
                })
            .Trim();
    }

    private static string InWords(long seconds) =>
        seconds < 2 * Minute ? $"{Digits(seconds)} s"
        : seconds < 2 * Hour ? $"{Digits(seconds / Minute)} min"
        : $"{Digits(seconds / Hour)} h";

    private static string Digits(long number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\{[a-z]+\}")]
    private static partial Regex Placeholder();
}
