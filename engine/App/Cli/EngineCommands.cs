using System.CommandLine;
using Engine.App.Running;
using Engine.Client;
using Engine.CommandLine;
using Engine.Configuration;

namespace Engine.App.Cli;

/// <summary>The command line of <c>engine</c>: all names, defaults and help texts.</summary>
public static class EngineCommands
{
    /// <summary>Runs a command line. Returns one of <see cref="ExitCodes"/>.</summary>
    public static Task<int> RunAsync(string[] args, CommandContext context, CancellationToken cancel = default) =>
        new CommandProgram("engine", Root(context))
        {
            TerminationTimeout = TimeSpan.FromSeconds(30),
            ExitCodeOf = ExitCodeOf,
        }.RunAsync(args, context, cancel);

    private static int? ExitCodeOf(Exception error) =>
        error switch
        {
            ConfigException => ExitCodes.WrongUse,
            Engine.Configuration.Connections.ConnectionException
            or IOException
            or UnauthorizedAccessException
            or StackExchange.Redis.RedisException
            or InvalidOperationException
            or TimeoutException => ExitCodes.Failed,
            _ => null,
        };

    private static RootCommand Root(CommandContext context) =>
        new(
            "Scores clicks from Kafka into Redis. Exit codes: 0 done, 1 failed, 2 usage or settings error, 3 not found."
        )
        {
            RunOf(context),
            DemoOf(context),
            VerdictOf(context),
            PathOf(context),
            QualityOf(context),
            CreditCommand.Create(
                Kafka(Running),
                Redis("engine.yaml's, otherwise " + Running),
                Config(),
                Prefix(),
                context
            ),
            DeadLettersCommand.Create(Kafka(Running), Config(), Prefix(), context),
            CheckOf(context),
            EvalOf(context),
            TagOf(context),
            RescoreOf(context),
            AuditOf(context),
            NotifyCommand.Create(
                Kafka(Running),
                Redis("engine.yaml's, otherwise " + Running),
                Config(),
                Prefix(),
                context
            ),
            BacktestCommand.Create(
                Kafka(Running),
                Redis("engine.yaml's, otherwise " + Running),
                Group(),
                Config(),
                Prefix(),
                context
            ),
            MessageCommand.Create(context),
            UserCommands.Create(() => Kafka(Running), Config, context),
        };

    private const string Own = "one of its own",
        Running = "those of the engine that runs here";

    private static Option<string?> Kafka(string fallback) =>
        new("--kafka") { HelpName = "H:P", Description = $"brokers (default: engine.yaml's, otherwise {fallback})" };

    private static Option<string?> Redis(string fallback) =>
        new("--redis") { HelpName = "H:P[,…]", Description = $"Redis, Redis Cluster or Garnet (default: {fallback})" };

    private static Option<string?> Group() =>
        new("--group") { HelpName = "G", Description = "the consumer group (default: engine.yaml's)" };

    private static Option<string?> Config() =>
        new("--config") { HelpName = "FILE", Description = "engine.yaml (default: configs/engine.yaml here)" };

    private static Option<string?> Prefix() =>
        new("--prefix") { HelpName = "P", Description = "the prefix of this group's keys, channels and own topics" };

    private static Command RunOf(CommandContext context)
    {
        Option<string?> kafka = Kafka(Own),
            redis = Redis("engine.yaml's, otherwise " + Own),
            group = Group(),
            config = Config(),
            prefix = Prefix();
        var http = new Option<string?>("--http")
        {
            HelpName = "H:P",
            Description = "the address to serve HTTP on (default: 127.0.0.1:8080, or a free port if it is taken)",
        };
        var idle = new Option<double?>("--until-idle")
        {
            HelpName = "SECONDS",
            Description =
                "exit with a summary once everything is decided and acknowledged, and no event has come for "
                + "this long",
        };
        idle.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is <= 0)
            {
                result.AddError("--until-idle must be a number of seconds above 0");
            }
        });
        var samples = new Option<bool>("--samples")
        {
            Description =
                "on a first start, load the sample traffic's sponsors, pages, processes and campaigns too "
                + "(configs/samples), whose tokens are public",
        };
        var command = new Command("run", "Scores.") { kafka, redis, group, config, http, prefix, samples, idle };
        command.SetAction(
            (parsed, cancel) =>
                RunCommand.RunAsync(
                    new RunRequest
                    {
                        Kafka = parsed.GetValue(kafka),
                        Redis = parsed.GetValue(redis),
                        Group = parsed.GetValue(group),
                        Config = parsed.GetValue(config),
                        Http = parsed.GetValue(http),
                        Prefix = parsed.GetValue(prefix),
                        Samples = parsed.GetValue(samples),
                        UntilIdle = parsed.GetValue(idle) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
                    },
                    context,
                    cancel
                )
        );
        return command;
    }

    private static Command DemoOf(CommandContext context)
    {
        var data = new Option<string?>("--data")
        {
            HelpName = "DIR",
            Description = "play the real clicks and paths in this folder instead of the sample traffic",
        };
        Option<string?> redis = Redis(Own);
        var keep = new Option<bool>("--keep") { Description = "keep running afterwards, for look-ups" };
        var clicks = new Option<int>("--clicks")
        {
            HelpName = "N",
            Description = "clicks of sample traffic",
            DefaultValueFactory = _ => 20_000,
        };
        clicks.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int>() < 1)
            {
                given.AddError("--clicks must be 1 or more.");
            }
        });
        var command = new Command(
            "demo",
            "Plays a labelled stream through Kafka and Redis, and compares the verdicts with the labels."
        )
        {
            data,
            redis,
            keep,
            clicks,
        };
        command.SetAction(
            (parsed, cancel) =>
                DemoCommand.RunAsync(
                    parsed.GetValue(data),
                    parsed.GetValue(redis),
                    parsed.GetValue(keep),
                    parsed.GetValue(clicks),
                    context,
                    cancel
                )
        );
        return command;
    }

    private static Command VerdictOf(CommandContext context)
    {
        var click = new Argument<string>("CLICK") { Description = "the click's id" };
        Option<string?> redis = Redis("engine.yaml's, otherwise " + Running),
            config = Config(),
            prefix = Prefix();
        var json = new Option<bool>("--json") { Description = "print the verdict as it is stored" };
        var key = new Option<string?>("--key")
        {
            HelpName = "NETWORK",
            Description =
                "the click's key, such as 203.0.113.0/24: with --offset or --sent, tells a plain valid click from an "
                + "undecided one where the engine writes only noteworthy verdicts",
        };
        var offset = new Option<long?>("--offset") { HelpName = "N", Description = "the offset of the click's record" };
        var sent = new Option<long?>("--sent") { HelpName = "MS", Description = "when the click was sent, Unix time" };
        var command = new Command("verdict", "Prints the verdict of a click.")
        {
            click,
            redis,
            config,
            prefix,
            key,
            offset,
            sent,
            json,
        };
        command.Validators.Add(result =>
        {
            (bool hasKey, bool hasOffset, bool hasSent) = (
                result.GetResult(key) != null,
                result.GetResult(offset) != null,
                result.GetResult(sent) != null
            );
            if (hasKey != (hasOffset || hasSent) || (hasOffset && hasSent))
            {
                result.AddError("--key goes with --offset or --sent, one of them.");
            }
            else if (result.GetValue(offset) < 0 || result.GetValue(sent) < 0)
            {
                result.AddError("--offset and --sent are 0 or more.");
            }
        });
        command.SetAction(
            (parsed, _) =>
                VerdictCommand.RunAsync(
                    parsed.GetRequiredValue(click),
                    parsed.GetValue(redis),
                    parsed.GetValue(config),
                    parsed.GetValue(prefix),
                    parsed.GetValue(key) is not { } network ? null
                        : parsed.GetValue(offset) is { } at ? ClickPlace.At(network, at)
                        : ClickPlace.SentAt(network, parsed.GetValue(sent)!.Value),
                    parsed.GetValue(json),
                    context
                )
        );
        return command;
    }

    private static Command PathOf(CommandContext context)
    {
        var click = new Argument<string>("CLICK") { Description = "the click's id" };
        Option<string?> kafka = Kafka(Running),
            redis = Redis("engine.yaml's, otherwise " + Running),
            config = Config(),
            prefix = Prefix();
        var output = new Option<string?>("--out")
        {
            HelpName = "FILE",
            Description = "the file to write (default: CLICK.svg)",
        };
        var command = new Command(
            "path",
            "Draws a click's path as SVG, coloured by speed, over the path that it replays, if any. Exit code "
                + "3 means that the log no longer holds it."
        )
        {
            click,
            kafka,
            redis,
            config,
            prefix,
            output,
        };
        command.SetAction(
            (parsed, _) =>
                PathCommand.RunAsync(
                    new PathRequest(
                        parsed.GetRequiredValue(click),
                        parsed.GetValue(kafka),
                        parsed.GetValue(redis),
                        parsed.GetValue(config),
                        parsed.GetValue(prefix),
                        parsed.GetValue(output)
                    ),
                    context
                )
        );
        return command;
    }

    private static Command QualityOf(CommandContext context)
    {
        Option<string?> kafka = Kafka(Running),
            redis = Redis("engine.yaml's, otherwise " + Running),
            config = Config(),
            prefix = Prefix();
        var json = new Option<bool>("--json") { Description = "print one line of JSON" };
        var command = new Command(
            "quality",
            "Compares verdicts with later labels: precision, recall and calibration by class, reason "
                + "and model version."
        )
        {
            kafka,
            redis,
            config,
            prefix,
            json,
        };
        command.SetAction(
            (parsed, cancel) =>
                QualityCommand.RunAsync(
                    new QualityRequest(
                        parsed.GetValue(kafka),
                        parsed.GetValue(redis),
                        parsed.GetValue(config),
                        parsed.GetValue(prefix),
                        parsed.GetValue(json)
                    ),
                    context,
                    cancel
                )
        );
        return command;
    }

    private static Command CheckOf(CommandContext context)
    {
        Option<string?> config = Config();
        var command = new Command("check", "Loads settings, lists, models and rules, and reports any problems.")
        {
            config,
        };
        command.SetAction(parsed => CheckCommand.Run(parsed.GetValue(config), context));
        return command;
    }

    private static Command EvalOf(CommandContext context)
    {
        var expression = new Argument<string?>("EXPR")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "a CEL expression",
        };
        var bindings = new Option<string?>("--bindings")
        {
            HelpName = "JSON",
            Description = "an object with the names that it may use",
        };
        var cases = new Option<string?>("--cases")
        {
            HelpName = "FILE",
            Description = "a file of lines with expr and bindings; prints one line with the value or error for each",
        };
        var command = new Command("eval", "Evaluates a condition.") { expression, bindings, cases };
        command.SetAction(parsed =>
            EvalCommand.Run(parsed.GetValue(expression), parsed.GetValue(bindings), parsed.GetValue(cases), context)
        );
        return command;
    }

    private static Command TagOf(CommandContext context)
    {
        var file = new Argument<string>("FILE") { Description = "an HTML file; - for standard input" };
        var text = new Option<bool>("--text") { Description = "take the file for plain text" };
        var json = new Option<bool>("--json")
        {
            Description = "print one line of JSON: {\"html\":…,\"matches\":[{\"start\":…,\"length\":…,\"phrase\":…}]}",
        };
        var bookmarks = new Option<string?>("--bookmarks")
        {
            HelpName = "FILE",
            Description = "lines of bookmark events in JSON, in place of the topic's",
        };
        var exact = new Option<bool>("--exact")
        {
            Description = "compare letter case, accents and all, and find phrases within words too",
        };
        Option<string?> redis = Redis("engine.yaml's, otherwise " + Running),
            config = Config(),
            prefix = Prefix();
        var command = new Command("tag", "Emphasises bookmarked phrases in a file, and prints it as safe HTML.")
        {
            file,
            text,
            json,
            bookmarks,
            exact,
            redis,
            config,
            prefix,
        };
        command.SetAction(
            (parsed, _) =>
                TagCommand.RunAsync(
                    new TagOptions
                    {
                        File = parsed.GetRequiredValue(file),
                        IsText = parsed.GetValue(text),
                        IsJson = parsed.GetValue(json),
                        Bookmarks = parsed.GetValue(bookmarks),
                        IsExact = parsed.GetValue(exact),
                        Redis = parsed.GetValue(redis),
                        Config = parsed.GetValue(config),
                        Prefix = parsed.GetValue(prefix),
                    },
                    context
                )
        );
        return command;
    }

    private static Command RescoreOf(CommandContext context)
    {
        Option<string?> kafka = Kafka(Running),
            redis = Redis("engine.yaml's, otherwise " + Running),
            group = Group(),
            config = Config(),
            prefix = Prefix();
        var settings = new Option<string?>("--settings")
        {
            HelpName = "s-N",
            Description =
                "the base and all records up to N, from the log's beginning (default: each as it came into " + "force)",
        };
        var model = new Option<string?>("--model")
        {
            HelpName = "FILE",
            Description = "a click forest to use instead of the settings' one",
        };
        var output = new Option<string>("--out")
        {
            HelpName = "FILE",
            Required = true,
            Description =
                "the file for verdicts and workflow results, one line of JSON each: {\"click\":…} and "
                + "{\"topic\":…,\"key\":…,\"result\":…}",
        };
        var command = new Command(
            "rescore",
            "Rescores the log from its beginning, clicks and workflows, into a file. Writes nothing to Redis or "
                + "Kafka."
        )
        {
            kafka,
            redis,
            group,
            config,
            prefix,
            settings,
            model,
            output,
        };
        command.SetAction(
            (parsed, cancel) =>
                RescoreCommand.RunAsync(
                    new RescoreRequest
                    {
                        Of = new GroupRequest(
                            parsed.GetValue(kafka),
                            parsed.GetValue(redis),
                            parsed.GetValue(group),
                            parsed.GetValue(config),
                            parsed.GetValue(prefix)
                        ),
                        Settings = parsed.GetValue(settings),
                        Model = parsed.GetValue(model),
                        Out = parsed.GetRequiredValue(output),
                    },
                    context,
                    cancel
                )
        );
        return command;
    }

    private static Command AuditOf(CommandContext context)
    {
        var click = new Argument<string>("CLICK") { Description = "the click's id" };
        Option<string?> kafka = Kafka(Running),
            redis = Redis("engine.yaml's, otherwise " + Running),
            group = Group(),
            config = Config(),
            prefix = Prefix();
        var key = new Option<string?>("--key")
        {
            HelpName = "NETWORK",
            Description =
                "the click's key, such as 203.0.113.0/24: spares reading all partitions if the verdict doesn't say "
                + "where the click is",
        };
        var command = new Command(
            "audit",
            "Decides a click again from the log, as its partition did, and compares the verdict with the given one. "
                + "Exits with 0 if they are equal, 1 if they differ. Writes nothing to Redis or Kafka."
        )
        {
            click,
            kafka,
            redis,
            group,
            config,
            prefix,
            key,
        };
        command.SetAction(
            (parsed, cancel) =>
                AuditCommand.RunAsync(
                    new AuditRequest(
                        parsed.GetRequiredValue(click),
                        new GroupRequest(
                            parsed.GetValue(kafka),
                            parsed.GetValue(redis),
                            parsed.GetValue(group),
                            parsed.GetValue(config),
                            parsed.GetValue(prefix)
                        ),
                        parsed.GetValue(key)
                    ),
                    context,
                    cancel
                )
        );
        return command;
    }
}
