using System.CommandLine;
using Engine.App.Running;
using Engine.CommandLine;
using Engine.Pipeline.Settings;

namespace Engine.App.Cli;

/// <summary>The command line of <c>engine</c>: one place for names, defaults and help.</summary>
public static class EngineCommands
{
    /// <summary>Runs a command line; the exit code is one of <see cref="ExitCodes"/>.</summary>
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
            IOException
            or UnauthorizedAccessException
            or StackExchange.Redis.RedisException
            or InvalidOperationException
            or TimeoutException => ExitCodes.Failed,
            _ => null,
        };

    private static RootCommand Root(CommandContext context) =>
        new("Scores clicks from Kafka into Redis: exit 0 done, 1 failed, 2 wrong use or settings, 3 not there.")
        {
            RunOf(context),
            DemoOf(context),
            VerdictOf(context),
            PathOf(context),
            QualityOf(context),
            CheckOf(context),
            EvalOf(context),
            RescoreOf(context),
        };

    private const string Own = "one of its own",
        Running = "those of the engine that runs here";

    private static Option<string?> Kafka(string otherwise) =>
        new("--kafka") { HelpName = "H:P", Description = $"brokers (default: engine.yaml's, else {otherwise})" };

    private static Option<string?> Redis(string otherwise) =>
        new("--redis") { HelpName = "H:P[,…]", Description = $"Redis, Redis Cluster or Garnet (default: {otherwise})" };

    private static Option<string?> Group() =>
        new("--group") { HelpName = "G", Description = "the consumer group (default: engine.yaml's)" };

    private static Option<string?> Config() =>
        new("--config") { HelpName = "FILE", Description = "engine.yaml (default: configs/engine.yaml here)" };

    private static Option<string?> Prefix() =>
        new("--prefix") { HelpName = "P", Description = "what this group's keys, channels and own topics begin with" };

    private static Command RunOf(CommandContext context)
    {
        Option<string?> kafka = Kafka(Own),
            redis = Redis("engine.yaml's, else " + Own),
            group = Group(),
            config = Config(),
            prefix = Prefix();
        var http = new Option<string?>("--http")
        {
            HelpName = "H:P",
            Description = "where to serve HTTP (default: 127.0.0.1:8080, or a free port where that is taken)",
        };
        var idle = new Option<double?>("--until-idle")
        {
            HelpName = "SECONDS",
            Description = "end with a summary once everything is decided and acknowledged and nothing came for so long",
        };
        idle.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is <= 0)
            {
                result.AddError("--until-idle is a number of seconds over 0");
            }
        });
        var samples = new Option<bool>("--samples")
        {
            Description =
                "a first start also takes the sponsors, pages, processes and campaigns of the sample traffic "
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
            Description = "plays the real clicks and paths of this folder in place of the sample traffic",
        };
        Option<string?> redis = Redis(Own);
        var keep = new Option<bool>("--keep") { Description = "stays up afterwards, for look-ups" };
        var clicks = new Option<int>("--clicks")
        {
            HelpName = "N",
            Description = "clicks of sample traffic",
            DefaultValueFactory = _ => 20_000,
        };
        var command = new Command(
            "demo",
            "Plays a labelled stream through the real path, and compares what was decided with what is true."
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
        Option<string?> redis = Redis(Running),
            prefix = Prefix();
        var json = new Option<bool>("--json") { Description = "print the verdict as it is stored" };
        var command = new Command("verdict", "Prints the verdict of a click.") { click, redis, prefix, json };
        command.SetAction(
            (parsed, _) =>
                VerdictCommand.RunAsync(
                    parsed.GetRequiredValue(click),
                    parsed.GetValue(redis),
                    parsed.GetValue(prefix),
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
            redis = Redis("engine.yaml's, else " + Running),
            config = Config(),
            prefix = Prefix();
        var output = new Option<string?>("--out")
        {
            HelpName = "FILE",
            Description = "where the picture goes (default: CLICK.svg)",
        };
        var command = new Command(
            "path",
            "Draws a click's path as SVG, coloured by speed, over the one that it replays where there is one; exit "
                + "3 where the log no longer holds it."
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
            redis = Redis("engine.yaml's, else " + Running),
            config = Config(),
            prefix = Prefix();
        var json = new Option<bool>("--json") { Description = "print one line of JSON" };
        var command = new Command(
            "quality",
            "Holds verdicts against the labels that came since: precision, recall and calibration by class, reason "
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
        var command = new Command("check", "Loads settings, lists, models and rules, and says what is wrong and where.")
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
            Description = "an expression of CEL",
        };
        var bindings = new Option<string?>("--bindings")
        {
            HelpName = "JSON",
            Description = "an object of the names that it may use",
        };
        var cases = new Option<string?>("--cases")
        {
            HelpName = "FILE",
            Description = "a file of lines with expr and bindings; prints a line of value or error each",
        };
        var command = new Command("eval", "Evaluates a condition.") { expression, bindings, cases };
        command.SetAction(parsed =>
            EvalCommand.Run(parsed.GetValue(expression), parsed.GetValue(bindings), parsed.GetValue(cases), context)
        );
        return command;
    }

    private static Command RescoreOf(CommandContext context)
    {
        Option<string?> kafka = Kafka(Running),
            redis = Redis("engine.yaml's, else " + Running),
            group = Group(),
            config = Config(),
            prefix = Prefix();
        var settings = new Option<string?>("--settings")
        {
            HelpName = "s-N",
            Description =
                "the base and all records up to N, in force from the log's beginning (default: as they came into "
                + "force)",
        };
        var model = new Option<string?>("--model")
        {
            HelpName = "FILE",
            Description = "a click forest in place of the settings'",
        };
        var output = new Option<string>("--out")
        {
            HelpName = "FILE",
            Required = true,
            Description =
                "where verdicts and workflows' results go, a line of JSON each: {\"click\":…} and "
                + "{\"topic\":…,\"key\":…,\"result\":…}",
        };
        var command = new Command(
            "rescore",
            "Scores the log again from its beginning, clicks and workflows, into a file; writes nothing to Redis or "
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
                        Kafka = parsed.GetValue(kafka),
                        Redis = parsed.GetValue(redis),
                        Group = parsed.GetValue(group),
                        Config = parsed.GetValue(config),
                        Prefix = parsed.GetValue(prefix),
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
}
