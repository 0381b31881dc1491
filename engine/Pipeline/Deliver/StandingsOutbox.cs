using Engine.Partitions.Kafka;
using Engine.Pipeline.Standing;

namespace Engine.Pipeline.Deliver;

/// <summary>Sums of one partition, which go to <c>standings</c> once committed progress covers them. Once Kafka has
/// acknowledged those, a mark records how far the partition's sums are written. A new owner reads the log again from
/// well before the mark.</summary>
public sealed class StandingsOutbox(string partition)
{
    /// <summary>The number of waiting sums that makes a commit due, some 4 MB. A commit writes all totals, which takes
    /// Redis as long as some thousand verdicts.</summary>
    private const int ManySums = 10_000;

    /// <summary>How often the mark is written if no sums change, ms of log time.</summary>
    private const long MarkEveryMs = 60_000;

    private readonly Queue<(string Key, byte[] Value, long Covers)> _sums = new();

    /// <summary>The mark to write once Kafka has acknowledged <c>Count</c> messages.</summary>
    private (long Count, long Covers, long LogTime)? _mark;
    private long _committedOffset = -1,
        _committedLogTime,
        _markedAt;
    private bool _unmarked;

    /// <summary>Whether so many sums wait for progress that a commit is due before its interval.</summary>
    public bool IsCrowded => _sums.Count >= ManySums;

    /// <summary>Whether all sums that progress covers are sent and the mark is written.</summary>
    public bool IsEmpty => _mark == null && !_unmarked && (_sums.Count == 0 || _sums.Peek().Covers > _committedOffset);

    /// <summary>Adds a sum, which is sent once progress covers it.</summary>
    public void Add(string key, byte[] value, long covers) => _sums.Enqueue((key, value, covers));

    /// <summary>Notes the progress committed.</summary>
    public void Committed(long offset, long logTime) => (_committedOffset, _committedLogTime) = (offset, logTime);

    /// <summary>Sends what is due. Called every turn, even if nothing is new.</summary>
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
