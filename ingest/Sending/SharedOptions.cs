using System.CommandLine;
using Engine.Client.Provisioning;

namespace Ingest.Sending;

/// <summary>The options that several commands share.</summary>
internal static class SharedOptions
{
    internal static Option<string?> Kafka() =>
        new("--kafka")
        {
            HelpName = "H:P",
            Description =
                "the broker (default: that in --config, otherwise that of the engine that runs here, from "
                + "out/run.json)",
        };

    internal static Option<string?> Config() =>
        new("--config")
        {
            HelpName = "FILE",
            Description =
                "engine.yaml, for the address of Kafka and the security of connections (default: none, plain "
                + "connections)",
        };

    internal static Option<int> Partitions() =>
        new("--partitions")
        {
            HelpName = "N",
            Description = "partitions of a topic that has to be created",
            DefaultValueFactory = _ => TopicProvisioner.DefaultPartitions,
        };

    internal static Option<Speed> Pace() =>
        new("--speed")
        {
            HelpName = "X|max",
            Description =
                "how fast event time passes: 1 is real time, 10 is ten times as fast, max is as fast as the broker "
                + "accepts",
            DefaultValueFactory = _ => Speed.Max,
            CustomParser = result =>
            {
                string text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
                if (!Speed.TryParse(text, out Speed speed))
                {
                    result.AddError($"--speed '{text}' is neither a number above 0 nor max");
                }

                return speed;
            },
        };
}
