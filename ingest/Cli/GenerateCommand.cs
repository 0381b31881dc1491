using System.CommandLine;
using Engine.CommandLine;
using Ingest.Generate;
using Ingest.Sending;

namespace Ingest.Cli;

/// <summary><c>ingest generate</c>: what the command line says of sample traffic.</summary>
internal static class GenerateCommand
{
    /// <summary>Declares the command.</summary>
    internal static Command Create(CommandContext context)
    {
        var clicks = new Argument<int>("N")
        {
            Description = "how many clicks; paths, repeats and mistakes come on top",
        };
        Option<string?> kafka = SharedOptions.Kafka();
        Option<Speed> speed = SharedOptions.Pace();
        Option<int> partitions = SharedOptions.Partitions();
        var seed = new Option<ulong?>("--seed")
        {
            HelpName = "S",
            Description = "gives the same traffic again, but for its times (default: a random one)",
        };
        var labels = new Option<string?>("--labels")
        {
            HelpName = "FILE",
            Description = "writes CSV of click,label,kind: label is 1 where the click is invalid",
        };
        var file = new Option<string?>("--out")
        {
            HelpName = "FILE",
            Description = "writes the events to a file, one a line, and sends nothing",
        };
        var minutes = new Option<double>("--minutes")
        {
            HelpName = "M",
            Description = "over how long it all happens",
            DefaultValueFactory = _ => SampleTraffic.DefaultSpan.TotalMinutes,
        };
        var bindings = new Option<int>("--bindings")
        {
            HelpName = "N",
            Description = "how many bindings follow, good and bad ones; a running engine makes their codes",
        };
        var page = new Option<string>("--page")
        {
            HelpName = "ID",
            Description = "the page that is bound on",
            DefaultValueFactory = _ => new GenerateRequest { Clicks = 1 }.Page,
        };
        var engine = new Option<string?>("--engine")
        {
            HelpName = "H:P",
            Description = "the engine's HTTP address (default: of the engine that runs here)",
        };
        bindings.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 0)
            {
                result.AddError("--bindings is 0 or more");
            }
        });
        var processes = new Option<int>("--processes")
        {
            HelpName = "N",
            Description =
                "so many instances of the process refund-review beside the clicks: started, changed, taken, "
                + "finished (default: none)",
        };
        var requests = new Option<int>("--requests")
        {
            HelpName = "N",
            Description =
                "so many content requests of a sponsor's pages beside the clicks, good, odd and foreign ones "
                + "(default: none)",
        };
        requests.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 0)
            {
                result.AddError("--requests is the number of content requests, 0 or more");
            }
        });
        processes.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 0)
            {
                result.AddError("--processes is the number of instances, 0 or more");
            }
        });
        clicks.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
            {
                result.AddError("N is the number of clicks, 1 or more");
            }
        });
        minutes.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 0.5 and <= 1440))
            {
                result.AddError("--minutes is 0.5 to 1440");
            }
        });
        var command = new Command(
            "generate",
            "Sends labelled sample traffic: people, robots, cheats and a few mistakes, over the minutes that end now."
        )
        {
            clicks,
            kafka,
            seed,
            labels,
            file,
            speed,
            minutes,
            partitions,
            requests,
            bindings,
            page,
            engine,
            processes,
        };
        command.SetAction(
            (parsed, cancel) =>
                GenerateRun.RunAsync(
                    new GenerateRequest
                    {
                        Clicks = parsed.GetRequiredValue(clicks),
                        Processes = parsed.GetValue(processes),
                        Requests = parsed.GetValue(requests),
                        Kafka = parsed.GetValue(kafka),
                        Seed = parsed.GetValue(seed),
                        LabelsFile = parsed.GetValue(labels),
                        OutFile = parsed.GetValue(file),
                        Speed = parsed.GetValue(speed),
                        Span = TimeSpan.FromMinutes(parsed.GetValue(minutes)),
                        Bindings = parsed.GetValue(bindings),
                        Page = parsed.GetValue(page)!,
                        Engine = parsed.GetValue(engine),
                        Partitions = parsed.GetValue(partitions),
                    },
                    context,
                    cancel
                )
        );
        return command;
    }
}
