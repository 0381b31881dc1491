using Engine.Partitions.Kafka;
using Engine.Pipeline.Standing;

namespace Engine.Pipeline.Deliver;

/// <summary>
/// Sums of one partition that go to <c>standings</c> once committed progress covers them; and once Kafka has those, the
/// word how far the partition's sums are written: who takes it over reads the log again from well before that.
/// </summary>
public sealed class StandingsOutbox(string partition)
{
    /// <summary>Sums that may wait before a commit is due for their sake: some megabytes of them.</summary>
    private const int ManySums = 2000;

    /// <summary>How often it is said how far sums are written where none changes, ms of log time.</summary>
    private const long MarkEveryMs = 60_000;

    private readonly Queue<(string Key, byte[] Value, long Covers)> _sums = new();

    /// <summary>What is said once Kafka has acknowledged <c>Count</c> messages.</summary>
    private (long Count, long Covers, long LogTime)? _mark;
    private long _committedOffset = -1,
        _committedLogTime,
        _markedAt;
    private bool _unmarked;

    /// <summary>Whether so many sums wait for progress that a commit should not wait for its interval.</summary>
    public bool IsCrowded => _sums.Count >= ManySums;

    /// <summary>Whether no sum is left to be sent, and how far they are written is said.</summary>
    public bool IsEmpty => _mark == null && !_unmarked && (_sums.Count == 0 || _sums.Peek().Covers > _committedOffset);

    /// <summary>A sum that goes out once progress covers it.</summary>
    public void Add(string key, byte[] value, long covers) => _sums.Enqueue((key, value, covers));

    /// <summary>Progress is committed up to here.</summary>
    public void Committed(long offset, long logTime) => (_committedOffset, _committedLogTime) = (offset, logTime);

    /// <summary>Sends what is due. Called every turn, also where nothing is new.</summary>
    public void Send(KafkaOut kafka, DeliveryTracker tracker)
    {
        if (_mark is { } mark && tracker.IsReached(mark.Count))
        {
            kafka.Standing(
                tracker,
                StandingRecord.MarkKey(partition),
                StandingRecord.MarkValue(mark.Covers, mark.LogTime)
            );
            (_mark, _markedAt) = (null, mark.LogTime);
        }
        bool sent = false;
        while (_sums.TryPeek(out (string Key, byte[] Value, long Covers) sum) && sum.Covers <= _committedOffset)
        {
            _sums.Dequeue();
            kafka.Standing(tracker, sum.Key, sum.Value);
            sent = true;
        }
        if (
            _committedOffset >= 0
            && _mark == null
            && (sent || _unmarked || _committedLogTime - _markedAt > MarkEveryMs)
        )
        {
            (_mark, _unmarked) = ((tracker.Count, _committedOffset, _committedLogTime), false);
        }
        else
        {
            _unmarked |= sent;
        }
    }
}
