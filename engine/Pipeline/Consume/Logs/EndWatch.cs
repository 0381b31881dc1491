using System.Runtime.CompilerServices;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Engine.Pipeline.Consume.Logs;

/// <summary>Knows how recently a follower had read its topic to the end. Asks for the ends about twice a second, with
/// one request for all partitions. <see cref="Look"/> is called by the follower's thread, <see cref="Age"/> from any
/// thread.</summary>
internal sealed class EndWatch : IDisposable
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(400),
        AnswerWithin = TimeSpan.FromSeconds(5);

    private readonly IAdminClient _admin;
    private readonly string _topic;
    private readonly TimeProvider _clock;
    private Task<ListOffsetsResult>? _asked;
    private ListOffsetsResult? _ends;
    private long _askedAt,
        _freshAt;

    public EndWatch(Handle handle, string topic, TimeProvider clock) =>
        (_admin, _topic, _clock) = (new DependentAdminClientBuilder(handle).Build(), topic, clock);

    /// <summary>The time since everything that was in the topic is known to have been processed.</summary>
    public TimeSpan Age =>
        Volatile.Read(ref _freshAt) is var at and not 0 ? _clock.GetElapsedTime(at) : TimeSpan.MaxValue;

    /// <summary>Compares what was processed with the ends as of the last question, and asks again when it is time.
    /// Never blocks.</summary>
    /// <param name="next">Of each partition, the first offset that isn't processed yet.</param>
    public void Look(StrongBox<long>[] next)
    {
        if (_asked is { IsCompleted: true })
        {
            // A broker that doesn't answer leaves the topic stale, which is what readers must know.
            _ends = _asked.IsCompletedSuccessfully ? _asked.Result : null;
            _ = _asked.Exception;
            _asked = null;
        }

        if (_ends != null && _ends.ResultInfos.All(end => IsReached(end.TopicPartitionOffsetError, next)))
        {
            Volatile.Write(ref _freshAt, _askedAt);
            _ends = null;
        }

        // Ends that are never reached belong to a log that was made anew.
        if (_ends != null && _clock.GetElapsedTime(_askedAt) > AnswerWithin)
        {
            _ends = null;
        }

        if (_asked == null && _ends == null && (_askedAt == 0 || _clock.GetElapsedTime(_askedAt) >= AskEvery))
        {
            _askedAt = _clock.GetTimestamp();
            _asked = _admin.ListOffsetsAsync(
                next.Select((_, partition) => Latest(partition)),
                new ListOffsetsOptions { RequestTimeout = AnswerWithin }
            );
        }
    }

    private TopicPartitionOffsetSpec Latest(int partition) =>
        new() { TopicPartition = new TopicPartition(_topic, partition), OffsetSpec = OffsetSpec.Latest() };

    private static bool IsReached(TopicPartitionOffsetError end, StrongBox<long>[] next) =>
        !end.Error.IsError && next[end.Partition.Value].Value >= end.Offset.Value;

    public void Dispose() => _admin.Dispose();
}
