using System.Collections.Immutable;
using System.Globalization;
using Engine.Contracts;
using Engine.Pipeline.Settings;
using Engine.Workflows.Module;
using Engine.Workflows.Priority.Decision;
using Engine.Workflows.Priority.Settings;
using StackExchange.Redis;

namespace Engine.Workflows.Priority.Upkeep;

/// <summary>Maintains the queues of processes outside decisions. A worker takes an instance from its queue and
/// announces it with <c>process-taken</c>. If it dies in between, the instance waits but is in no queue. This upkeep
/// looks for such instances, and puts one back after it was missing for the process's <c>lease_s</c>. It also publishes
/// the shares of workers in force. Runs on the lane's thread; each command uses a single slot.</summary>
/// <param name="timeline">The settings with the definitions of leases and shares.</param>
/// <param name="valueTtl">The time to live of shares, which are rewritten long before.</param>
/// <param name="clock">Paces upkeep, measures how long an instance is missing, and selects the settings in
/// force.</param>
public sealed class QueueUpkeep(RedisKeys keys, SettingsTimeline timeline, TimeSpan valueTtl, TimeProvider clock)
    : IUpkeep
{
    /// <summary>The interval between checks of the queues.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    /// <summary>The interval between checks for changed shares.</summary>
    public static readonly TimeSpan SharesEvery = TimeSpan.FromSeconds(1);

    /// <summary>The number of commands to pipeline.</summary>
    private const int Pipelined = 1000;

    // A former owner that doesn't know of its loss must not put back an instance that the new owner has seen taken or
    // finished, so check the record.
    private const string PutBackScript = """
        local record = redis.call('GET', KEYS[2])
        if record and not string.find(record, '"state":"waiting"', 1, true) then return 0 end
        return redis.call('ZADD', KEYS[1], 'NX', ARGV[1], ARGV[2])
        """;

    private const string SharesScript = """
        redis.call('DEL', KEYS[1])
        for i = 2, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
        if #ARGV > 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
        return 1
        """;

    private readonly Dictionary<(string Process, string Instance), long> _missing = [];
    private long _lookedAt,
        _sharesAt,
        _publishedAt;
    private DecisionSettings? _published;

    public void Run(IDatabase redis, IReadOnlyList<OwnedMemory> owned, SendEvent send)
    {
        if (IsDue(ref _lookedAt, LookEvery))
        {
            LookForMissing(redis, owned);
        }
        // The shares are the same for all owners, so only one publishes them.
        if (owned.Any(run => run.Number == 0) && IsDue(ref _sharesAt, SharesEvery))
        {
            PublishShares(redis);
        }
    }

    /// <summary>The number of instances found missing and not put back yet.</summary>
    public int Missing => _missing.Count;

    private void LookForMissing(IDatabase redis, IReadOnlyList<OwnedMemory> owned)
    {
        Dictionary<(string, string), long> missing = [];
        ProcessDefinitions definitions = DefinitionsIn(InForce());
        long now = clock.GetTimestamp();
        foreach (
            ProcessInstance[] some in owned.SelectMany(run => ((PriorityPartition)run.Memory).Waiting).Chunk(Pipelined)
        )
        {
            Task<double?>[] scores =
            [
                .. some.Select(instance =>
                    redis.SortedSetScoreAsync(keys.Prefix + PriorityKeys.Queue(instance.Process), instance.Name)
                ),
            ];
            Task.WhenAll(scores).GetAwaiter().GetResult();
            List<Task> back = [];
            for (int i = 0; i < some.Length; i++)
            {
                if (scores[i].Result != null)
                {
                    continue;
                }

                long since = missing[(some[i].Process, some[i].Name)] = _missing.GetValueOrDefault(
                    (some[i].Process, some[i].Name),
                    now
                );
                if (clock.GetElapsedTime(since, now).TotalMilliseconds >= definitions.Of(some[i].Process).LeaseMs)
                {
                    back.Add(PutBack(redis, some[i]));
                }
            }
            Task.WhenAll(back).GetAwaiter().GetResult();
        }
        _missing.Clear();
        foreach ((var instance, long since) in missing)
        {
            _missing[instance] = since;
        }
    }

    private Task<RedisResult> PutBack(IDatabase redis, ProcessInstance instance) =>
        redis.ScriptEvaluateAsync(
            PutBackScript,
            [
                keys.Prefix + PriorityKeys.Queue(instance.Process),
                keys.Prefix + PriorityKeys.Record(instance.Process, instance.Name),
            ],
            [instance.Score, instance.Name]
        );

    private void PublishShares(IDatabase redis)
    {
        DecisionSettings inForce = InForce();
        if (ReferenceEquals(inForce, _published) && clock.GetElapsedTime(_publishedAt) < valueTtl / 4)
        {
            return;
        }

        Dictionary<string, ProcessDefinition> defined = Definitions(inForce);
        var writes = defined.Select(process => Write(redis, process.Key, process.Value.SharesInForce)).ToList();
        // A process whose definition was deleted has no shares.
        foreach (
            string gone in timeline
                .Versions.Select(version => version.Others("process"))
                .Distinct<ImmutableSortedDictionary<string, WorkflowSetting>>(ReferenceEqualityComparer.Instance)
                .SelectMany(processes => processes.Keys)
                .Distinct()
                .Where(process => !defined.ContainsKey(process))
        )
        {
            writes.Add(Write(redis, gone, []));
        }

        Task.WhenAll(writes).GetAwaiter().GetResult();
        (_published, _publishedAt) = (inForce, clock.GetTimestamp());
    }

    private Task<RedisResult> Write(IDatabase redis, string process, IEnumerable<KeyValuePair<int, double>> shares)
    {
        List<RedisValue> arguments = [(long)valueTtl.TotalSeconds];
        foreach ((int level, double share) in shares)
        {
            arguments.Add(level);
            arguments.Add(share.ToString("R", CultureInfo.InvariantCulture));
        }
        return redis.ScriptEvaluateAsync(SharesScript, [keys.Prefix + PriorityKeys.Shares(process)], [.. arguments]);
    }

    private DecisionSettings InForce() => timeline.At(clock.GetUtcNow().ToUnixTimeMilliseconds(), out _);

    private static Dictionary<string, ProcessDefinition> Definitions(DecisionSettings settings) =>
        settings
            .Others("process")
            .Values.ToDictionary(
                setting => setting.Id,
                setting => (ProcessDefinition)setting.Value,
                StringComparer.Ordinal
            );

    private static ProcessDefinitions DefinitionsIn(DecisionSettings settings) => new(Definitions(settings), []);

    private bool IsDue(ref long last, TimeSpan every)
    {
        if (last != 0 && clock.GetElapsedTime(last) < every)
        {
            return false;
        }

        last = clock.GetTimestamp();
        return true;
    }
}
