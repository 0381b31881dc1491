using System.Globalization;
using System.Text;
using Engine.Contracts;
using Engine.Partitions;
using Engine.Partitions.Diagnostics;
using Engine.Partitions.Kafka;
using Engine.Pipeline.Deliver;
using Engine.Workflows.Module;
using StackExchange.Redis;

namespace Engine.Workflows.Runtime;

/// <summary>
/// Writes one partition's results: values and growing records, then what goes to Kafka, and when all of it is
/// acknowledged the counts, the memory and progress in one step, guarded by <c>owner</c> and by the progress that it
/// starts from. Each part may be written again after a failure: values are the same, a record that carries the offset
/// already stays as it is, and a step finds its own progress there.
/// </summary>
internal sealed class WorkflowDelivery(
    PartitionClaim claim,
    PartitionRun run,
    RedisKeys keys,
    TimeSpan valueTtl,
    TimeSpan totalsTtl
)
{
    private const string StepScript = """
        if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 'OWNER' end
        local now = redis.call('GET', KEYS[1]) or ''
        if now == ARGV[3] then return 'DONE' end
        if now ~= ARGV[2] then return 'OFFSET' end
        local at = 5
        for k = 3, #KEYS do
          local expires, fields = ARGV[at], tonumber(ARGV[at + 1])
          at = at + 2
          for i = 1, fields do
            local how = ARGV[at]
            if how == 'I' then redis.call('HINCRBY', KEYS[k], ARGV[at + 1], ARGV[at + 2])
            elseif how == 'S' then redis.call('HSET', KEYS[k], ARGV[at + 1], ARGV[at + 2])
            else redis.call('HDEL', KEYS[k], ARGV[at + 1]) end
            at = at + 3
          end
          if expires == '1' then redis.call('EXPIRE', KEYS[k], ARGV[4]) end
        end
        redis.call('SET', KEYS[1], ARGV[3])
        return 'DONE'
        """;

    private const string RecordScript = """
        local there = redis.call('GET', KEYS[1])
        local at = -1
        if there then at = tonumber(string.match(there, '"at":"[^"]*@(%d+)"') or -1) end
        if tonumber(ARGV[1]) <= at then return 0 end
        redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
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

    private readonly string _state = keys.State(run.Name);
    private string _progress = claim.Progress;

    public StepBuffer Results { get; } = new(keys.State(run.Name), keys.Prefix, run.Counts);

    /// <summary>
    /// Writes values and records, and says what is to be said; throws <see cref="RedisException"/> or
    /// <see cref="TimeoutException"/> where Redis doesn't take it.
    /// </summary>
    public void WriteValues(IDatabase redis)
    {
        var tasks = new List<Task>(Results.Values.Count + Results.Records.Count + Results.Published.Count);
        foreach ((string key, string json) in Results.Values)
        {
            tasks.Add(redis.StringSetAsync(key, json, valueTtl));
        }

        foreach ((string key, GrownRecord record) in Results.Records)
        {
            tasks.Add(Replace(redis, key, record));
        }

        Task.WhenAll(tasks).GetAwaiter().GetResult();
        Task.WhenAll(
                Results.Published.Select(message =>
                    redis.PublishAsync(RedisChannel.Literal(message.Channel), message.Json)
                )
            )
            .GetAwaiter()
            .GetResult();
    }

    /// <summary>Hands what goes to Kafka to its client; acknowledged when the sender's count is reached.</summary>
    public void SendOut(KafkaOut kafka, KafkaOut.Sender sender)
    {
        foreach (Outgoing message in Results.Out)
        {
            string id = string.Create(CultureInfo.InvariantCulture, $"{run.Name}-{message.Offset}-{message.Number}");
            byte[] key = Encoding.UTF8.GetBytes(message.Key),
                value = Encoding.UTF8.GetBytes(message.Json);
            if (message.Own)
            {
                kafka.SendOwn(sender, message.Topic, key, value, id);
            }
            else
            {
                kafka.SendShared(sender, message.Topic, key, value, id);
            }
        }
        Results.Out.Clear();
    }

    /// <summary>
    /// Moves counts, memory and progress; the buffer is empty after <see cref="CommitOutcome.Done"/>.
    /// </summary>
    public CommitOutcome Commit(IDatabase redis, long nextOffset, long logTime)
    {
        string next = string.Create(CultureInfo.InvariantCulture, $"{nextOffset} {logTime}");
        var stepKeys = new List<RedisKey> { keys.Progress(run.Name), keys.Owner(run.Name) };
        var arguments = new List<RedisValue> { claim.Owner, _progress, next, (long)totalsTtl.TotalSeconds };
        foreach ((string key, Dictionary<string, FieldChange> fields) in Results.Hashes)
        {
            stepKeys.Add(key);
            arguments.Add(key == _state ? 0 : 1);
            arguments.Add(fields.Count);
            foreach ((string field, FieldChange change) in fields)
            {
                arguments.Add(change.How.ToString());
                arguments.Add(field);
                arguments.Add(change.How == FieldChange.Increment ? change.By : change.Value);
            }
        }
        using System.Diagnostics.Activity? trace = Traces.Progress(run.Name, nextOffset);
        string answer = redis.ScriptEvaluate(StepScript, [.. stepKeys], [.. arguments]).ToString();
        if (answer != "DONE")
        {
            return answer == "OWNER" ? CommitOutcome.NotOwner : CommitOutcome.OtherOffset;
        }

        _progress = next;
        Results.Clear();
        return CommitOutcome.Done;
    }

    private Task<RedisResult> Replace(IDatabase redis, string key, GrownRecord record)
    {
        var setKeys = new List<RedisKey> { key };
        var arguments = new List<RedisValue> { record.Offset, record.Json, (long)valueTtl.TotalSeconds };
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
