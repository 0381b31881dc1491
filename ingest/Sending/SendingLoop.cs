using Engine.Client;
using Engine.CommandLine;

namespace Ingest.Sending;

/// <summary>Lets whoever sends wait until there is room for more, beyond what the producer itself bounds.</summary>
public interface IPace
{
    /// <summary>Waits until a record of so many bytes may go out to a topic.</summary>
    ValueTask WaitAsync(int bytes, CancellationToken cancel);

    /// <summary>Is told where each record lies, on librdkafka's thread.</summary>
    void Acknowledged(Acknowledged where);
}

/// <summary>
/// Sends a stream of records in order, as fast as the broker takes them or in step with the events' times, and counts.
/// What replay and generate have in common.
/// </summary>
public sealed class SendingLoop(
    EventPublisher publisher,
    Speed speed,
    TimeProvider time,
    IPace? pace,
    ProgressLine? progress,
    long total
)
{
    /// <summary>Waits shorter than this aren't worth a timer.</summary>
    private const double MinWaitMs = 2;

    private readonly long _start = time.GetTimestamp();
    private long? _firstMs;

    /// <summary>Records handed to the producer so far.</summary>
    public long Sent { get; private set; }

    /// <summary>Sends one, when its time has come.</summary>
    /// <param name="timeMs">The event's time, by which the pace goes.</param>
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

    /// <summary>Waits until all is acknowledged.</summary>
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
            $"Kafka did not take {publisher.FailedCount:N0} events, {publisher.AcknowledgedCount:N0} it did: "
                + $"{publisher.LastFailure}. Is the address right?"
        );
}
