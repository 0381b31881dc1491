using System.Globalization;
using System.Text;
using Engine.Contracts;
using Engine.Partitions;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Settings;
using StackExchange.Redis;

namespace Engine.Pipeline.Deliver;

/// <summary>
/// Writes how far every click of one partition is decided, where plain verdicts aren't written, so that look-ups can
/// tell a plain click from an undecided one, and from one whose verdict has expired. It is part of each commit
/// (<see cref="DecidedFields"/>). Call <see cref="Pass"/> every turn, <see cref="Begin"/> with each commit, and
/// <see cref="Write"/> each time it is sent.
/// </summary>
public sealed class DecidedClicks
{
    /// <summary>New places per time to live of a verdict: so much of it, an eighth, look-ups know less of.</summary>
    private const int PlacesPerTtl = 8;

    /// <summary>Places are kept a while beyond the time to live before others take their names.</summary>
    private const int Places = PlacesPerTtl + 2;

    private static readonly byte[] BeforeName = Encoding.ASCII.GetBytes(DecidedFields.Before),
        LogTimeName = Encoding.ASCII.GetBytes(DecidedFields.LogTime),
        JoinMsName = Encoding.ASCII.GetBytes(DecidedFields.JoinMs);

    private readonly PartitionState _state;
    private readonly byte[] _key;
    private readonly long _ttlMs,
        _periodMs;
    private readonly int _partitions;
    private readonly bool _hasChannel;
    private readonly TimeProvider _clock;

    /// <summary>The verdicts from this offset on are written later than this time.</summary>
    private PartitionProgress _unwritten;
    private long _unwrittenAt;

    private long _placeDue,
        _before,
        _logTime,
        _joinMs;
    private byte[]? _placeName,
        _place;

    /// <param name="partitions">The partitions of <c>interactions</c>.</param>
    /// <param name="taken">Progress at the takeover.</param>
    public DecidedClicks(
        PartitionState state,
        RedisKeys keys,
        DeliverOptions options,
        int partitions,
        PartitionProgress taken,
        TimeProvider clock
    )
    {
        (_state, _clock, _partitions) = (state, clock, partitions);
        _key = Encoding.ASCII.GetBytes(keys.Decided(state.Name));
        _ttlMs = (long)options.VerdictTtl.TotalMilliseconds;
        _periodMs = _ttlMs / PlacesPerTtl;
        _hasChannel = options.VerdictsChannel;
        (_unwritten, _unwrittenAt) = (taken, NowMs);
    }

    /// <summary>How far log time has to pass a click's before it is sure to be decided: by the join deadline, a second
    /// for its way to Kafka, and one for clocks that differ.</summary>
    public long CertainAfterMs => JoinMs + 2 * DecidedFields.OnItsWayMs;

    private long JoinMs => (_state.Settings?.Limits ?? TimeLimits.Default).JoinMs;

    private long NowMs => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Writes what doesn't change, and finds when former owners noted the last place. Call it once, before the
    /// first commit.</summary>
    public void Resume(IDatabase redis)
    {
        string key = Encoding.ASCII.GetString(_key);
        redis.HashSet(key, [new(DecidedFields.Partitions, _partitions), new(DecidedFields.Channel, _hasChannel)]);
        HashEntry[] places =
        [
            .. redis
                .HashGetAll(key, CommandFlags.DemandMaster)
                .Where(field => field.Name.StartsWith(DecidedFields.Place)),
        ];
        long last = places
            .Select(place => long.Parse(place.Value.ToString().Split(' ')[^1], CultureInfo.InvariantCulture))
            .DefaultIfEmpty(0)
            .Max();
        if (last > NowMs + _ttlMs)
        {
            // Verdicts are kept for a shorter time now: the places promise too much.
            redis.HashDelete(key, [.. places.Select(place => place.Name)]);
            last = 0;
        }

        _placeDue = last - _ttlMs + _periodMs;
    }

    /// <summary>Notes the time, as long as nothing has been read since the last commit began.</summary>
    /// <param name="next">The next offset to read.</param>
    public void Pass(long next)
    {
        if (next == _unwritten.Offset)
        {
            _unwrittenAt = NowMs;
        }
    }

    /// <summary>Fixes what a commit says.</summary>
    public void Begin(PartitionProgress to)
    {
        _before = Math.Min(to.Offset, _state.WaitingClicks.FirstOffset(static click => click.JoinDeadline));
        _logTime = to.LogTime;
        _joinMs = JoinMs;
        _place = null;
        if (_unwrittenAt >= _placeDue)
        {
            _placeName = Encoding.ASCII.GetBytes(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{DecidedFields.Place}{_unwrittenAt / Math.Max(_periodMs, 1) % Places}"
                )
            );
            _place = Encoding.ASCII.GetBytes(
                string.Create(CultureInfo.InvariantCulture, $"{_unwritten} {_unwrittenAt + _ttlMs}")
            );
            _placeDue = _unwrittenAt + _periodMs;
        }

        (_unwritten, _unwrittenAt) = (to, NowMs);
    }

    public void Write(PipelinedCommit commit)
    {
        commit.Hash(_key, increments: 0, sets: _place == null ? 3 : 4, renew: false);
        commit.Field(BeforeName, _before);
        commit.Field(LogTimeName, _logTime);
        commit.Field(JoinMsName, _joinMs);
        if (_place != null)
        {
            commit.Field(_placeName, _place);
        }
    }
}
