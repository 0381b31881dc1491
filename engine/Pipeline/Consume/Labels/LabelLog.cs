using Engine.Contracts;
using Engine.Partitions.Kafka;
using Engine.Pipeline.Consume.Logs;
using Engine.Pipeline.History;

namespace Engine.Pipeline.Consume.Labels;

/// <summary>The log of <c>labels</c> for rescoring, added to histories only as far as clicks may see it. The caller
/// checks <see cref="IsDue"/> before each record of the clicks' log. If labels are due, it decides the records before
/// that one and calls <see cref="TakeDue"/>. Not thread-safe.</summary>
internal sealed class LabelLog : IDisposable
{
    private const long MinuteMs = 60_000;

    private readonly MergedLog _log;
    private readonly LabelIntake _intake;
    private long _nextRequest;

    public LabelLog(KafkaTarget kafka, Histories histories, TimeProvider clock) =>
        (_log, _intake) = (new MergedLog(kafka, [Topics.Labels], clock), new LabelIntake(histories));

    /// <summary>Whether there are labels, not added yet, that a click of some log time must see.</summary>
    public bool IsDue(long logTime) => _log.Current != null && _log.LogTime / MinuteMs < Histories.MinuteOf(logTime);

    /// <summary>Adds the labels that a click of some log time must see. A label without dimensions counts if a
    /// partition remembers its click now.</summary>
    /// <param name="placeOf">Finds a click's dimensions by its id; null if no partition remembers it.</param>
    public void TakeDue(long logTime, Func<string, ClickDimensions?> placeOf)
    {
        for (; IsDue(logTime); _log.Advance())
        {
            // An invalid label changes nothing; the live engine has sent it to dead-letters.
            _intake.Take(_log.Current!.Message, _log.LogTime);
            if (_intake.Waiting.Asked == _nextRequest)
            {
                continue;
            }

            foreach (PendingLabelClick click in _intake.Waiting.ReadFrom(ref _nextRequest))
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
