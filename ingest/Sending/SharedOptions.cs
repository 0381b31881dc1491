using System.CommandLine;
using Engine.Client.Provisioning;

namespace Ingest.Sending;

/// <summary>Options that several commands have, each described once.</summary>
internal static class SharedOptions
{
    internal static Option<string?> Kafka() =>
        new("--kafka")
        {
            HelpName = "H:P",
            Description = "the broker (default: that of the out/engine run that runs here, out of out/run.json)",
        };

    internal static Option<int> Partitions() =>
        new("--partitions")
        {
            HelpName = "N",
            Description = "partitions of a topic that has to be made",
            DefaultValueFactory = _ => TopicProvisioner.DefaultPartitions,
        };

    internal static Option<Speed> Pace() =>
        new("--speed")
        {
            HelpName = "X|max",
            Description =
                "how fast event time passes: 1 is as it happened, 10 ten times as fast, max as fast as the broker "
                + "takes it",
            DefaultValueFactory = _ => Speed.Max,
            CustomParser = result =>
            {
                string text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
                if (!Speed.TryParse(text, out Speed speed))
                {
                    result.AddError($"--speed '{text}' is neither a number over 0 nor max");
                }

                return speed;
            },
        };
}
