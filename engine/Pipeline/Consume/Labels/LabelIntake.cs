using System.Text;
using Confluent.Kafka;
using Engine.Contracts.Events;
using Engine.Pipeline.Decode;
using Engine.Pipeline.History;

namespace Engine.Pipeline.Consume.Labels;

/// <summary>
/// Takes records of <c>labels</c> into histories, and counts what became of them: read = counted + replaced + unplaced
/// + dead letters; unplaced ones count once the place of their click is told. Any thread.
/// </summary>
public sealed class LabelIntake(Histories histories)
{
    private readonly Lock _gate = new();
    private long _read,
        _replaced,
        _unplaced,
        _placed,
        _deadLettered;

    public Histories Histories => histories;

    /// <summary>Records read.</summary>
    public long Read => Volatile.Read(ref _read);

    /// <summary>Labels that took the place of an earlier one of the same click and source.</summary>
    public long Replaced => Volatile.Read(ref _replaced);

    /// <summary>The labels that wait for the place of their click.</summary>
    public PendingLabels Waiting { get; } = new();

    /// <summary>Of <see cref="Unplaced"/>, those that were counted since, by the fields of their click.</summary>
    public long Placed => Volatile.Read(ref _placed);

    /// <summary>Labels that named no publisher when they came, so that nothing could be counted yet.</summary>
    public long Unplaced => Volatile.Read(ref _unplaced);

    /// <summary>Records that were no labels.</summary>
    public long DeadLettered => Volatile.Read(ref _deadLettered);

    /// <summary>Takes one record; why it can't be used, where it can't. Never throws for what a record holds.</summary>
    /// <param name="message">As it was read.</param>
    /// <param name="logTime">Running maximum of its partition's timestamps up to it, ms.</param>
    public DecodeError Take(Message<byte[], byte[]> message, long logTime)
    {
        Interlocked.Increment(ref _read);
        DecodeError error = LabelDecoder.Decode(message.Value, HeadersOf(message), out LabelEvent? label);
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

    /// <summary>The place of a click is told: labels of it that waited count, each from its own minute on.</summary>
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

    /// <summary>What a message's headers say of its value.</summary>
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
