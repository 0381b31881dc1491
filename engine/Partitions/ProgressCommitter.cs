using System.Globalization;
using System.Text;
using Engine.Contracts;

namespace Engine.Partitions;

/// <summary>The outcome of a commit.</summary>
public enum CommitOutcome : byte
{
    None,

    /// <summary>All of it is in Redis, from this attempt or an earlier one.</summary>
    Committed,

    /// <summary>Another owner holds a newer fencing token. Nothing was written.</summary>
    Fenced,

    /// <summary>Progress isn't where this owner left it. Nothing was written.</summary>
    ProgressMoved,

    /// <summary>Redis doesn't have the results that the commit covers: another master answered for them. Nothing was
    /// written; write the results again, then commit.</summary>
    ResultsMissing,

    /// <summary>A master of Redis was replaced, and may have lost results that it acknowledged and that the commit
    /// would cover. Nothing was sent.</summary>
    MasterReplaced,
}

/// <summary>
/// Commits one partition's counts and progress in one atomic step. Redis accepts a commit only from the owner of the
/// current fencing token, and only if progress is where the commit starts, so each event counts once, even if a
/// commit is sent twice or too late. Call <see cref="Begin"/>, then send the commit with <see cref="PipelinedCommit"/>
/// or <see cref="DatabaseCommit"/> until it is answered, then <see cref="Conclude"/>. One commit at a time.
/// </summary>
/// <remarks>
/// The grammar of a commit, which both transports write:
/// <code>
/// KEYS    progress owner written? hash*
/// ARGV    token from to ttl mark block*               one block per hash, in the order of KEYS
/// block   ("D" n field^n)? increments sets renew (field amount)^increments (field value)^sets
/// </code>
/// <c>from</c> and <c>to</c> are values of <c>progress</c>, <c>ttl</c> is in seconds, <c>renew</c> is 1 to renew the
/// hash's time to live, else 0. A <c>mark</c> that isn't empty must be the value of <c>written</c>, set after all other
/// results: a replica that became master has it only if it has these, too. The answer is <c>DONE sum*</c> with the sums
/// of all increments in order, <c>DONE</c> alone if the commit was done before, <c>OWNER</c>, <c>OFFSET</c> or
/// <c>RESULTS</c>.
/// </remarks>
public sealed class ProgressCommitter
{
    // HSET takes at most 1,000 fields at a time, as unpack puts them on Lua's stack of 8,000 values. Locals are faster
    // than globals, which matters with some hundred totals.
    public const string Script = """
        if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 'OWNER' end
        local now = redis.call('GET', KEYS[1]) or ''
        if now == ARGV[3] then return 'DONE' end
        if now ~= ARGV[2] then return 'OFFSET' end
        local at, sums, first = 6, {'DONE'}, 3
        local keys, args, call = KEYS, ARGV, redis.call
        if args[5] ~= '' then
          if call('GET', keys[3]) ~= args[5] then return 'RESULTS' end
          first = 4
        end
        for k = first, #keys do
          local hash = keys[k]
          if args[at] == 'D' then
            local deletes = tonumber(args[at + 1])
            for i = at + 2, at + 1 + deletes do call('HDEL', hash, args[i]) end
            at = at + 2 + deletes
          end
          local increments, sets, renew = tonumber(args[at]), tonumber(args[at + 1]), args[at + 2]
          at = at + 3
          for i = 1, increments do
            sums[#sums + 1] = string.format('%.0f', call('HINCRBY', hash, args[at], args[at + 1]))
            at = at + 2
          end
          while sets > 0 do
            local some = sets < 1000 and sets or 1000
            call('HSET', hash, unpack(args, at, at + 2 * some - 1))
            at, sets = at + 2 * some, sets - some
          end
          if renew == '1' then call('EXPIRE', hash, args[4]) end
        end
        redis.call('SET', KEYS[1], ARGV[3])
        return table.concat(sums, ' ')
        """;

    private string _from;

    /// <param name="hashTtl">The time to live of a hash after a renewal.</param>
    public ProgressCommitter(PartitionLease lease, RedisKeys keys, TimeSpan hashTtl)
    {
        _from = lease.Progress;
        ProgressKey = Encoding.ASCII.GetBytes(keys.Progress(lease.Name));
        OwnerKey = Encoding.ASCII.GetBytes(keys.Owner(lease.Name));
        Token = Number(lease.FencingToken);
        Ttl = Number((long)hashTtl.TotalSeconds);
    }

    /// <summary>The latest acknowledged progress; null before the first commit.</summary>
    public PartitionProgress? Committed { get; private set; }

    /// <summary>The progress that the commit moves to.</summary>
    public PartitionProgress To { get; private set; }

    /// <summary>The key of progress, whose slot all of the partition's hashes share.</summary>
    public byte[] ProgressKey { get; }
    internal byte[] OwnerKey { get; }
    internal byte[] Token { get; }
    internal byte[] Ttl { get; }
    internal byte[] FromText => Encoding.ASCII.GetBytes(_from);
    internal byte[] ToText => Encoding.ASCII.GetBytes(To.ToString());

    /// <summary>Begins a commit. Returns false if progress is already there.</summary>
    public bool Begin(PartitionProgress to)
    {
        if (to.ToString() == _from)
        {
            return false;
        }

        To = to;
        return true;
    }

    /// <summary>Handles Redis's answer. The next commit starts where this one ended.</summary>
    public CommitOutcome Conclude(ReadOnlySpan<byte> answer)
    {
        if (!answer.StartsWith("DONE"u8))
        {
            return answer.SequenceEqual("OWNER"u8) ? CommitOutcome.Fenced
                : answer.SequenceEqual("RESULTS"u8) ? CommitOutcome.ResultsMissing
                : CommitOutcome.ProgressMoved;
        }

        (_from, Committed) = (To.ToString(), To);
        return CommitOutcome.Committed;
    }

    private static byte[] Number(long value) => Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture));
}
