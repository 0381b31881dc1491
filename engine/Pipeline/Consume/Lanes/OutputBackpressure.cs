using Engine.Partitions;
using Engine.Partitions.Diagnostics;
using Engine.Partitions.Redis;

namespace Engine.Pipeline.Consume.Lanes;

/// <summary>Stops a lane from reading while Redis is slower than Kafka, or has temporarily rejected commands, or Kafka
/// refuses what the lane sends. Commands that Redis rejected are repeated first: a later result under the same key must
/// not overtake them.</summary>
/// <param name="publish">Publishes the lane's status; called about once a second while reading is stopped.</param>
internal sealed class OutputBackpressure(
    EngineContext context,
    RedisWriter redis,
    LaneReader reader,
    LaneThread lane,
    Action publish
)
{
    private const int CommandTimeoutMs = 5;

    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(2);

    /// <summary>How long reading may stop before Kafka's partitions are paused and assignments are served.</summary>
    private static readonly TimeSpan PauseAfter = TimeSpan.FromSeconds(1);

    private bool _redisAway;

    /// <summary>Returns at once if Redis and Kafka keep up; otherwise waits until they have caught up.</summary>
    public void Wait()
    {
        if (redis.BytesUnderWay <= context.Consume.MaxBytesUnderWay && !redis.HasRefused && !context.Kafka.IsCongested)
        {
            return;
        }

        long since = context.Clock.GetTimestamp(),
            publishedAt = since;
        bool paused = false,
            rejected = redis.HasRefused;
        while (
            (
                redis.BytesUnderWay > context.Consume.MaxBytesUnderWay / 2
                || (rejected && !redis.IsIdle)
                || context.Kafka.IsCongested
            )
            && lane.Failure == null
        )
        {
            // Waiting for replies would wake this thread every few replies; Redis needs longer than this pause for half
            // of the bytes in flight.
            if (lane.IsStopping)
            {
                redis.Wait(CommandTimeoutMs);
            }
            else
            {
                lane.Pause(PollEvery);
            }

            redis.Poll();
            if (lane.IsStopping && (redis.Down != null || redis.HasRefused || context.Kafka.IsCongested))
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
            LogChange();
            if (context.Clock.GetElapsedTime(publishedAt) >= PauseAfter)
            {
                publishedAt = context.Clock.GetTimestamp();
                publish();
            }
        }
        if (!paused)
        {
            return;
        }

        reader.Resume();
        LogChange();
    }

    /// <summary>Logs once that Redis is unavailable or refuses results, and once that it takes them again.</summary>
    public void LogChange()
    {
        string? trouble = redis.Trouble;
        if (trouble != null == _redisAway)
        {
            return;
        }

        _redisAway = trouble != null;
        if (_redisAway)
        {
            context.Log.RedisAway(trouble!);
        }
        else
        {
            context.Log.RedisBack();
        }
    }
}
