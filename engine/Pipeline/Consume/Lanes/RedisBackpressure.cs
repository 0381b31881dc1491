using Engine.Partitions;
using Engine.Partitions.Diagnostics;
using Engine.Partitions.Redis;

namespace Engine.Pipeline.Consume.Lanes;

/// <summary>
/// Keeps a lane from reading while Redis is slower than Kafka, or has refused something for now. What was refused is
/// taken first: a later result under the same key must not come before it.
/// </summary>
internal sealed class RedisBackpressure(EngineContext context, RedisWriter redis, LaneReader reader, LaneThread lane)
{
    private const int CommandTimeoutMs = 5;

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(2);

    /// <summary>How long nothing is read before Kafka is told so, and assignments are served.</summary>
    private static readonly TimeSpan PauseAfter = TimeSpan.FromSeconds(1);

    private bool _redisAway;

    /// <summary>Returns at once where Redis keeps up; else waits until it has caught up.</summary>
    public void Wait()
    {
        if (redis.BytesUnderWay <= context.Consume.MaxBytesUnderWay && !redis.HasRefused)
        {
            return;
        }

        long since = context.Clock.GetTimestamp();
        bool paused = false,
            refused = redis.HasRefused;
        while (
            (redis.BytesUnderWay > context.Consume.MaxBytesUnderWay / 2 || (refused && !redis.IsIdle))
            && lane.Failure == null
        )
        {
            // Waiting for replies would wake this thread for every few of them; half of what is under way takes Redis
            // longer than this.
            if (lane.IsStopping)
            {
                redis.Wait(CommandTimeoutMs);
            }
            else
            {
                lane.Pause(LookEvery);
            }

            redis.Poll();
            if (lane.IsStopping && (redis.Down != null || redis.HasRefused))
            {
                return;
            }

            if (context.Clock.GetElapsedTime(since) < PauseAfter)
            {
                continue;
            }

            if (!paused)
            {
                reader.Pause();
                paused = true;
            }

            reader.ServeAssignments();
            Tell();
        }
        if (!paused)
        {
            return;
        }

        reader.Resume();
        Tell();
    }

    /// <summary>Says once that Redis is away, and once that it is back.</summary>
    public void Tell()
    {
        string? down = redis.Down;
        if (down != null == _redisAway)
        {
            return;
        }

        _redisAway = down != null;
        if (_redisAway)
        {
            context.Log.RedisAway(down!);
        }
        else
        {
            context.Log.RedisBack();
        }
    }
}
