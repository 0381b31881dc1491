using System.CommandLine;
using Engine.App.Configuration;
using Engine.Client;
using Engine.CommandLine;
using Engine.Configuration.Connections;
using Engine.Contracts;
using Engine.Notices;
using Engine.Partitions.Kafka;
using StackExchange.Redis;

namespace Engine.App.Cli;

/// <summary><c>engine notify</c>: delivers notices to absent invitees.</summary>
internal static class NotifyCommand
{
    /// <summary>Declares the command, with the options that it has in common with others.</summary>
    public static Command Create(
        Option<string?> kafka,
        Option<string?> redis,
        Option<string?> config,
        Option<string?> prefix,
        CommandContext context
    )
    {
        var idle = new Option<double?>("--until-idle")
        {
            HelpName = "SECONDS",
            Description = "end once everything is delivered and nothing came for that long",
        };
        var command = new Command(
            "notify",
            "Delivers notices to absent invitees by mail, webhook, chat and phone, and reports the outcomes. "
                + "engine.yaml's section 'notify' sets up the channels."
        )
        {
            kafka,
            redis,
            config,
            prefix,
            idle,
        };
        command.SetAction(
            (parsed, cancel) =>
                RunAsync(
                    ConfigFile.Find(parsed.GetValue(config)).Config,
                    Addresses.Find(
                        parsed.GetValue(kafka),
                        parsed.GetValue(redis),
                        parsed.GetValue(config),
                        parsed.GetValue(prefix)
                    ),
                    parsed.GetValue(idle) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
                    context,
                    cancel
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(
        EngineConfig config,
        Addresses addresses,
        TimeSpan? untilIdle,
        CommandContext context,
        CancellationToken cancel
    )
    {
        (KafkaTarget kafka, RedisServers redis, string prefix) = addresses;
        using ConnectionMultiplexer connection = await redis.ConnectAsync().ConfigureAwait(false);
        await kafka.CheckAsync(cancel).ConfigureAwait(false);
        using var senders = new NoticeSenders(config.Notify, context.Time);
        await using var reports = new EventPublisher(
            new PublisherOptions
            {
                Kafka = kafka.Brokers,
                ClientId = "engine-notify",
                Extra = kafka.Settings,
            }
        );
        var courier = new NoticeCourier(
            kafka,
            $"{prefix}{config.Group}-notify",
            prefix + Topics.Notifications,
            senders,
            new DeliveryClaims(connection.GetDatabase(), prefix, context.Time),
            reports,
            context.Time,
            line => context.Error.WriteLine($"notify: {line}")
        );
        await courier.RunAsync(untilIdle, cancel).ConfigureAwait(false);
        return ExitCodes.Done;
    }
}
