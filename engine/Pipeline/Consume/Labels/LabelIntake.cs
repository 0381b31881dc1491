using System.Text;
using Confluent.Kafka;
using Engine.Contracts;
using Engine.Contracts.Events;
using Engine.Pipeline.Decode;
using Engine.Pipeline.History;

namespace Engine.Pipeline.Consume.Labels;

/// <summary>Adds records of <c>labels</c> to histories, and counts their outcomes: read = counted + replaced + unplaced
/// + dead letters. Unplaced labels are counted once the dimensions of their click are known. Thread-safe.</summary>
public sealed class LabelIntake(Histories histories)
{
    private readonly Lock _gate = new();
    private long _read,
        _replaced,
        _unplaced,
        _placed,
        _deadLettered;

    public Histories Histories => histories;

    /// <summary>The number of records read.</summary>
    public long Read => Volatile.Read(ref _read);

    /// <summary>The number of labels that replaced an earlier one of the same click and source.</summary>
    public long Replaced => Volatile.Read(ref _replaced);

    /// <summary>The labels that wait for the dimensions of their click.</summary>
    public PendingLabels Waiting { get; } = new();

    /// <summary>The number of <see cref="Unplaced"/> labels that were counted later, with the dimensions of their
    /// click.</summary>
    public long Placed => Volatile.Read(ref _placed);

    /// <summary>The number of labels without a publisher on arrival, so that nothing could be counted yet.</summary>
    public long Unplaced => Volatile.Read(ref _unplaced);

    /// <summary>The number of records that weren't labels.</summary>
    public long DeadLettered => Volatile.Read(ref _deadLettered);

    /// <summary>Adds one record. Returns the reason if it can't be used; never throws because of a record's
    /// contents.</summary>
    /// <param name="message">The message as read.</param>
    /// <param name="logTime">The running maximum of its partition's timestamps up to it, ms.</param>
    public DecodeError Take(Message<byte[], byte[]> message, long logTime)
    {
        Interlocked.Increment(ref _read);
        LabelEvent? label = null;
        DecodeError error = RecordTime.IsAccepted(message.Timestamp.UnixTimestampMs)
            ? LabelDecoder.Decode(message.Value, HeadersOf(message), out label)
            : new DecodeError(DeadLetterReason.OutOfRange, RecordTime.Field);
        if (error.IsError)
        {
            Interlocked.Increment(ref _deadLettered);
        }
        else
        {
            lock (_gate)
            {
                Add(label!, logTime);
            }
        }
        return error;
    }

    /// <summary>Supplies the dimensions of a click. Counts labels that waited for them.</summary>
    public void Place(string click, ClickDimensions place)
    {
        lock (_gate)
        {
            foreach ((LabelEvent label, long logTime) in Waiting.Place(click, place))
            {
                histories.Add(label, logTime);
                Interlocked.Increment(ref _placed);
            }
        }
    }

    private void Add(LabelEvent label, long logTime)
    {
        switch (histories.Add(label, logTime))
        {
            case LabelOutcome.Replaced:
                Interlocked.Increment(ref _replaced);
                break;
            case LabelOutcome.Counted:
                Waiting.Forget(label);
                break;
            case LabelOutcome.Unplaced:
                Interlocked.Increment(ref _unplaced);
                if (Waiting.Complete(label, logTime) is not { } complete)
                {
                    break;
                }

                histories.Add(complete, logTime);
                Interlocked.Increment(ref _placed);
                break;
        }
    }

    /// <summary>Reads the headers that describe a message's value.</summary>
    public static EventHeaders HeadersOf(Message<byte[], byte[]> message)
    {
        var headers = new EventHeaders();
        foreach (IHeader header in message.Headers ?? [])
        {
            headers = headers.With(Encoding.UTF8.GetBytes(header.Key), header.GetValueBytes());
        }

        return headers;
    }
}
