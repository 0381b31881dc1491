using StackExchange.Redis;

namespace Engine.Partitions;

/// <summary>Says which results were written last beside a partition's hashes.</summary>
/// <param name="Key">In the partition's slot.</param>
/// <param name="Value">Not empty; another one for each commit.</param>
public readonly record struct ResultsMark(string Key, string Value);

/// <summary>A synchronous commit through StackExchange.Redis. Grammar: <see cref="ProgressCommitter"/>. Call
/// <see cref="Hash"/> for each hash, then <see cref="Send"/>.</summary>
public sealed class DatabaseCommit
{
    private readonly List<RedisKey> _hashes = [];
    private readonly List<RedisValue> _blocks = [];

    /// <param name="renew">Whether to renew the hash's time to live.</param>
    public void Hash(
        string key,
        IReadOnlyCollection<string> deletes,
        IReadOnlyCollection<KeyValuePair<string, long>> increments,
        IReadOnlyCollection<KeyValuePair<string, string>> sets,
        bool renew
    )
    {
        _hashes.Add(key);
        if (deletes.Count > 0)
        {
            _blocks.Add("D");
            _blocks.Add(deletes.Count);
            foreach (string field in deletes)
            {
                _blocks.Add(field);
            }
        }

        _blocks.Add(increments.Count);
        _blocks.Add(sets.Count);
        _blocks.Add(renew ? 1 : 0);
        foreach ((string field, long by) in increments)
        {
            _blocks.Add(field);
            _blocks.Add(by);
        }

        foreach ((string field, string value) in sets)
        {
            _blocks.Add(field);
            _blocks.Add(value);
        }
    }

    /// <summary>Sends the commit and waits for its outcome. Throws <see cref="RedisException"/> or
    /// <see cref="TimeoutException"/> if Redis doesn't answer.</summary>
    /// <param name="covers">The mark of the results that it covers; null if it covers none.</param>
    public CommitOutcome Send(IDatabase redis, ProgressCommitter committer, ResultsMark? covers = null)
    {
        RedisResult answer = redis.ScriptEvaluate(
            ProgressCommitter.Script,
            [
                committer.ProgressKey,
                committer.OwnerKey,
                .. covers is { } mark ? [mark.Key] : (RedisKey[])[],
                .. _hashes,
            ],
            [committer.Token, committer.FromText, committer.ToText, committer.Ttl, covers?.Value ?? "", .. _blocks]
        );
        return committer.Conclude((byte[]?)answer);
    }
}
