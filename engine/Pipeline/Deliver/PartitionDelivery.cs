using System.Text;
using Engine.Contracts;
using Engine.Partitions.Diagnostics;
using Engine.Partitions.Kafka;
using Engine.Partitions.Redis;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Standing;
using Engine.Primitives;

namespace Engine.Pipeline.Deliver;

/// <summary>How a step of counts and progress ended.</summary>
public enum CommitOutcome : byte
{
    None,
    Done,
    NotOwner,
    OtherOffset,
}

/// <summary>
/// Moves one partition's counts and progress to Redis in one atomic step, guarded by the owner and by the progress it
/// starts from. A step has three stages: begun (what it holds is fixed), sent (once all verdicts and messages that it
/// covers are acknowledged), answered. One step at a time; meanwhile the next is summed up. Sending a step twice
/// changes nothing: it finds its own progress there.
/// </summary>
public sealed class PartitionDelivery
{
    private static readonly byte[] Script = Encoding.ASCII.GetBytes(
        """
        if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 'OWNER' end
        local now = redis.call('GET', KEYS[1]) or ''
        if now == ARGV[3] then return 'DONE' end
        if now ~= ARGV[2] then return 'OFFSET' end
        local at, sums = 5, {'DONE'}
        for k = 3, #KEYS do
          local increments, sets, renew = tonumber(ARGV[at]), tonumber(ARGV[at + 1]), ARGV[at + 2]
          at = at + 3
          for i = 1, increments do
            sums[#sums + 1] = string.format('%.0f', redis.call('HINCRBY', KEYS[k], ARGV[at], ARGV[at + 1]))
            at = at + 2
          end
          if sets > 0 then redis.call('HSET', KEYS[k], unpack(ARGV, at, at + 2 * sets - 1)) end
          at = at + 2 * sets
          if renew == '1' then redis.call('EXPIRE', KEYS[k], ARGV[4]) end
        end
        redis.call('SET', KEYS[1], ARGV[3])
        return table.concat(sums, ' ')
        """.ReplaceLineEndings("\n")
    );

    /// <summary>
    /// A total's time renews with its changes, but not more often than once in this, ms of log time, or in a thousandth
    /// of that time: a fifth of a step's commands were that.
    /// </summary>
    private const long MaxRenewEveryMs = 60_000;

    private readonly long _renewEveryMs;
    private readonly byte[] _progressKey,
        _ownerKey,
        _owner,
        _ttl;
    private readonly StepArguments _arguments = new();
    private string _progress,
        _next = "";
    private RedisWriter.Mark _written;
    private long _sentToKafka;
    private Stage _stage;
    private System.Diagnostics.Activity? _trace;

    private enum Stage : byte
    {
        Idle,
        Begun,
        Sent,
    }

    /// <param name="owner">The value of <c>owner</c> that this instance raised it to.</param>
    /// <param name="progress">The text of <c>progress</c> as it was read; empty where there was none.</param>
    public PartitionDelivery(
        PartitionState state,
        RedisKeys keys,
        KeyedHash hash,
        long owner,
        string progress,
        TimeSpan totalsTtl
    )
    {
        State = state;
        _progressKey = Encoding.ASCII.GetBytes(keys.Progress(state.Name));
        _ownerKey = Encoding.ASCII.GetBytes(keys.Owner(state.Name));
        _owner = Encoding.ASCII.GetBytes(owner.ToString(System.Globalization.CultureInfo.InvariantCulture));
        _renewEveryMs = Math.Min(MaxRenewEveryMs, (long)totalsTtl.TotalSeconds);
        _ttl = Encoding.ASCII.GetBytes(
            ((long)totalsTtl.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture)
        );
        _progress = progress;
        Totals = new Totals(hash, keys, state.Name);
    }

    public PartitionState State { get; }

    public Totals Totals { get; }

    public bool IsIdle => _stage == Stage.Idle;

    /// <summary>How the last step ended, once; the lane acts on it.</summary>
    public CommitOutcome Outcome { get; private set; }

    /// <summary>The next offset that Redis has acknowledged progress to; negative while none is known.</summary>
    public long AcknowledgedOffset { get; private set; } = -1;

    private readonly Queue<(string Key, byte[] Value, long Covers)> _standings = new();

    /// <summary>Sums that may wait for progress before a step is due for their sake: some megabytes of them.</summary>
    private const int ManyStandings = 2000;

    /// <summary>Whether so many sums wait for progress that it should not wait for its interval.</summary>
    public bool ManyStandingsWait => _standings.Count >= ManyStandings;

    /// <summary>A sum that goes out once progress covers it.</summary>
    public void AddStanding(string key, byte[] value, long covers) => _standings.Enqueue((key, value, covers));

    /// <summary>
    /// Sends the sums that acknowledged progress covers; and once Kafka has them, how far they are written: who takes
    /// the partition over reads the log again from well before that. Called again and again, also where nothing is new.
    /// </summary>
    public void SendStandings(KafkaOut kafka, KafkaOut.Sender sender)
    {
        if (_mark is { } mark && sender.IsReached(mark.Count))
        {
            kafka.Standing(
                sender,
                StandingRecord.MarkKey(State.Name),
                StandingRecord.MarkValue(mark.Covers, mark.LogTime)
            );
            (_mark, _markedAt) = (null, mark.LogTime);
        }
        bool sent = false;
        while (
            _standings.TryPeek(out (string Key, byte[] Value, long Covers) standing)
            && standing.Covers <= AcknowledgedOffset
        )
        {
            _standings.Dequeue();
            kafka.Standing(sender, standing.Key, standing.Value);
            sent = true;
        }
        if (
            AcknowledgedOffset >= 0
            && _mark == null
            && (sent || _unmarked || _acknowledgedLogTime - _markedAt > MarkEveryMs)
        )
        {
            (_mark, _unmarked) = ((sender.Count, AcknowledgedOffset, _acknowledgedLogTime), false);
        }
        else
        {
            _unmarked |= sent;
        }
    }

    /// <summary>How often it is said how far sums are written where none changes, ms of log time.</summary>
    private const long MarkEveryMs = 60_000;

    private (long Count, long Covers, long LogTime)? _mark;
    private long _markedAt,
        _acknowledgedLogTime,
        _nextLogTime;
    private bool _unmarked;

    /// <summary>Whether nothing of the sums is left to be sent, and how far they are written is said.</summary>
    public bool StandingsAreSent =>
        _mark == null && !_unmarked && (_standings.Count == 0 || _standings.Peek().Covers > AcknowledgedOffset);

    public CommitOutcome TakeOutcome()
    {
        CommitOutcome outcome = Outcome;
        Outcome = CommitOutcome.None;
        return outcome;
    }

    /// <summary>Begins a step up to the partition's position, if there is anything new.</summary>
    public void Begin(long nextOffset, RedisWriter writer, KafkaOut.Sender kafka)
    {
        if (_stage != Stage.Idle)
        {
            return;
        }

        string next = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{nextOffset} {State.LogTime}");
        if (next == _progress)
        {
            return;
        }

        _next = next;
        (AcknowledgingOffset, _nextLogTime) = (nextOffset, State.LogTime);
        Totals.Begin();
        _written = writer.Now();
        _sentToKafka = kafka.Count;
        _trace = Traces.Progress(State.Name, nextOffset);
        // It ends when Redis has answered, turns later: what happens meanwhile isn't part of it.
        System.Diagnostics.Activity.Current = null;
        _stage = Stage.Begun;
    }

    private long AcknowledgingOffset { get; set; }

    /// <summary>Takes the step further if it can go.</summary>
    public void Advance(RedisWriter writer, KafkaOut.Sender kafka)
    {
        if (_stage != Stage.Begun || !kafka.IsReached(_sentToKafka) || !writer.IsReached(ref _written))
        {
            return;
        }

        Send(writer);
        _stage = Stage.Sent;
    }

    private void Send(RedisWriter writer)
    {
        WriteArguments();
        RespPipe pipe = writer.PipeFor(_progressKey);
        pipe.Begin(3 + 2 + Totals.Sending.Count + _arguments.Count);
        pipe.Argument("EVAL"u8);
        pipe.Argument(Script);
        pipe.Argument(
            Encoding.ASCII.GetBytes(
                (2 + Totals.Sending.Count).ToString(System.Globalization.CultureInfo.InvariantCulture)
            )
        );
        pipe.Argument(_progressKey);
        pipe.Argument(_ownerKey);
        foreach (TotalCell cell in Totals.Sending)
        {
            pipe.Argument(cell.Key);
        }

        pipe.Raw(_arguments.Written);
        pipe.End((reply, isError) => Answered(reply, isError, writer));
    }

    private void Answered(ReadOnlySpan<byte> reply, bool isError, RedisWriter writer)
    {
        if (isError)
        {
            string error = Encoding.UTF8.GetString(reply);
            if (!writer.Passes(error))
            {
                throw new RespException($"Redis refused the counts of {State.Name} for good: {error}");
            }

            _stage = Stage.Begun;
            return;
        }
        _stage = Stage.Idle;
        _trace?.Dispose();
        if (reply.StartsWith("DONE"u8))
        {
            _progress = _next;
            foreach (TotalCell cell in Totals.Sending)
            {
                cell.Renew(_nextLogTime, _renewEveryMs);
            }

            (AcknowledgedOffset, _acknowledgedLogTime) = (AcknowledgingOffset, _nextLogTime);
            Totals.Acknowledge(reply);
            Outcome = CommitOutcome.Done;
        }
        else
        {
            Outcome = reply.SequenceEqual("OWNER"u8) ? CommitOutcome.NotOwner : CommitOutcome.OtherOffset;
        }
    }

    private void WriteArguments()
    {
        _arguments.Clear();
        _arguments.Add(_owner);
        _arguments.Add(Encoding.ASCII.GetBytes(_progress));
        _arguments.Add(Encoding.ASCII.GetBytes(_next));
        _arguments.Add(_ttl);
        foreach (TotalCell cell in Totals.Sending)
        {
            cell.Write(_arguments, cell.IsRenewalDue(_nextLogTime, _renewEveryMs));
        }
    }
}
