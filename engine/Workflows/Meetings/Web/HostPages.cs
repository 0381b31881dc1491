using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Engine.Web;
using Engine.Workflows.Meetings.Decision;
using Engine.Workflows.Module;

namespace Engine.Workflows.Meetings.Web;

/// <summary>A meeting's page for its host: who is there, what is pending, and forms to stop, resume and send notices.
/// The token in its link admits (<see cref="HostLinks"/>).</summary>
internal static class HostPages
{
    /// <summary>How long a form waits until the engine has decided.</summary>
    private const int WaitMs = 10_000;

    public static void Map(WorkflowEndpoints endpoints, HostLinks links)
    {
        endpoints
            .Routes.MapGet("/m/{id}", async (HttpContext http) =>
            {
                return await ShowAsync(endpoints, links, http).ConfigureAwait(false);
            })
            .ForEveryone()
            .Describe(
                "Shows the host of a meeting who is there, and which notices are pending; by the token in its link."
            );
        endpoints
            .Routes.MapPost("/m/{id}/notices", async (HttpContext http) =>
            {
                return await TakeAsync(endpoints, links, http).ConfigureAwait(false);
            })
            .ForEveryone();
    }

    private static async Task<IResult> ShowAsync(WorkflowEndpoints endpoints, HostLinks links, HttpContext http)
    {
        string token = http.Request.Query[HostLinks.TokenField].ToString();
        MeetingView meeting = await FindAsync(endpoints, links, http, token).ConfigureAwait(false);
        return Page.Show<HostPage>(new { Meeting = meeting, Token = token });
    }

    private static async Task<IResult> TakeAsync(WorkflowEndpoints endpoints, HostLinks links, HttpContext http)
    {
        IFormCollection form = await Forms.ReadAsync(http).ConfigureAwait(false);
        MeetingView meeting = await FindAsync(endpoints, links, http, form[HostLinks.TokenField].ToString())
            .ConfigureAwait(false);
        var e = new JsonObject
        {
            ["type"] = "meeting-notice",
            ["id"] = "h-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12)),
            ["time"] = endpoints.Clock.GetUtcNow().ToUnixTimeMilliseconds(),
            ["meeting"] = meeting.Id,
            ["by"] = meeting.Host,
            ["what"] = form["what"].ToString(),
        };
        if (form.ContainsKey("person"))
        {
            e["person"] = form["person"].ToString();
        }

        byte[] body = Encoding.UTF8.GetBytes(e.ToJsonString());
        (WorkflowEvent? notice, Refusal? refusal) = endpoints.Events.Read(body, null);
        if (refusal is { } why)
        {
            throw new RefusedException(StatusCodes.Status400BadRequest, "This form can’t be used.", why.Detail);
        }

        long offset = await endpoints.Events.SendAcknowledgedAsync(notice!, body, null).ConfigureAwait(false);
        await MeetingEndpoints
            .FindAsync(endpoints, meeting.Id, offset, WaitMs, http.RequestAborted)
            .ConfigureAwait(false);
        return Results.LocalRedirect(links.Of(meeting.Id, meeting.Host));
    }

    /// <summary>Reads a meeting for whom its host's token admits. Without the token it isn't told whether there is
    /// one.</summary>
    private static async Task<MeetingView> FindAsync(
        WorkflowEndpoints endpoints,
        HostLinks links,
        HttpContext http,
        string token
    )
    {
        string id = RoutePart.Of(http, "id");
        JsonObject? record = await endpoints
            .FindAsync(MeetingKeys.Record(id), 0, http.RequestAborted)
            .ConfigureAwait(false);
        return record != null && (string?)record["host"] is { } host && links.IsToken(token, id, host)
            ? MeetingView.Of(record, endpoints.Clock.GetUtcNow().ToUnixTimeMilliseconds())
            : throw new RefusedException(
                StatusCodes.Status404NotFound,
                "There is no meeting at this address. Check that the link is complete. If the meeting has another host "
                    + "now, or ended more than a day ago, the link no longer leads anywhere."
            )
            {
                Title = "No such meeting",
            };
    }
}
