using System.Text.Json.Nodes;
using Engine.Contracts;
using Engine.Contracts.Access;
using Engine.Web;
using Engine.Workflows.Meetings.Decision;
using Engine.Workflows.Meetings.Events;
using Engine.Workflows.Module;

namespace Engine.Workflows.Meetings.Web;

/// <summary>The endpoints of meetings for programs.</summary>
internal static class MeetingEndpoints
{
    public static void Map(WorkflowEndpoints endpoints, HostLinks links)
    {
        endpoints
            .Routes.MapPost("/v1/meetings/{id}/events", async (HttpContext http) =>
            {
                return await TakeAsync(endpoints, links, http).ConfigureAwait(false);
            })
            .ForRole(Role.Analyst)
            .Describe(
                "Accepts an event of a meeting; with ?wait=<ms>, returns the meeting as it is after it. Of "
                    + "meeting-scheduled, 'page' is the link for its host."
            );
        endpoints
            .MapResult("/v1/meetings/{id}", MeetingKeys.Record)
            .Describe("Returns who is present and absent in a meeting, and its notices.");
    }

    private static async Task<IResult> TakeAsync(WorkflowEndpoints endpoints, HostLinks links, HttpContext http)
    {
        string id = RoutePart.Id(http, "id");
        int wait = StoredResults.WaitOf(http.Request);
        ReceivedEvent received = await endpoints.Events.ReceiveAsync(http.Request).ConfigureAwait(false);
        if (received.Event.Key != id)
        {
            throw new RefusedException(
                StatusCodes.Status400BadRequest,
                $"the event is about the meeting '{received.Event.Key}', but it was sent to '{id}'",
                "meeting"
            );
        }

        if (received.Event is MeetingNotice notice)
        {
            await RefuseStrangersAsync(endpoints, notice, http.RequestAborted).ConfigureAwait(false);
        }

        long offset = await endpoints
            .Events.SendAcknowledgedAsync(received.Event, received.Body, received.ContentType)
            .ConfigureAwait(false);
        http.Response.Headers.Location = $"/v1/meetings/{Uri.EscapeDataString(id)}";
        JsonObject? found =
            wait > 0 ? await FindAsync(endpoints, id, offset, wait, http.RequestAborted).ConfigureAwait(false) : null;
        JsonObject answer = found ?? new JsonObject { ["id"] = received.Event.Id };
        if (received.Event is MeetingScheduled { Host: { } host })
        {
            answer["page"] = links.Of(id, host);
        }

        return Answers.Json(answer, found == null ? StatusCodes.Status202Accepted : StatusCodes.Status200OK);
    }

    /// <summary>Reads a meeting as it is after the event at an offset; null if it isn't so far within a time.</summary>
    public static Task<JsonObject?> FindAsync(
        WorkflowEndpoints endpoints,
        string id,
        long offset,
        int waitMs,
        CancellationToken cancel
    ) =>
        endpoints.FindAsync(MeetingKeys.Record(id), waitMs, cancel, found =>
            LogPlace.Parse(Topics.Meetings, (string?)found["at"])?.Offset >= offset
        );

    /// <summary>Refuses a host's event of somebody else, as far as the meeting is known yet. The engine
    /// decides.</summary>
    private static async Task RefuseStrangersAsync(
        WorkflowEndpoints endpoints,
        MeetingNotice notice,
        CancellationToken cancel
    )
    {
        JsonObject? meeting = await endpoints
            .FindAsync(MeetingKeys.Record(notice.Meeting), 0, cancel)
            .ConfigureAwait(false);
        if (meeting?["start"] != null && (string?)meeting["host"] != notice.By)
        {
            throw new RefusedException(
                StatusCodes.Status400BadRequest,
                $"'{notice.By}' isn't the host of '{notice.Meeting}'; only the host stops, resumes and sends notices",
                "by"
            );
        }
    }
}
