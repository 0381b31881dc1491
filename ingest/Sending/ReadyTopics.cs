using Confluent.Kafka;
using Engine.Client.Provisioning;
using Engine.CommandLine;

namespace Ingest.Sending;

/// <summary>
/// Gets topics ready for events that carry their own times as timestamps: made with CreateTime where missing, refused
/// where they can't.
/// </summary>
public static class ReadyTopics
{
    /// <summary>
    /// As far as an event's time may lie from log time and be believed (<c>limits/time</c>, by default).
    /// </summary>
    private static readonly TimeSpan Believed = TimeSpan.FromMinutes(5);

    /// <summary>Makes what is missing and looks who puts the timestamps.</summary>
    /// <param name="firstMs">The first event's time, as it will be sent.</param>
    /// <param name="lastMs">The last event's time.</param>
    /// <param name="nowMs">The clock when sending starts.</param>
    /// <param name="speed">How fast they go out.</param>
    /// <exception cref="CommandException">The broker is away, or puts its own time on records whose events lie too far
    /// from it.</exception>
    public static async Task EnsureAsync(
        string kafka,
        IEnumerable<string> topics,
        long firstMs,
        long lastMs,
        long nowMs,
        Speed speed,
        int partitions,
        IReadOnlyDictionary<string, string>? extra,
        CancellationToken cancel
    )
    {
        IReadOnlyList<TopicState> states;
        try
        {
            states = await new TopicProvisioner(kafka, extra)
                .EnsureAsync(topics, TopicTimestamps.CreateTime, partitions, cancel: cancel)
                .ConfigureAwait(false);
        }
        catch (KafkaException error)
        {
            throw new CommandException(
                $"Kafka at {kafka} can't be used: {error.Error.Reason}. Is it up, and the address right?"
            );
        }
        double lastSentMs = nowMs + (speed.IsMax ? 0 : (lastMs - firstMs) / speed.Factor);
        double farthest = Math.Max(Math.Abs(nowMs - firstMs), Math.Abs(lastSentMs - lastMs));
        if (farthest <= Believed.TotalMilliseconds)
        {
            return;
        }

        TopicState? own = states.FirstOrDefault(state => state.Timestamps == TopicTimestamps.LogAppendTime);
        if (own is null)
        {
            return;
        }

        throw new CommandException(
            $"Topic {own.Name} has LogAppendTime, and the events' times lie more than 5 min from the clock, so none "
                + $"would be believed: "
                + "set topics.timestamps: create in engine.yaml before the topics are made, or make this one anew "
                + "with message.timestamp.type=CreateTime.",
            ExitCodes.WrongUse
        );
    }
}
