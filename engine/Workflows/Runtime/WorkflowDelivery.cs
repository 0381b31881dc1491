using System.Diagnostics;
using System.Globalization;
using System.Text;
using Engine.Contracts;
using Engine.Partitions;
using Engine.Partitions.Diagnostics;
using Engine.Partitions.Kafka;
using Engine.Workflows.Module;
using StackExchange.Redis;

namespace Engine.Workflows.Runtime;

/// <summary>Writes one partition's results: values and growing records first, then messages to Kafka, and after all of
/// these are acknowledged the counts, the memory and progress in one step (<see cref="ProgressCommitter"/>). Each part
/// may be repeated after a failure: values are the same, a record that carries the offset already stays unchanged, and
/// a commit finds its own progress.</summary>
internal sealed class WorkflowDelivery(
    PartitionLease lease,
    PartitionRun run,
    RedisKeys keys,
    TimeSpan valueTtl,
    TimeSpan totalsTtl
)
{
    private const string RecordScript = """
        local there = redis.call('GET', KEYS[1])
        local at = -1
        if there then at = tonumber(string.match(there, '"at":"[^"]*@(%d+)"') or -1) end
        if tonumber(ARGV[1]) <= at then return 0 end
        if ARGV[3] == '0' then redis.call('SET', KEYS[1], ARGV[2])
        else redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3]) end
        local i = 4
        while ARGV[i] do
          if tonumber(ARGV[i]) > at then
            local set = KEYS[tonumber(ARGV[i + 1])]
            if ARGV[i + 2] == 'A' then redis.call('ZADD', set, ARGV[i + 3], ARGV[i + 4])
            elseif ARGV[i + 2] == 'M' then redis.call('ZADD', set, 'XX', ARGV[i + 3], ARGV[i + 4])
            else redis.call('ZREM', set, ARGV[i + 4]) end
          end
          i = i + 5
        end
        return 1
        """;

    private readonly ProgressCommitter _committer = new(lease, keys, totalsTtl);

    /// <summary>Tells the commit that its Redis has what <see cref="WriteValues"/> wrote.</summary>
    private ResultsMark? _mark;

    /// <summary>Decided results that aren't committed yet.</summary>
    public PendingCommit Pending { get; } = new(keys.State(run.Name), keys.Prefix, run.Counts);

    /// <summary>The offset up to which this owner has committed progress; negative before its first commit.</summary>
    public long CommittedOffset => _committer.Committed?.Offset ?? -1;

    /// <summary>Writes values and records, and publishes channel messages. Throws <see cref="RedisException"/> or
    /// <see cref="TimeoutException"/> if Redis fails.</summary>
    /// <param name="nextOffset">What the commit moves progress to.</param>
    public void WriteValues(IDatabase redis, long nextOffset)
    {
        var tasks = new List<Task>(Pending.Values.Count + Pending.Records.Count + 1);
        foreach ((string key, string json) in Pending.Values)
        {
            tasks.Add(redis.StringSetAsync(key, json, valueTtl));
        }

        foreach ((string key, GrownRecord record) in Pending.Records)
        {
            tasks.Add(Replace(redis, key, record));
        }

        _mark = null;
        if (tasks.Count > 0)
        {
            var mark = new ResultsMark(
                keys.Written(run.Name),
                string.Create(CultureInfo.InvariantCulture, $"{lease.FencingToken} {nextOffset}")
            );
            // Sent last, so whoever has it has all that went to the same master before.
            tasks.Add(redis.StringSetAsync(mark.Key, mark.Value, valueTtl));
            _mark = mark;
        }

        Task.WhenAll(tasks).GetAwaiter().GetResult();
        Task.WhenAll(
                Pending.Published.Select(message =>
                    redis.PublishAsync(RedisChannel.Literal(message.Channel), message.Json)
                )
            )
            .GetAwaiter()
            .GetResult();
    }

    /// <summary>Hands messages to the Kafka client; all are acknowledged when the tracker reaches its count.</summary>
    public void SendOut(KafkaOut kafka, DeliveryTracker sent)
    {
        foreach (Outgoing message in Pending.Out)
        {
            string id = string.Create(CultureInfo.InvariantCulture, $"{run.Name}-{message.Offset}-{message.Number}");
            byte[] key = Encoding.UTF8.GetBytes(message.Key),
                value = Encoding.UTF8.GetBytes(message.Json);
            if (message.Own)
            {
                kafka.SendPrefixed(sent, message.Topic, key, value, id);
            }
            else
            {
                kafka.SendUnprefixed(sent, message.Topic, key, value, id);
            }
        }
        Pending.Out.Clear();
    }

    /// <summary>Commits counts, memory and progress. Nothing is pending after
    /// <see cref="CommitOutcome.Committed"/>.</summary>
    public CommitOutcome Commit(IDatabase redis, long nextOffset)
    {
        using Activity? trace = Traces.Progress(run.Name, nextOffset);
        _committer.Begin(new PartitionProgress(nextOffset, run.LogTime));
        CommitOutcome outcome = Pending.ToCommit().Send(redis, _committer, _mark);
        if (outcome == CommitOutcome.Committed)
        {
            Pending.Clear();
        }

        return outcome;
    }

    private Task<RedisResult> Replace(IDatabase redis, string key, GrownRecord record)
    {
        var setKeys = new List<RedisKey> { key };
        var arguments = new List<RedisValue>
        {
            record.Offset,
            record.Json,
            record.Expires ? (long)valueTtl.TotalSeconds : 0,
        };
        foreach ((long offset, MemberChange member) in record.Members)
        {
            if (!setKeys.Contains(member.Key))
            {
                setKeys.Add(member.Key);
            }

            arguments.Add(offset);
            arguments.Add(setKeys.IndexOf(member.Key) + 1);
            arguments.Add(
                member.How switch
                {
                    MemberMove.Add => "A",
                    MemberMove.MoveWhereThere => "M",
                    _ => "R",
                }
            );
            arguments.Add(member.Score);
            arguments.Add(member.Member);
        }
        return redis.ScriptEvaluateAsync(RecordScript, [.. setKeys], [.. arguments]);
    }
}
