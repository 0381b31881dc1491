using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Workflows.Meetings.Events;

namespace Engine.Workflows.Meetings.Decision;

/// <summary>A meeting as it is remembered, as JSON: what changes in a field named by the meeting, and the plan, the
/// larger part, in one of its own. Not thread-safe.</summary>
internal sealed class MeetingMemory
{
    /// <summary>Begins the field of a plan. No id has a blank.</summary>
    private const string PlanField = "plan ";

    private readonly JsonLines _lines = new();

    public static string PlanFieldOf(string meeting) => PlanField + meeting;

    /// <summary>Whether a field holds a plan, and of which meeting.</summary>
    public static bool IsPlan(string field, out string meeting)
    {
        meeting = field.StartsWith(PlanField, StringComparison.Ordinal) ? field[PlanField.Length..] : "";
        return meeting.Length > 0;
    }

    public string Of(Meeting meeting, long due)
    {
        Utf8JsonWriter json = _lines.Begin();
        json.WriteNumber("due", due);
        json.WriteBoolean("stopped", meeting.IsStopped);
        json.WriteString("over", meeting.Over);
        json.WriteNumber("last", meeting.LastEvent);
        json.WriteNumber("evaluated", meeting.EvaluatedTo);
        json.WriteStartObject("people");
        foreach ((string person, Presence presence) in meeting.People)
        {
            json.WriteStartObject(person);
            json.WriteNumber("left", presence.LeftAt);
            json.WriteNumber("late", presence.LateMs);
            json.WriteStartObject("sessions");
            foreach ((string session, (long time, bool isOpen)) in presence.Sessions)
            {
                json.WriteStartArray(session);
                json.WriteNumberValue(time);
                json.WriteBooleanValue(isOpen);
                json.WriteEndArray();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartArray("notices");
        foreach (Notice notice in meeting.Notices.Values)
        {
            json.WriteStartArray();
            json.WriteStringValue(notice.Person);
            json.WriteStringValue(notice.Rule);
            json.WriteNumberValue(notice.Due);
            json.WriteNumberValue(notice.Channel);
            json.WriteNumberValue((int)notice.State);
            json.WriteNumberValue(notice.NextAt);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        return _lines.End(json);
    }

    /// <summary>Restores what changes of a meeting. Returns when its timer is due.</summary>
    public static long Restore(Meeting meeting, string value)
    {
        JsonNode json = JsonNode.Parse(value)!;
        meeting.IsStopped = (bool)json["stopped"]!;
        meeting.Over = (string?)json["over"];
        meeting.LastEvent = (long)json["last"]!;
        meeting.EvaluatedTo = (long)json["evaluated"]!;
        foreach ((string person, JsonNode? one) in json["people"]!.AsObject())
        {
            var presence = new Presence { LeftAt = (long)one!["left"]!, LateMs = (long)one["late"]! };
            meeting.People[person] = presence;
            foreach ((string session, JsonNode? state) in one["sessions"]!.AsObject())
            {
                presence.Sessions[session] = ((long)state![0]!, (bool)state[1]!);
            }
        }

        foreach (JsonNode? one in json["notices"]!.AsArray())
        {
            (string person, string rule) = ((string)one![0]!, (string)one[1]!);
            var notice = new Notice
            {
                Id = Notice.IdOf(meeting.Id, rule, person),
                Person = person,
                Rule = rule,
                Due = (long)one[2]!,
                Channel = (int)one[3]!,
                State = (NoticeState)(int)one[4]!,
                NextAt = (long)one[5]!,
            };
            meeting.Notices[(rule, person)] = notice;
        }

        return (long)json["due"]!;
    }

    public static string Of(MeetingScheduled plan) =>
        new JsonObject
        {
            ["title"] = plan.Title,
            ["start"] = plan.Start,
            ["host"] = plan.Host,
            ["join"] = plan.Join,
            ["rules"] = new JsonArray([.. plan.Rules.Select(rule => JsonValue.Create(rule))]),
            ["invitees"] = new JsonArray([
                .. plan.Invitees.Select(one => new JsonObject
                {
                    ["person"] = one.Person,
                    ["roles"] = new JsonArray([.. one.Roles.Select(role => JsonValue.Create(role))]),
                    ["grace"] = one.GraceSeconds,
                    ["channels"] = new JsonArray([
                        .. one.Channels.Select(channel => new JsonArray(channel.Way, channel.Address)),
                    ]),
                    ["deputy"] = one.Deputy,
                }),
            ]),
        }.ToJsonString();

    public static MeetingScheduled ParsePlan(string id, string value)
    {
        JsonNode plan = JsonNode.Parse(value)!;
        return new MeetingScheduled(
            "",
            id,
            0,
            (string)plan["title"]!,
            (long)plan["start"]!,
            (string?)plan["host"],
            (string)plan["join"]!,
            [.. plan["rules"]!.AsArray().Select(rule => (string)rule!)],
            [
                .. plan["invitees"]!
                    .AsArray()
                    .Select(one => new Invitee(
                        (string)one!["person"]!,
                        [.. one["roles"]!.AsArray().Select(role => (string)role!)],
                        (long)one["grace"]!,
                        [
                            .. one["channels"]!
                                .AsArray()
                                .Select(channel => new Channel((string)channel![0]!, (string)channel[1]!)),
                        ],
                        (string?)one["deputy"]
                    )),
            ]
        );
    }
}
