using System.Diagnostics;
using System.Text;
using Engine.Contracts;
using Engine.Partitions;
using Engine.Partitions.Diagnostics;
using Engine.Partitions.Kafka;
using Engine.Partitions.Redis;
using Engine.Pipeline.Clicks;
using Engine.Primitives;

namespace Engine.Pipeline.Deliver;

/// <summary>Commits one partition's totals together with the progress that covers them. A commit is begun (its contents
/// are fixed), then sent (once all verdicts and messages that it covers are acknowledged), then answered. There is one
/// commit at a time; meanwhile, the next one's totals accumulate. Sending a commit twice changes nothing, as it finds
/// its own progress in Redis. Call <see cref="Begin"/> when a commit is due, <see cref="Advance"/> every turn, then
/// <see cref="TakeOutcome"/>.</summary>
public sealed class PartitionCommitter
{
    /// <summary>A total's TTL is renewed when it changes, but at most once per this many ms of log time, or per a
    /// thousandth of the TTL if that is less. EXPIRE was a fifth of a commit's commands.</summary>
    private const long MaxRenewEveryMs = 60_000;

    private readonly ProgressCommitter _committer;
    private readonly PipelinedCommit _commit = new();
    private readonly long _renewEveryMs,
        _replaced;
    private RedisWriter.Mark _written;
    private long _sentToKafka;
    private Stage _stage;
    private CommitOutcome _outcome;
    private Activity? _trace;

    private enum Stage : byte
    {
        Idle,
        Begun,
        Sent,
    }

    /// <param name="replaced"><see cref="RedisWriter.Replaced"/> as of the takeover.</param>
    public PartitionCommitter(
        PartitionState state,
        PartitionLease lease,
        RedisKeys keys,
        KeyedHash hash,
        TimeSpan totalsTtl,
        long replaced
    )
    {
        (State, _replaced) = (state, replaced);
        _committer = new ProgressCommitter(lease, keys, totalsTtl);
        _renewEveryMs = Math.Min(MaxRenewEveryMs, (long)totalsTtl.TotalSeconds);
        Totals = new Totals(hash, keys, state.Name);
        Standings = new StandingsOutbox(state.Name);
    }

    public PartitionState State { get; }

    public Totals Totals { get; }

    public StandingsOutbox Standings { get; }

    /// <summary>Tells look-ups how far clicks are decided; null where all verdicts are written.</summary>
    public DecidedClicks? Decided { get; init; }

    public bool IsIdle => _stage == Stage.Idle;

    /// <summary>The offset up to which this owner has committed progress; negative before its first commit.</summary>
    public long CommittedOffset => _committer.Committed?.Offset ?? -1;

    /// <summary>Returns the outcome of the last commit, once, for the lane to act on.</summary>
    public CommitOutcome TakeOutcome()
    {
        CommitOutcome outcome = _outcome;
        _outcome = CommitOutcome.None;
        return outcome;
    }

    /// <summary>Begins a commit up to an offset, unless one is in progress or nothing is new.</summary>
    public void Begin(long nextOffset, RedisWriter writer, DeliveryTracker kafka)
    {
        if (_stage != Stage.Idle || !_committer.Begin(new PartitionProgress(nextOffset, State.LogTime)))
        {
            return;
        }

        Totals.Begin();
        Decided?.Begin(_committer.To);
        _written = writer.Now();
        _sentToKafka = kafka.Count;
        _trace = Traces.Progress(State.Name, nextOffset);
        // The span ends when Redis answers, some turns later. Other work until then isn't part of it.
        Activity.Current = null;
        _stage = Stage.Begun;
    }

    /// <summary>Sends the commit once everything that it covers is acknowledged. Ends it with
    /// <see cref="CommitOutcome.MasterReplaced"/> if who acknowledged may have been replaced.</summary>
    public void Advance(RedisWriter writer, DeliveryTracker kafka)
    {
        if (_stage == Stage.Begun && writer.Replaced != _replaced)
        {
            End(CommitOutcome.MasterReplaced);
            return;
        }

        if (
            _stage != Stage.Begun
            || writer.ScriptsPause
            || !kafka.IsReached(_sentToKafka)
            || !writer.IsReached(ref _written)
        )
        {
            return;
        }

        _commit.Clear();
        foreach (TotalCell cell in Totals.Sending)
        {
            cell.Write(_commit, cell.Ttl.IsDue(_committer.To.LogTime, _renewEveryMs));
        }

        foreach (DaySums day in Totals.SendingDays)
        {
            day.Write(_commit, day.Ttl.IsDue(_committer.To.LogTime, _renewEveryMs));
        }

        Decided?.Write(_commit);
        _commit.Send(writer.PipeFor(_committer.ProgressKey), _committer, (answer, isError) =>
            Answered(answer, isError, writer)
        );
        _stage = Stage.Sent;
    }

    private void Answered(ReadOnlySpan<byte> answer, bool isError, RedisWriter writer)
    {
        if (isError)
        {
            string error = Encoding.UTF8.GetString(answer);
            if (!writer.ScriptPasses(error))
            {
                throw new RespException($"Redis rejected the totals of {State.Name}: {error}");
            }

            _stage = Stage.Begun;
            return;
        }

        End(_committer.Conclude(answer));
        if (_outcome != CommitOutcome.Committed)
        {
            return;
        }

        (long offset, long logTime) = _committer.To;
        foreach (TotalCell cell in Totals.Sending)
        {
            cell.Ttl.Acknowledge(logTime, _renewEveryMs);
        }

        foreach (DaySums day in Totals.SendingDays)
        {
            day.Ttl.Acknowledge(logTime, _renewEveryMs);
        }

        Standings.Committed(offset, logTime);
        Totals.Acknowledge(answer);
    }

    private void End(CommitOutcome outcome)
    {
        (_stage, _outcome) = (Stage.Idle, outcome);
        _trace?.Dispose();
    }
}
