using Engine.CommandLine;
using Engine.Contracts;
using Engine.Partitions.Redis;
using StackExchange.Redis;

namespace Engine.App.Hosting;

/// <summary>The Redis that a group's results go to: whether it is there, and whether it is this group's.</summary>
internal static class GroupRedis
{
    public static RedisTarget Connect(string addresses)
    {
        try
        {
            return RedisTarget.Connect(addresses);
        }
        catch (Exception e)
            when (e is RedisException or ArgumentException or InvalidOperationException or NotSupportedException)
        {
            throw new CommandException(
                $"no Redis at {addresses} ({e.Message.Split('.')[0]}): start one, or name another with --redis H:P."
            );
        }
    }

    /// <summary>Keys belong to one group; another's are refused before anything is written.</summary>
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

    /// <summary>Says so where Redis may throw results away.</summary>
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
            // Garnet and managed servers don't tell; there is nothing to warn of then.
        }
    }
}
