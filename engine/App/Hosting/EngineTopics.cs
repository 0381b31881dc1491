using System.Text.RegularExpressions;
using Confluent.Kafka;
using Engine.App.Configuration;
using Engine.Client.Provisioning;
using Engine.CommandLine;
using Engine.Contracts;
using Engine.Partitions.Kafka;

namespace Engine.App.Hosting;

/// <summary>Creates the missing topics among those that an engine reads and writes.</summary>
internal static partial class EngineTopics
{
    /// <summary>Refuses a group without a name, and a prefix that a topic name can't begin with.</summary>
    public static void CheckNames(string group, string prefix)
    {
        if (string.IsNullOrWhiteSpace(group))
        {
            throw new CommandException("--group is empty: give the group a name.", ExitCodes.WrongUse);
        }

        if (!TopicName().IsMatch(prefix))
        {
            throw new CommandException(
                $"the prefix '{prefix}' can't begin a topic name: use only letters, digits, '.', '_' " + $"and '-'.",
                ExitCodes.WrongUse
            );
        }
    }

    /// <summary>Creates the missing topics. Throws <see cref="CommandException"/> if Kafka doesn't answer, or if
    /// <c>settings</c> has several partitions.</summary>
    public static async Task MakeAsync(EngineAddress address, EngineConfig config, CancellationToken cancel)
    {
        string[] own =
        [
            Topics.PathSignatures,
            Topics.Standings,
            Topics.Marks,
            Topics.Notifications,
            Topics.Verdicts,
            Topics.DeadLetters,
        ];
        string[] all =
        [
            Topics.Interactions,
            Topics.Labels,
            Topics.Settings,
            .. Modules.Topics,
            .. own.Select(topic => address.Prefix + topic),
        ];
        KafkaTarget target = address.Kafka;
        await target.CheckAsync(cancel).ConfigureAwait(false);
        IReadOnlyList<TopicState> states;
        try
        {
            states = await new TopicProvisioner(target.Brokers, target.Settings)
                .EnsureAsync(all, Timestamps(config), config.Topics.Partitions, asks: false, cancel: cancel)
                .ConfigureAwait(false);
        }
        catch (KafkaException e)
        {
            throw new CommandException(
                $"no Kafka at {target.Brokers} ({e.Error.Reason}): start one, or give another with --kafka H:P."
            );
        }
        // Another instance may have created a missing topic meanwhile, or the broker may have done so automatically.
        int partitions = states.Single(state => state.Name == Topics.Settings).Partitions is > 0 and var known
            ? known
            : SettingsPartitions(target);
        if (partitions > 1)
        {
            throw new CommandException(
                $"the topic 'settings' has {partitions} partitions but must have 1, as its order matters: delete it "
                    + $"with 'kafka-topics --delete --topic settings', then start again to create it anew.",
                ExitCodes.WrongUse
            );
        }
    }

    /// <summary>The source of the timestamps of created topics.</summary>
    public static TopicTimestamps Timestamps(EngineConfig config) =>
        config.Topics.Timestamps == "create" ? TopicTimestamps.CreateTime : TopicTimestamps.LogAppendTime;

    private static int SettingsPartitions(KafkaTarget kafka)
    {
        using IAdminClient admin = new AdminClientBuilder(kafka.Apply(new AdminClientConfig()))
            .SetLogHandler((_, _) => { })
            .Build();
        return admin.GetMetadata(Topics.Settings, TimeSpan.FromSeconds(10)).Topics.Single().Partitions.Count;
    }

    /// <summary>The characters that Kafka allows in a topic name; 64 are far below its length limit.</summary>
    [GeneratedRegex("^[A-Za-z0-9._-]{0,64}$")]
    private static partial Regex TopicName();
}
