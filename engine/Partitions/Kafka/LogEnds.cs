using Confluent.Kafka;
using Engine.Contracts;
using Engine.Partitions.Redis;

namespace Engine.Partitions.Kafka;

/// <summary>Tells whether partitions that this process doesn't own are decided to their ends by other instances,
/// according to their progress. The partition of a dead owner has no owner until the session ends; until then its log
/// isn't at its end.</summary>
public sealed class LogEndOffsets : IDisposable
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5),
        AskEvery = TimeSpan.FromSeconds(1);

    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly RedisTarget _redis;
    private readonly RedisKeys _keys;
    private readonly TimeProvider _clock;
    private long _askedAt;

    public LogEndOffsets(KafkaTarget kafka, RedisTarget redis, RedisKeys keys, TimeProvider clock)
    {
        (_redis, _keys, _clock) = (redis, keys, clock);
        _consumer = KafkaClients.Reader(kafka);
        Partitions = CountPartitions();
    }

    /// <summary>The number of partitions of the clicks, as of the last check.</summary>
    public int Partitions { get; private set; }

    /// <summary>Whether progress has reached the log's end in every partition not owned here. Checks at most once a
    /// second, and returns false in between.</summary>
    /// <param name="owned">The names of the partitions that this process owns.</param>
    public bool AreReachedBeyond(IReadOnlySet<string> owned)
    {
        if (owned.Count == Partitions)
        {
            return true;
        }

        if (_askedAt != 0 && _clock.GetElapsedTime(_askedAt) < AskEvery)
        {
            return false;
        }

        _askedAt = _clock.GetTimestamp();
        Partitions = CountPartitions();
        for (int i = 0; i < Partitions; i++)
        {
            string name = RedisKeys.Partition(Topics.Interactions, i);
            if (owned.Contains(name))
            {
                continue;
            }

            WatermarkOffsets ends = KafkaClients.Ends(
                _consumer,
                new TopicPartition(Topics.Interactions, i),
                AnswerWithin,
                _clock
            );
            string progress = _redis.Redis.GetDatabase().StringGet(_keys.Progress(name)).ToString();
            bool reached = long.TryParse(progress.Split(' ')[0], out long next) && next >= ends.High.Value;
            if (!reached && ends.High.Value > ends.Low.Value)
            {
                return false;
            }
        }
        return true;
    }

    private int CountPartitions() => KafkaClients.Partitions(_consumer, Topics.Interactions, AnswerWithin, _clock);

    public void Dispose() => _consumer.Dispose();
}
