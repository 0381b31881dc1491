using System.Text;
using Engine.Partitions;
using Engine.Partitions.Kafka;
using Engine.Pipeline.Knowledge;

namespace Engine.Pipeline.Consume.Lanes;

/// <summary>Writes the marks of an owned partition, and holds its records until they are valid. A mark is used once it
/// was read back from the topic: its place there, before or after another ownership's first mark, says whether it
/// counts. It begins a little ahead of what is being read, so that records seldom wait for it. Call
/// <see cref="Begin"/> and <see cref="Confirm"/> at the takeover, then <see cref="Turn"/> each turn. Used by the
/// partition's lane.</summary>
public sealed class OwnMarks
{
    /// <summary>The number of records that may be decided with one mark. A later owner decides so many again with it,
    /// and needn't read more of a long backlog with what was known before.</summary>
    public const long Span = 500_000;

    /// <summary>The shortest time between two marks.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100),
        Poll = TimeSpan.FromMilliseconds(1);

    /// <summary>How long a mark takes to come back, on a busy machine.</summary>
    private static readonly TimeSpan Lead = TimeSpan.FromMilliseconds(60);

    private readonly OwnedPartition _partition;
    private readonly EngineContext _context;
    private readonly DeliveryTracker _sent;
    private readonly Func<KnownOffsets> _read;
    private readonly byte[] _key;
    private Mark _last;
    private bool _isPending;
    private long _sentAt,
        _lookedAt,
        _nextAtSent;

    /// <param name="read">Tells how far what other partitions tell is read.</param>
    public OwnMarks(
        OwnedPartition partition,
        PartitionKnowledge knowledge,
        EngineContext context,
        DeliveryTracker sent,
        Func<KnownOffsets> read
    )
    {
        (_partition, Knowledge, _context, _sent, _read) = (partition, knowledge, context, sent, read);
        _key = Encoding.UTF8.GetBytes(Mark.Key(context.Consume.Group, partition.Name));
        _last = new Mark(Token, 0, partition.LiveFromOffset, partition.LiveFromOffset, KnownOffsets.Nothing);
    }

    public OwnedPartition Partition => _partition;

    public PartitionKnowledge Knowledge { get; }

    /// <summary>Records from this offset on can't be decided yet.</summary>
    public long HoldAt { get; private set; }

    /// <summary>Whether another ownership has begun.</summary>
    public bool IsLost => Knowledge.Marks.Owner != Token;

    private long Token => _partition.Lease.FencingToken;

    /// <summary>Writes the ownership's first mark. Records that the earlier owner can have decided are decided with its
    /// marks: up to the log's end as of the takeover, as far as its last one reached.</summary>
    public void Begin()
    {
        long live = _partition.LiveFromOffset,
            reached = Math.Min(Knowledge.Marks.Last?.Until ?? live, _partition.Plan.LogEnd);
        Send(Math.Max(live, reached), _read());
    }

    /// <summary>Whether the first mark has come back.</summary>
    public bool Confirm()
    {
        TakeReadBack();
        return !_isPending;
    }

    /// <summary>Puts marks in force that have come back, and writes the next one if it is due.</summary>
    public void Turn()
    {
        TakeReadBack();
        Knowledge.Advance(_partition.Next);
        // Records before the first mark's are decided with those of the earlier owner.
        if (_isPending || _partition.Next < _last.From || _context.Clock.GetElapsedTime(_lookedAt) < LookEvery)
        {
            return;
        }

        _lookedAt = _context.Clock.GetTimestamp();
        if (_context.Clock.GetElapsedTime(_sentAt, _lookedAt) < Every)
        {
            return;
        }

        KnownOffsets known = _read();
        if (_last.Until - _partition.Next < Span / 2 || !known.IsSame(_last.Known))
        {
            Send(Math.Max(_last.From, _partition.Next + Ahead()), known);
        }
    }

    /// <summary>Waits until records may be decided up to an offset.</summary>
    /// <param name="meanwhile">Called while it waits.</param>
    /// <returns>False if they can't be, as the lane stops or the partition is lost.</returns>
    public bool Await(long offset, LaneThread lane, Action? meanwhile = null)
    {
        while (offset >= HoldAt)
        {
            if (lane.IsStopping || IsLost)
            {
                return false;
            }

            lane.Pause(Poll);
            meanwhile?.Invoke();
            Turn();
        }

        return true;
    }

    private void TakeReadBack()
    {
        if (_isPending && Knowledge.Marks.Last is { } last && last.Owner == Token && last.Number == _last.Number)
        {
            _isPending = false;
        }

        HoldAt = _isPending ? Math.Min(_last.From, HoldAt) : _last.Until;
    }

    private void Send(long from, KnownOffsets known)
    {
        HoldAt = _last.Number == 0 ? from : Math.Min(from, _last.Until);
        _last = new Mark(Token, _last.Number + 1, from, from + Span, known);
        _context.Kafka.Mark(_sent, _key, _last.Value());
        (_isPending, _sentAt, _nextAtSent) = (true, _context.Clock.GetTimestamp(), _partition.Next);
    }

    /// <summary>The number of records that are read until a mark has come back.</summary>
    private long Ahead()
    {
        if (_partition.EndSince != 0)
        {
            return 0;
        }

        double elapsed = _context.Clock.GetElapsedTime(_sentAt).TotalSeconds;
        return (long)Math.Ceiling((_partition.Next - _nextAtSent) / elapsed * Lead.TotalSeconds);
    }
}
