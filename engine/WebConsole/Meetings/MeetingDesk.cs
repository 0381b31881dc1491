using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Engine.Contracts;
using Engine.Web;
using Engine.WebConsole.Log;
using Engine.WebConsole.WorkflowResults;
using Engine.Workflows.Meetings.Decision;

namespace Engine.WebConsole.Meetings;

/// <summary>Reads meetings, and stops and resumes their notices. Thread-safe.</summary>
internal sealed class MeetingDesk(ResultReader results, IEventOut kafka, TimeProvider clock)
{
    private const int MaxShown = 100;

    /// <summary>How long to wait until the engine has decided about an event.</summary>
    private static readonly TimeSpan DecidedWithin = TimeSpan.FromSeconds(5),
        LookEvery = TimeSpan.FromMilliseconds(20);

    /// <summary>The meetings that the latest events are about, the one with the latest event first.</summary>
    public async Task<IReadOnlyList<EventResult>> RecentAsync(CancellationToken cancel)
    {
        IReadOnlyList<RecordedEvent> events = await results.LatestAsync(Topics.Meetings, cancel).ConfigureAwait(false);
        return await results.ResultsOfAsync(events, "meeting", MeetingKeys.Record, MaxShown).ConfigureAwait(false);
    }

    /// <summary>The record of a meeting; null if there is none, or none any more.</summary>
    public Task<JsonObject?> FindAsync(string meeting) => results.FindAsync(MeetingKeys.Record(meeting));

    /// <summary>The latest events of a meeting, the latest first.</summary>
    public Task<IReadOnlyList<RecordedEvent>> EventsAsync(string meeting, CancellationToken cancel) =>
        results.LatestOfAsync(Topics.Meetings, meeting, cancel);

    /// <summary>Stops or resumes a meeting's notices in its host's place, and waits until the engine has decided about
    /// it. Headers of the event say who did it, and why.</summary>
    /// <param name="what"><c>stop</c> or <c>resume</c></param>
    public async Task ActAsync(
        string meeting,
        string host,
        string what,
        string by,
        string because,
        CancellationToken cancel
    )
    {
        var e = new JsonObject
        {
            ["type"] = "meeting-notice",
            ["id"] = "c-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12)),
            ["time"] = clock.GetUtcNow().ToUnixTimeMilliseconds(),
            ["meeting"] = meeting,
            ["by"] = host,
            ["what"] = what,
        };
        long offset = await kafka
            .SendAsync(
                Topics.Meetings,
                meeting,
                Encoding.UTF8.GetBytes(e.ToJsonString()),
                (SettingVersion.ByHeader, by),
                (SettingVersion.BecauseHeader, because)
            )
            .ConfigureAwait(false);
        long since = clock.GetTimestamp();
        while (!await IsDecidedAsync(meeting, offset).ConfigureAwait(false))
        {
            if (clock.GetElapsedTime(since) > DecidedWithin)
            {
                break;
            }

            await Task.Delay(LookEvery, clock, cancel).ConfigureAwait(false);
        }
    }

    private async Task<bool> IsDecidedAsync(string meeting, long offset) =>
        LogPlace.Parse(Topics.Meetings, (await FindAsync(meeting).ConfigureAwait(false)).Text("at")) is { } place
        && place.Offset >= offset;
}
