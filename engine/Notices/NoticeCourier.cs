using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Confluent.Kafka;
using Engine.Client;
using Engine.Contracts;
using Engine.Partitions.Kafka;
using StackExchange.Redis;

namespace Engine.Notices;

/// <summary>Reads <c>notifications</c> as a group of its own, delivers notices, and reports outcomes as events
/// <c>notice-delivery</c>. Several processes share the partitions.</summary>
/// <param name="group">The consumer group.</param>
/// <param name="topic">The topic, with the group's prefix.</param>
/// <param name="say">Writes a line for the operator.</param>
public sealed class NoticeCourier(
    KafkaTarget kafka,
    string group,
    string topic,
    NoticeSenders senders,
    DeliveryClaims claims,
    EventPublisher reports,
    TimeProvider clock,
    Action<string> say
)
{
    /// <summary>How many notices are under way at a time.</summary>
    private const int MaxUnderWay = 256;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100),
        ReportEvery = TimeSpan.FromSeconds(30),
        RetryAfter = TimeSpan.FromSeconds(1),
        FinishWithin = TimeSpan.FromSeconds(20);

    private readonly Dictionary<TopicPartition, OffsetsDone> _partitions = [];
    private long _delivered,
        _failed;
    private int _underWay;

    /// <summary>Delivers until it is stopped, or until nothing has come for a time.</summary>
    /// <param name="untilIdle">After how long without notices to return; null for never.</param>
    public async Task RunAsync(TimeSpan? untilIdle, CancellationToken stop)
    {
        using var end = new CancellationTokenSource();
        using IConsumer<byte[], byte[]> consumer = Consumer();
        consumer.Subscribe(topic);
        // The client's calls block.
        await Task.Run(() => Deliver(consumer, untilIdle, end.Token, stop), CancellationToken.None)
            .ConfigureAwait(false);
        Task all = Task.WhenAll(_partitions.Values.SelectMany(one => one.UnderWay));
        await Task.WhenAny(all, Task.Delay(FinishWithin, clock, CancellationToken.None)).ConfigureAwait(false);
        await end.CancelAsync().ConfigureAwait(false);
        StoreOffsets(consumer);
        consumer.Close();
        say(Summary());
    }

    private void Deliver(
        IConsumer<byte[], byte[]> consumer,
        TimeSpan? untilIdle,
        CancellationToken end,
        CancellationToken stop
    )
    {
        long lastWork = clock.GetTimestamp(),
            lastReport = lastWork;
        while (!stop.IsCancellationRequested && !(clock.GetElapsedTime(lastWork) > untilIdle))
        {
            if (Volatile.Read(ref _underWay) >= MaxUnderWay)
            {
                stop.WaitHandle.WaitOne(Poll);
            }
            else if (Next(consumer) is { } record)
            {
                Begin(record, end);
            }

            StoreOffsets(consumer);
            if (_partitions.Values.Any(one => !one.IsIdle))
            {
                lastWork = clock.GetTimestamp();
            }

            if (clock.GetElapsedTime(lastReport) > ReportEvery)
            {
                lastReport = clock.GetTimestamp();
                say(Summary());
            }
        }
    }

    private string Summary() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Interlocked.Read(ref _delivered)} delivered, {Interlocked.Read(ref _failed)} failed, "
                + $"{Volatile.Read(ref _underWay)} under way"
        );

    private IConsumer<byte[], byte[]> Consumer() => new ConsumerBuilder<byte[], byte[]>(
            kafka.Apply(
                new ConsumerConfig
                {
                    GroupId = group,
                    ClientId = "engine-notify",
                    AutoOffsetReset = AutoOffsetReset.Earliest,
                    EnableAutoOffsetStore = false,
                    TopicMetadataRefreshIntervalMs = (int)KafkaClients.LookForPartitionsEvery.TotalMilliseconds,
                    AllowAutoCreateTopics = false,
                }
            )
        )
            .SetLogHandler((_, _) => { })
            .SetErrorHandler((_, error) => say($"Kafka: {error.Reason}"))
            .SetPartitionsRevokedHandler(Leave)
            .SetPartitionsLostHandler((_, partitions) => Forget(partitions))
            .Build();

    private static ConsumeResult<byte[], byte[]>? Next(IConsumer<byte[], byte[]> consumer)
    {
        try
        {
            return consumer.Consume(Poll);
        }
        catch (ConsumeException e) when (!e.Error.IsFatal)
        {
            // The topic may not be there yet.
            return null;
        }
    }

    private void Begin(ConsumeResult<byte[], byte[]> record, CancellationToken cancel)
    {
        if (!_partitions.TryGetValue(record.TopicPartition, out OffsetsDone? partition))
        {
            _partitions[record.TopicPartition] = partition = new OffsetsDone();
        }

        Notice? notice = record.Message.Value == null ? null : Notice.Read(record.Message.Value);
        partition.Begin(record.Offset.Value, notice == null ? Task.CompletedTask : DeliverAsync(notice, cancel));
    }

    private async Task DeliverAsync(Notice notice, CancellationToken cancel)
    {
        Interlocked.Increment(ref _underWay);
        try
        {
            while (true)
            {
                try
                {
                    await TryDeliverAsync(notice, cancel).ConfigureAwait(false);
                    return;
                }
                catch (Exception e) when (e is RedisException or TimeoutException or NotAcknowledgedException)
                {
                    say($"{notice.Identity}: {e.Message}; trying again");
                    await Task.Delay(RetryAfter, clock, cancel).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    private async Task TryDeliverAsync(Notice notice, CancellationToken cancel)
    {
        Outcome? known = await claims.ClaimAsync(notice, cancel).ConfigureAwait(false);
        Outcome outcome = known ?? await SendAsync(notice, cancel).ConfigureAwait(false);
        if (known == null)
        {
            // Kept before it is reported: a process that dies in between reports it once more, and sends nothing.
            await claims.FinishAsync(notice, outcome).ConfigureAwait(false);
            Interlocked.Increment(ref outcome.IsDelivered ? ref _delivered : ref _failed);
            if (!outcome.IsDelivered)
            {
                say($"{notice.Identity} to {notice.Address}: {outcome.Detail}");
            }
        }

        await reports
            .SendAsync(new OutgoingRecord(Topics.Meetings, notice.Meeting, Report(notice, outcome)), cancel)
            .ConfigureAwait(false);
    }

    private async Task<Outcome> SendAsync(Notice notice, CancellationToken cancel)
    {
        try
        {
            return await senders.SendAsync(notice, cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await claims.ReleaseAsync(notice).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The event of an outcome. Its id follows from the notice, so that it counts once however often it is
    /// sent.</summary>
    private byte[] Report(Notice notice, Outcome outcome)
    {
        var e = new JsonObject
        {
            ["type"] = "notice-delivery",
            ["id"] = "d-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(notice.Identity)))[..32],
            ["time"] = clock.GetUtcNow().ToUnixTimeMilliseconds(),
            ["meeting"] = notice.Meeting,
            ["notice"] = notice.Id,
            ["channel"] = notice.Channel,
            ["outcome"] = outcome.IsDelivered ? "delivered" : "failed",
        };
        if (!outcome.IsDelivered)
        {
            e["detail"] = outcome.Detail;
        }

        return Encoding.UTF8.GetBytes(e.ToJsonString());
    }

    private void StoreOffsets(IConsumer<byte[], byte[]> consumer)
    {
        foreach ((TopicPartition partition, OffsetsDone done) in _partitions)
        {
            if (done.Advance())
            {
                consumer.StoreOffset(new TopicPartitionOffset(partition, done.Next));
            }
        }
    }

    /// <summary>Another process gets partitions: it continues after what is done.</summary>
    private void Leave(IConsumer<byte[], byte[]> consumer, List<TopicPartitionOffset> partitions)
    {
        StoreOffsets(consumer);
        Forget(partitions);
    }

    private void Forget(List<TopicPartitionOffset> partitions)
    {
        foreach (TopicPartitionOffset partition in partitions)
        {
            _partitions.Remove(partition.TopicPartition);
        }
    }
}
