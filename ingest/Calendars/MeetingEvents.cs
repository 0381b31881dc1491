using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Engine.Contracts;
using Ical.Net.CalendarComponents;
using Ical.Net.DataTypes;

namespace Ingest.Calendars;

/// <summary>The events of meetings that occurrences become. The same occurrence is always the same meeting, so a
/// calendar that is read again schedules anew.</summary>
/// <param name="rules">The ids of the rules that hold for the meetings.</param>
/// <param name="now">The time of the events, ms since the epoch.</param>
internal sealed class MeetingEvents(IReadOnlyList<string> rules, long now)
{
    private const int MaxTitleBytes = 200,
        MaxLinkBytes = 2_048,
        MaxInvitees = 1_000;

    /// <summary>The events of an occurrence: it is scheduled, or won't take place.</summary>
    public (string Meeting, byte[] Json) Of(Occurrence occurrence)
    {
        string meeting = MeetingOf(occurrence);
        JsonObject e = occurrence.IsCancelled
            ? new JsonObject
            {
                ["type"] = "meeting-ended",
                ["meeting"] = meeting,
                ["cancelled"] = true,
            }
            : Scheduled(occurrence, meeting);
        // Without the time, so that reading an unchanged calendar again repeats events, which count once.
        e["id"] = "cal-" + Hash(e.ToJsonString());
        e["time"] = now;
        return (meeting, Encoding.UTF8.GetBytes(e.ToJsonString()));
    }

    /// <summary>The meeting of an occurrence, which keeps it when the occurrence is moved.</summary>
    private static string MeetingOf(Occurrence occurrence) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"cal-{Hash(occurrence.Uid)[..16]}-{occurrence.Original:yyyyMMdd'T'HHmmss'Z'}"
        );

    private JsonObject Scheduled(Occurrence occurrence, string meeting)
    {
        CalendarEvent component = occurrence.Component;
        long start = new DateTimeOffset(occurrence.Start).ToUnixTimeMilliseconds();
        bool isOver = start + LengthOf(component).TotalMilliseconds <= now;
        var e = new JsonObject
        {
            ["type"] = "meeting-scheduled",
            ["meeting"] = meeting,
            ["title"] = Shortened(component.Summary ?? "", MaxTitleBytes),
            ["start"] = start,
        };
        if (PersonOf(component.Organizer?.Value) is { } host)
        {
            e["host"] = host;
        }

        if (JoinOf(component) is { } join)
        {
            e["join"] = join;
        }

        // Nobody is missed at a meeting that is over.
        e["rules"] = new JsonArray([.. (isOver ? [] : rules).Select(rule => JsonValue.Create(rule))]);
        e["invitees"] = new JsonArray([
            .. component
                .Attendees.Where(IsExpected)
                .Select(attendee => PersonOf(attendee.Value))
                .OfType<string>()
                .Distinct(StringComparer.Ordinal)
                .Take(MaxInvitees)
                .Select(person => new JsonObject
                {
                    ["person"] = person,
                    ["channels"] = new JsonArray(new JsonObject { ["email"] = person }),
                }),
        ]);
        return e;
    }

    private static TimeSpan LengthOf(CalendarEvent component) =>
        component.DtEnd is { } end && component.Start is { } start
            ? end.Value - start.Value
            : component.Duration?.ToTimeSpanUnspecified() ?? TimeSpan.Zero;

    /// <summary>Whether an attendee is a person who may come.</summary>
    private static bool IsExpected(Attendee attendee) =>
        !Is(attendee.ParticipationStatus, "DECLINED")
        && !Is(attendee.Role, "NON-PARTICIPANT")
        && !Is(attendee.Type, "ROOM")
        && !Is(attendee.Type, "RESOURCE");

    private static bool Is(string? value, string word) =>
        string.Equals(value, word, StringComparison.OrdinalIgnoreCase);

    /// <summary>A person's id is the mail address; null if it can't be one.</summary>
    private static string? PersonOf(Uri? address)
    {
        string text = address?.OriginalString ?? "";
        string person = text.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase)
            ? text["mailto:".Length..]
            : text;
        person = person.ToLowerInvariant();
        return person.Contains('@', StringComparison.Ordinal) && Identifier.IsOne(person) ? person : null;
    }

    /// <summary>Where to join: a conference, the event's address, or a place that is one.</summary>
    private static string? JoinOf(CalendarEvent component) =>
        new[]
        {
            component.Properties["CONFERENCE"]?.Value?.ToString(),
            component.Properties["X-GOOGLE-CONFERENCE"]?.Value?.ToString(),
            component.Url?.OriginalString,
            component.Location,
        }.FirstOrDefault(link =>
            link != null
            && Encoding.UTF8.GetByteCount(link) <= MaxLinkBytes
            && Uri.TryCreate(link, UriKind.Absolute, out Uri? uri)
            && uri.Scheme is "http" or "https"
        );

    private static string Shortened(string text, int maxBytes)
    {
        while (Encoding.UTF8.GetByteCount(text) > maxBytes)
        {
            text = text[..^(char.IsLowSurrogate(text[^1]) ? 2 : 1)];
        }

        return text;
    }

    private static string Hash(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];
}
