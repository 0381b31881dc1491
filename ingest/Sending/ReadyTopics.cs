using Confluent.Kafka;
using Engine.Client.Provisioning;
using Engine.CommandLine;

namespace Ingest.Sending;

/// <summary>Prepares topics before events are sent: checks the broker, and creates missing topics.</summary>
public static class ReadyTopics
{
    /// <summary>The maximum difference between an event's time and log time (the default of
    /// <c>limits/time</c>).</summary>
    private static readonly TimeSpan MaxTimeDifference = TimeSpan.FromMinutes(5);

    /// <summary>Creates missing topics with LogAppendTime.</summary>
    /// <exception cref="CommandException">The broker can't be used.</exception>
    public static Task EnsureAsync(SendingConfig config, IEnumerable<string> topics, CancellationToken cancel) =>
        CreateAsync(config, topics, TopicTimestamps.LogAppendTime, TopicProvisioner.DefaultPartitions, cancel);

    /// <summary>Creates missing topics with CreateTime, for events that carry their own times as timestamps, and checks
    /// the source of the timestamps of existing ones.</summary>
    /// <param name="firstMs">The first event's time, as it will be sent.</param>
    /// <param name="lastMs">The last event's time.</param>
    /// <param name="nowMs">The time when sending starts.</param>
    /// <param name="speed">The speed of sending.</param>
    /// <exception cref="CommandException">The broker is unavailable, or stamps records with its own time although the
    /// events' times are too far from it.</exception>
    public static async Task EnsureAsync(
        SendingConfig config,
        IEnumerable<string> topics,
        long firstMs,
        long lastMs,
        long nowMs,
        Speed speed,
        int partitions,
        CancellationToken cancel
    )
    {
        IReadOnlyList<TopicState> states = await CreateAsync(
                config,
                topics,
                TopicTimestamps.CreateTime,
                partitions,
                cancel
            )
            .ConfigureAwait(false);
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

    private static async Task<IReadOnlyList<TopicState>> CreateAsync(
        SendingConfig config,
        IEnumerable<string> topics,
        TopicTimestamps timestamps,
        int partitions,
        CancellationToken cancel
    )
    {
        await config.CheckAsync(cancel).ConfigureAwait(false);
        try
        {
            return await new TopicProvisioner(config.Kafka, config.Settings)
                .EnsureAsync(topics, timestamps, partitions, cancel: cancel)
                .ConfigureAwait(false);
        }
        catch (KafkaException error)
        {
            throw new CommandException($"Kafka at {config.Kafka} can't be used: {error.Error.Reason}.");
        }
    }
}
