using System.Collections.Concurrent;
using Engine.Client;
using Engine.Contracts;
using StackExchange.Redis;

namespace Ingest.Sending;

/// <summary>
/// Paces a producer by the engine that reads: librdkafka's in-process cluster keeps about 5 MiB a partition, and what
/// an unread record is pushed out by is lost. How far the engine is stands in Redis under
/// <c>progress:&lt;group&gt;:{&lt;topic&gt;-&lt;p&gt;}</c>. Called by one sender; acknowledgements come from
/// librdkafka's thread.
/// </summary>
public sealed class ConsumerPace(
    IConnectionMultiplexer redis,
    string group,
    string prefix,
    string topic,
    TimeProvider time,
    Action<string> warn
) : IPace
{
    /// <summary>
    /// The most bytes sent and not read yet. All of them may lie in one partition, and 5 MiB is the whole room there.
    /// </summary>
    private const long MaxUnread = 3 * 1024 * 1024;

    /// <summary>
    /// An engine that moves nothing for so long isn't reading this topic; waiting on would be for ever.
    /// </summary>
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

    /// <summary>
    /// Unread records are taken to be as long as the average: their number is known exactly, their lengths aren't.
    /// </summary>
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
                    $"The engine has read nothing of {topic} for {GivenUpAfter.TotalSeconds:N0} s: sending on "
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
        // One key a command: on a cluster each may lie in another slot.
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
