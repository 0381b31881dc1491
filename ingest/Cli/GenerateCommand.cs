using System.CommandLine;
using Engine.CommandLine;
using Engine.Workflows;
using Engine.Workflows.Module.Traffic;
using Ingest.Generate;
using Ingest.Sending;

namespace Ingest.Cli;

/// <summary>Declares the command line of <c>ingest generate</c>.</summary>
internal static class GenerateCommand
{
    /// <summary>Declares the command.</summary>
    internal static Command Create(CommandContext context)
    {
        var clicks = new Argument<int>("N")
        {
            Description = "the number of clicks; paths, repeats and mistakes come on top",
        };
        Option<string?> kafka = SharedOptions.Kafka(),
            config = SharedOptions.Config();
        Option<Speed> speed = SharedOptions.Pace();
        Option<int> partitions = SharedOptions.Partitions();
        var seed = new Option<ulong?>("--seed")
        {
            HelpName = "S",
            Description = "a seed that repeats the same traffic, except for its times (default: random)",
        };
        var labels = new Option<string?>("--labels")
        {
            HelpName = "FILE",
            Description = "write CSV of click,label,kind; label is 1 if the click is invalid",
        };
        var file = new Option<string?>("--out")
        {
            HelpName = "FILE",
            Description = "write the events to a file, one per line, and send nothing",
        };
        var minutes = new Option<double>("--minutes")
        {
            HelpName = "M",
            Description = "the event time that the traffic spans, in minutes",
            DefaultValueFactory = _ => SampleTraffic.DefaultSpan.TotalMinutes,
        };
        var engine = new Option<string?>("--engine")
        {
            HelpName = "H:P",
            Description = "the engine's HTTP address (default: that of the engine that runs here)",
        };
        var tokenFile = new Option<string?>("--token-file")
        {
            HelpName = "FILE",
            Description = "a file with the token to show to that engine, of a user with role analyst or above",
        };
        ISampleTraffic[] traffics = [.. WorkflowModules.All.Select(module => module.Traffic).OfType<ISampleTraffic>()];
        Dictionary<string, Option<int>> counts = traffics.ToDictionary(traffic => traffic.Option, CountOf);
        Dictionary<string, Option<string>> more = traffics
            .SelectMany(traffic => traffic.Options)
            .ToDictionary(option => option.Name, TextOf);
        clicks.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
            {
                result.AddError("N must be 1 or more");
            }
        });
        minutes.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 0.5 and <= 1440))
            {
                result.AddError("--minutes must be 0.5 to 1440");
            }
        });
        var command = new Command(
            "generate",
            "Sends labelled sample traffic: people, robots, cheats and a few mistakes, over the minutes up to now."
        )
        {
            clicks,
            kafka,
            config,
            seed,
            labels,
            file,
            speed,
            minutes,
            partitions,
            engine,
            tokenFile,
        };
        foreach (Option option in counts.Values.Concat<Option>(more.Values))
        {
            command.Add(option);
        }

        command.SetAction(
            (parsed, cancel) =>
                GenerateRun.RunAsync(
                    new GenerateRequest
                    {
                        Clicks = parsed.GetRequiredValue(clicks),
                        Workflows = counts.ToDictionary(one => one.Key, one => parsed.GetValue(one.Value)),
                        Options = more.ToDictionary(one => one.Key, one => parsed.GetValue(one.Value)!),
                        Kafka = parsed.GetValue(kafka),
                        Config = parsed.GetValue(config),
                        Seed = parsed.GetValue(seed),
                        LabelsFile = parsed.GetValue(labels),
                        OutFile = parsed.GetValue(file),
                        Speed = parsed.GetValue(speed),
                        Span = TimeSpan.FromMinutes(parsed.GetValue(minutes)),
                        Engine = parsed.GetValue(engine),
                        TokenFile = parsed.GetValue(tokenFile),
                        Partitions = parsed.GetValue(partitions),
                    },
                    context,
                    cancel
                )
        );
        return command;
    }

    /// <summary>Creates the option for the number of a workflow's sample events.</summary>
    private static Option<int> CountOf(ISampleTraffic traffic)
    {
        var count = new Option<int>("--" + traffic.Option)
        {
            HelpName = "N",
            Description = traffic.Description + " (default: none)",
        };
        count.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 0)
            {
                result.AddError($"--{traffic.Option} must be 0 or more");
            }
        });
        return count;
    }

    private static Option<string> TextOf(TrafficOption option) =>
        new("--" + option.Name)
        {
            HelpName = "ID",
            Description = option.Description,
            DefaultValueFactory = _ => option.Default,
        };
}
