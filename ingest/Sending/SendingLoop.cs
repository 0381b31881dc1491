using Engine.Client;
using Engine.CommandLine;

namespace Ingest.Sending;

/// <summary>Makes a sender wait until there is room for more, in addition to the producer's own limits.</summary>
public interface IPace
{
    /// <summary>Waits until a record of a size in bytes may be sent.</summary>
    ValueTask WaitAsync(int bytes, CancellationToken cancel);

    /// <summary>Receives the place of each acknowledged record, on librdkafka's thread.</summary>
    void Acknowledged(Acknowledged where);
}

/// <summary>Sends a stream of records in order, either as fast as the broker accepts them or in step with the events'
/// times, and counts them. Replay and generate share it.</summary>
public sealed class SendingLoop(
    EventPublisher publisher,
    Speed speed,
    TimeProvider time,
    IPace? pace,
    ProgressLine? progress,
    long total
)
{
    /// <summary>The minimum wait for a timer, in ms; shorter waits aren't worth one.</summary>
    private const double MinWaitMs = 2;

    private readonly long _start = time.GetTimestamp();
    private long? _firstMs;

    /// <summary>The number of records passed to the producer.</summary>
    public long Sent { get; private set; }

    /// <summary>Sends a record when its time has come.</summary>
    /// <param name="timeMs">The event's time, which determines when to send it.</param>
    public async ValueTask SendAsync(OutgoingRecord record, long timeMs, CancellationToken cancel)
    {
        _firstMs ??= timeMs;
        if (!speed.IsMax)
        {
            double due = (timeMs - _firstMs.Value) / speed.Factor;
            for (double left; (left = due - time.GetElapsedTime(_start).TotalMilliseconds) > MinWaitMs;)
            {
                progress?.Tell(Sent, total);
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(left, 1000)), time, cancel).ConfigureAwait(false);
            }
        }
        if (pace is not null)
        {
            await pace.WaitAsync(record.Value.Length, cancel).ConfigureAwait(false);
        }

        await publisher.EnqueueAsync(record, pace is null ? null : pace.Acknowledged, cancel).ConfigureAwait(false);
        Sent++;
        if ((Sent & 255) == 0 || !speed.IsMax)
        {
            progress?.Tell(Sent, total);
        }

        if (publisher.FailedCount > 0)
        {
            throw Failure();
        }
    }

    /// <summary>Waits until all records are acknowledged.</summary>
    public async Task FinishAsync(CancellationToken cancel)
    {
        await publisher.DrainAsync(cancel).ConfigureAwait(false);
        if (publisher.FailedCount > 0)
        {
            throw Failure();
        }
    }

    private CommandException Failure() =>
        new(
            $"Kafka didn't accept {publisher.FailedCount:N0} events and accepted {publisher.AcknowledgedCount:N0}: "
                + $"{publisher.LastFailure}. Is the address right?"
        );
}
