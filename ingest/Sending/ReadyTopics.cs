using Confluent.Kafka;
using Engine.Client.Provisioning;
using Engine.CommandLine;

namespace Ingest.Sending;

/// <summary>Prepares topics for events that carry their own times as timestamps: creates missing topics with
/// CreateTime, and fails if an existing topic can't be used.</summary>
public static class ReadyTopics
{
    /// <summary>The maximum difference between an event's time and log time (the default of
    /// <c>limits/time</c>).</summary>
    private static readonly TimeSpan MaxTimeDifference = TimeSpan.FromMinutes(5);

    /// <summary>Creates missing topics and checks the source of the timestamps.</summary>
    /// <param name="firstMs">The first event's time, as it will be sent.</param>
    /// <param name="lastMs">The last event's time.</param>
    /// <param name="nowMs">The time when sending starts.</param>
    /// <param name="speed">The speed of sending.</param>
    /// <exception cref="CommandException">The broker is unavailable, or stamps records with its own time although the
    /// events' times are too far from it.</exception>
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
        if (farthest <= MaxTimeDifference.TotalMilliseconds)
        {
            return;
        }

        TopicState? own = states.FirstOrDefault(state => state.Timestamps == TopicTimestamps.LogAppendTime);
        if (own is null)
        {
            return;
        }

        throw new CommandException(
            $"Topic {own.Name} has LogAppendTime, and the events' times are more than 5 min from the clock, so none "
                + $"would be believed: "
                + "set topics.timestamps: create in engine.yaml before the topics are created, or create this one anew "
                + "with message.timestamp.type=CreateTime.",
            ExitCodes.WrongUse
        );
    }
}
