using Engine.Contracts;
using Engine.Partitions.Kafka;
using Engine.Pipeline.Consume.Logs;
using Engine.Pipeline.History;

namespace Engine.Pipeline.Consume.Labels;

/// <summary>
/// The log of <c>labels</c> for scoring again, taken in only as far as clicks may know them. Who scores asks
/// <see cref="IsDue"/> before each record of a click's log, and lets <see cref="TakeDue"/> add what is due once the
/// records before it are decided. One thread.
/// </summary>
internal sealed class LabelLog : IDisposable
{
    private const long MinuteMs = 60_000;

    private readonly MergedLog _log;
    private readonly LabelIntake _intake;
    private long _asked;

    public LabelLog(KafkaTarget kafka, Histories histories, TimeProvider clock) =>
        (_log, _intake) = (new MergedLog(kafka, [Topics.Labels], clock), new LabelIntake(histories));

    /// <summary>Whether there are labels, not taken in yet, that a click of some log time is judged by.</summary>
    public bool IsDue(long logTime) => _log.Current != null && _log.LogTime / MinuteMs < Histories.MinuteOf(logTime);

    /// <summary>
    /// Takes in the labels that a click of some log time is judged by. One that doesn't say where its click was made
    /// counts if a partition remembers the click now.
    /// </summary>
    /// <param name="placeOf">Where a click was made, by its id; null where none remembers it.</param>
    public void TakeDue(long logTime, Func<string, ClickDimensions?> placeOf)
    {
        for (; IsDue(logTime); _log.Advance())
        {
            // One that can't be used changes nothing; the engine that ran has sent it to dead-letters.
            _intake.Take(_log.Current!.Message, _log.LogTime);
            if (_intake.Waiting.Asked == _asked)
            {
                continue;
            }

            foreach (PendingLabelClick click in _intake.Waiting.ReadFrom(ref _asked))
            {
                if (placeOf(click.Click) is { } place)
                {
                    _intake.Place(click.Click, place);
                }
            }
        }
    }

    public void Dispose() => _log.Dispose();
}
