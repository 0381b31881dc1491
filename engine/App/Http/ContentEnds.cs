using System.Buffers;
using System.Text;
using Engine.Contracts;
using Engine.Pipeline.Settings;
using Engine.Workflows;
using Engine.Workflows.ContentRequests;
using Engine.Workflows.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Engine.App.Http;

/// <summary>
/// Content requests by HTTP: answered at once, and sent to Kafka with the answer, where they are counted.
/// </summary>
internal sealed class ContentEnds
{
    private const string Json = "application/json";

    private readonly IDecider _decider;
    private readonly IDeciderPartition _reader;
    private readonly ContentJudge _judge;
    private readonly CompiledSettings _compiled;
    private readonly SettingsTimeline _timeline;
    private readonly Func<bool> _settingsAreFresh;
    private readonly IEventOut _events;
    private readonly TimeProvider _clock;
    private readonly Lock _judging = new();

    private ContentEnds(
        IDecider decider,
        IStandings standings,
        CompiledSettings compiled,
        SettingsTimeline timeline,
        Func<bool> settingsAreFresh,
        IEventOut events,
        TimeProvider clock
    )
    {
        (_decider, _compiled, _timeline, _settingsAreFresh, _events, _clock) = (
            decider,
            compiled,
            timeline,
            settingsAreFresh,
            events,
            clock
        );
        _reader = decider.Open("http");
        _judge = new ContentJudge(standings);
    }

    /// <summary>Adds <c>POST /v1/content-requests</c>.</summary>
    /// <param name="settingsAreFresh">Whether settings were read to their end lately; without that nothing is
    /// answered.</param>
    public static void Map(
        WebApplication app,
        IDecider decider,
        IStandings standings,
        CompiledSettings compiled,
        SettingsTimeline timeline,
        Func<bool> settingsAreFresh,
        IEventOut events,
        TimeProvider clock
    )
    {
        var ends = new ContentEnds(decider, standings, compiled, timeline, settingsAreFresh, events, clock);
        app.MapPost("/v1/content-requests", ends.AnswerAsync);
    }

    private async Task AnswerAsync(HttpContext http)
    {
        if (await Bodies.ReadAsync(http.Request, EventLimits.MaxValueBytes).ConfigureAwait(false) is not { } body)
        {
            await Answers
                .BadAsync(http, DeadLetterReason.TooLarge.Word(), $"more than {EventLimits.MaxValueBytes} bytes")
                .ConfigureAwait(false);
            return;
        }
        string? type = http.Request.ContentType;
        var record = new WorkflowRecord(0, 0, null, body, name => name == "content-type" ? type : null);
        if (PartitionRun.Read(_decider, _reader, record, out WorkflowEvent? e) is { } refusal)
        {
            await Answers.BadAsync(http, refusal.Reason.Word(), refusal.Detail).ConfigureAwait(false);
            return;
        }
        if (!_settingsAreFresh())
        {
            await Answers
                .UnavailableAsync(http, "the settings could not be read to their end lately")
                .ConfigureAwait(false);
            return;
        }
        string answer = Decide((ContentRequest)e!).ToJson();
        try
        {
            (string, string) decision = (ContentRequest.DecisionHeader, answer);
            // Not awaited: the answer is what the page waits for. The client keeps the event until the log has it, and
            // sends it before this process ends.
            _ =
                type == null
                    ? _events.SendAsync(_decider.Topic, e!.Key, body, decision)
                    : _events.SendAsync(_decider.Topic, e!.Key, body, decision, ("content-type", type));
        }
        catch (EventNotTakenException problem)
        {
            await Answers.UnavailableAsync(http, problem.Message).ConfigureAwait(false);
            return;
        }
        byte[] bytes = Encoding.UTF8.GetBytes(answer);
        (http.Response.ContentType, http.Response.ContentLength) = (Json, bytes.Length);
        await http.Response.Body.WriteAsync(bytes, http.RequestAborted).ConfigureAwait(false);
    }

    private ContentAnswer Decide(ContentRequest e)
    {
        long now = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        DecisionSettings settings = SettingsTimeline.At(_timeline.Entries, now, out _);
        if (Math.Abs(e.Time - now) > settings.Limits.OutOfRangeMs)
        {
            e = e with { Time = now };
        }

        var content = (ContentSettings)_compiled.Of(_decider, settings);
        lock (_judging)
        {
            return _judge.Answer(e, content, now);
        }
    }
}
