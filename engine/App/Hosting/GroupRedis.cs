using Engine.App.Configuration;
using Engine.CommandLine;
using Engine.Configuration.Connections;
using Engine.Contracts;
using Engine.Partitions.Diagnostics;
using Engine.Partitions.Redis;
using Engine.Pipeline.Settings;
using StackExchange.Redis;

namespace Engine.App.Hosting;

/// <summary>Checks the Redis for the group's results: that it answers, and that it belongs to this group.</summary>
internal static class GroupRedis
{
    private static readonly TimeSpan RetryEvery = TimeSpan.FromSeconds(1);

    public static async Task<RedisTarget> ConnectAsync(RedisServers servers, TimeProvider clock)
    {
        try
        {
            return await RedisTarget.ConnectAsync(servers, clock).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisException or InvalidOperationException or NotSupportedException)
        {
            throw new CommandException(
                $"no Redis at {servers.Hosts} ({e.Message.Split('.')[0]}): start one, or give another with --redis "
                    + "H:P."
            );
        }
    }

    /// <summary>Does something that writes, again and again while Redis is full, loading or otherwise refuses it for a
    /// while, and logs that. Missing rights don't pass by themselves, and are thrown.</summary>
    public static async Task<T> WaitAsync<T>(Func<T> write, TimeProvider clock, ILogger log, CancellationToken cancel)
    {
        for (bool waited = false; ; waited = true)
        {
            try
            {
                T written = write();
                if (waited)
                {
                    log.RedisBack();
                }

                return written;
            }
            catch (RedisServerException e) when (RedisRefusal.IsOfState(e.Message))
            {
                if (!waited)
                {
                    log.RedisAway(e.Message);
                }
            }

            await Task.Delay(RetryEvery, clock, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Keys belong to one group. Refuses those of another group before anything is written.</summary>
    public static void Claim(IDatabase redis, RedisKeys keys)
    {
        redis.StringSet(keys.GroupKey, keys.Group, when: When.NotExists);
        string holder = redis.StringGet(keys.GroupKey).ToString();
        if (holder != keys.Group)
        {
            throw new CommandException(
                $"this Redis holds the results of group '{holder}', not of '{keys.Group}': give this group keys of "
                    + $"its own with --prefix, or run with --group {holder}.",
                ExitCodes.WrongUse
            );
        }
    }

    /// <summary>What Redis keeps of the group for good.</summary>
    public static Dictionary<RedisKey, RedisValue> KeptOf(
        RedisKeys keys,
        SettingsSnapshot settingsBase,
        IReadOnlyList<byte[]> secrets,
        ConfigFile file
    )
    {
        Dictionary<RedisKey, RedisValue> kept = new()
        {
            [keys.GroupKey] = keys.Group,
            [keys.SettingsBase] = settingsBase.ToJson(),
        };
        if (file.SigningKeys.Count == 0)
        {
            kept[keys.SigningKey] = secrets[0];
        }

        return kept;
    }

    /// <summary>Writes again what Redis has lost of it. With another base or secret, later starts would decide
    /// otherwise, and codes in use would be invalid.</summary>
    public static void Keep(IDatabase redis, Dictionary<RedisKey, RedisValue> kept, ILogger log)
    {
        foreach ((RedisKey key, RedisValue value) in kept)
        {
            if (redis.StringSet(key, value, when: When.NotExists))
            {
                log.RedisLostGroup(key.ToString());
            }
        }
    }

    /// <summary>Raises the offset of the last refused setting of which the group has a dead letter; its instances read
    /// the topic each, in order.</summary>
    private const string RaiseRefused = """
        local told = tonumber(redis.call('GET', KEYS[1]) or '-1')
        if tonumber(ARGV[1]) <= told then return 0 end
        redis.call('SET', KEYS[1], ARGV[1])
        return 1
        """;

    /// <summary>Whether no instance of the group has sent a dead letter of a setting before. Without an answer of
    /// Redis, rather two letters than none.</summary>
    public static bool IsFirstToRefuse(IDatabase redis, RedisKeys keys, long offset)
    {
        try
        {
            return (bool)redis.ScriptEvaluate(RaiseRefused, [keys.SettingsRefused], [offset]);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            return true;
        }
    }

    /// <summary>Logs a warning if Redis may evict results.</summary>
    public static void WarnOfEviction(RedisTarget redis, ILogger log)
    {
        try
        {
            RedisResult answer = redis.Redis.GetDatabase().Execute("CONFIG", "GET", "maxmemory-policy");
            string? policy = answer.Length == 2 ? answer[1].ToString() : null;
            if (!string.IsNullOrEmpty(policy) && policy != "noeviction")
            {
                log.RedisEvicts(policy);
            }
        }
        catch (Exception e) when (e is RedisException or RedisCommandException)
        {
            // Garnet and managed servers don't report the policy, so there is nothing to warn about.
        }
    }
}
