using System.Text.Json.Nodes;
using Engine.Contracts;
using Engine.Pipeline.Settings;
using Engine.WebConsole.WorkflowResults;
using Engine.Workflows.Messages.Decision;
using Engine.Workflows.Messages.Settings;

namespace Engine.WebConsole.Messages;

/// <summary>Reads messages and what rules did with them. Thread-safe.</summary>
internal sealed class MessageDesk(ResultReader results, SettingsTimeline timeline)
{
    private const int MaxShown = 100;

    /// <summary>The latest messages, the latest first.</summary>
    public async Task<IReadOnlyList<HandledMessage>> RecentAsync(CancellationToken cancel)
    {
        IEnumerable<RecordedEvent> messages = (
            await results.LatestAsync(Topics.Messages, cancel).ConfigureAwait(false)
        ).Where(e => e.Type == "message");
        return
        [
            .. (
                await results.ResultsOfAsync(messages, "id", MessageKeys.Handled, MaxShown).ConfigureAwait(false)
            ).Select(one => new HandledMessage(one.Id, one.Event, one.Result)),
        ];
    }

    /// <summary>A message; null if there is no result, or none any more.</summary>
    public async Task<HandledMessage?> FindAsync(string id, CancellationToken cancel) =>
        await results.FindAsync(MessageKeys.Handled(id)).ConfigureAwait(false) is { } handled
            ? new HandledMessage(
                id,
                await results.AtAsync(Topics.Messages, handled.Text("at"), cancel).ConfigureAwait(false),
                handled
            )
            : null;

    /// <summary>A rule as it was when a message came; null if it wasn't there.</summary>
    /// <param name="logTime">When the message came, ms.</param>
    public MessageRule? RuleAt(string rule, long logTime) =>
        timeline.At(logTime, out _).Others(MessageRuleKind.Name).GetValueOrDefault(rule)?.Value as MessageRule;
}

/// <summary>A message and what rules did with it.</summary>
/// <param name="Event">As the log has it; null if it no longer does.</param>
/// <param name="Handled">What was done; null if it isn't decided, or no longer known.</param>
public sealed record HandledMessage(string Id, RecordedEvent? Event, JsonObject? Handled);
