using System.Collections.Concurrent;
using Engine.Client;
using Engine.Contracts;
using StackExchange.Redis;

namespace Ingest.Sending;

/// <summary>Paces a producer by the engine's progress: librdkafka's in-process cluster keeps about 5 MiB per partition,
/// and drops unread records beyond that. Reads the progress from the Redis keys
/// <c>progress:&lt;group&gt;:{&lt;topic&gt;-&lt;p&gt;}</c>. One sender calls it; acknowledgements arrive on
/// librdkafka's thread.</summary>
public sealed class ConsumerPace(
    IConnectionMultiplexer redis,
    string group,
    string prefix,
    string topic,
    TimeProvider time,
    Action<string> warn
) : IPace
{
    /// <summary>The maximum number of bytes sent but not yet read. All may be in one partition, which has room for 5
    /// MiB.</summary>
    private const long MaxUnread = 3 * 1024 * 1024;

    /// <summary>The time without progress after which the engine counts as not reading this topic, so that the sender
    /// doesn't wait forever.</summary>
    private static readonly TimeSpan GivenUpAfter = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(10);

    private readonly RedisKeys _keys = new(prefix, group);
    private readonly ConcurrentDictionary<int, long> _firstOffsets = new();
    private long _records,
        _bytes,
        _read;
    private bool _givenUp;

    /// <inheritdoc/>
    public void Acknowledged(Acknowledged where)
    {
        if (where.Topic == topic)
        {
            _firstOffsets.TryAdd(where.Partition, where.Offset);
        }
    }

    /// <inheritdoc/>
    public ValueTask WaitAsync(int bytes, CancellationToken cancel)
    {
        _records++;
        _bytes += bytes;
        return _givenUp || Unread <= MaxUnread ? ValueTask.CompletedTask : Wait(cancel);
    }

    /// <summary>Estimates the unread bytes from the average record length: the number of unread records is known
    /// exactly, their lengths aren't.</summary>
    private double Unread => (_records - _read) * ((double)_bytes / _records);

    private async ValueTask Wait(CancellationToken cancel)
    {
        long since = time.GetTimestamp();
        while (true)
        {
            long read = await LookAsync().ConfigureAwait(false);
            if (read > _read)
            {
                since = time.GetTimestamp();
            }

            _read = read;
            if (Unread <= MaxUnread)
            {
                return;
            }

            if (time.GetElapsedTime(since) > GivenUpAfter)
            {
                _givenUp = true;
                warn(
                    $"The engine has read nothing of {topic} for {GivenUpAfter.TotalSeconds:N0} s: sending continues "
                        + $"without waiting for it."
                );
                return;
            }
            await Task.Delay(LookEvery, time, cancel).ConfigureAwait(false);
        }
    }

    private async Task<long> LookAsync()
    {
        KeyValuePair<int, long>[] partitions = [.. _firstOffsets];
        IDatabase database = redis.GetDatabase();
        // One key per command: in a cluster, each may be in a different slot.
        string?[] progress = await Task.WhenAll(
                partitions.Select(async partition =>
                    (string?)
                        await database
                            .StringGetAsync(_keys.Progress(RedisKeys.Partition(topic, partition.Key)))
                            .ConfigureAwait(false)
                )
            )
            .ConfigureAwait(false);
        long read = 0;
        for (int i = 0; i < partitions.Length; i++)
        {
            if (progress[i] is { } text && long.TryParse(text.AsSpan(0, Math.Max(0, text.IndexOf(' '))), out long next))
            {
                read += Math.Max(0, next - partitions[i].Value);
            }
        }
        return read;
    }
}
