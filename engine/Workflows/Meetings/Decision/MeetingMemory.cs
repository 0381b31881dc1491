using System.Text.Json.Nodes;
using Engine.Workflows.Meetings.Events;

namespace Engine.Workflows.Meetings.Decision;

/// <summary>A meeting as it is remembered: a field per meeting, as JSON.</summary>
internal static class MeetingMemory
{
    public static string Of(Meeting meeting, long due)
    {
        var json = new JsonObject
        {
            ["due"] = due,
            ["stopped"] = meeting.IsStopped,
            ["over"] = meeting.Over,
            ["last"] = meeting.LastEvent,
            ["evaluated"] = meeting.EvaluatedTo,
            ["people"] = new JsonObject(
                meeting.People.Select(person =>
                    KeyValuePair.Create<string, JsonNode?>(
                        person.Key,
                        new JsonObject
                        {
                            ["left"] = person.Value.LeftAt,
                            ["late"] = person.Value.LateMs,
                            ["sessions"] = new JsonObject(
                                person.Value.Sessions.Select(session =>
                                    KeyValuePair.Create<string, JsonNode?>(
                                        session.Key,
                                        new JsonArray(session.Value.Time, session.Value.IsOpen)
                                    )
                                )
                            ),
                        }
                    )
                )
            ),
            ["notices"] = new JsonArray([
                .. meeting.Notices.Values.Select(notice => new JsonArray(
                    notice.Id,
                    notice.Person,
                    notice.Rule,
                    notice.Due,
                    notice.Channel,
                    notice.State.ToString(),
                    notice.NextAt
                )),
            ]),
        };
        if (meeting.Plan is { } plan)
        {
            json["plan"] = PlanOf(plan);
        }

        return json.ToJsonString();
    }

    public static (Meeting Meeting, long Due) Parse(string id, string value)
    {
        JsonNode json = JsonNode.Parse(value)!;
        var meeting = new Meeting
        {
            Id = id,
            IsStopped = (bool)json["stopped"]!,
            Over = (string?)json["over"],
            LastEvent = (long)json["last"]!,
            EvaluatedTo = (long)json["evaluated"]!,
            Plan = json["plan"] is { } plan ? PlanIn(id, plan) : null,
        };
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
            var notice = new Notice
            {
                Id = (string)one![0]!,
                Person = (string)one[1]!,
                Rule = (string)one[2]!,
                Due = (long)one[3]!,
                Channel = (int)one[4]!,
                State = Enum.Parse<NoticeState>((string)one[5]!),
                NextAt = (long)one[6]!,
            };
            meeting.Notices[notice.Id] = notice;
        }

        return (meeting, (long)json["due"]!);
    }

    private static JsonObject PlanOf(MeetingScheduled plan) =>
        new()
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
        };

    private static MeetingScheduled PlanIn(string id, JsonNode plan) =>
        new(
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
