using System.CommandLine;
using Engine.Client;
using Engine.CommandLine;
using Engine.Contracts;
using Engine.Workflows;
using Ingest.Sending;
using Ingest.Tail.Formats;

namespace Ingest.Tail;

/// <summary>Sends a web server's log as it grows, each line once. A small file records how far a log was read, after
/// Kafka has acknowledged everything up to there. Only a crash in between sends lines again, with the same ids, so the
/// engine counts them as duplicates.</summary>
public static class TailCommand
{
    /// <summary>Declares the command.</summary>
    internal static Command Create(CommandContext context)
    {
        var files = new Argument<string[]>("FILE")
        {
            Arity = ArgumentArity.OneOrMore,
            Description = "the logs of a web server",
        };
        Option<string?> kafka = SharedOptions.Kafka(),
            config = SharedOptions.Config();
        var defaults = new TailRequest { Files = [] };
        var format = new Option<string>("--format")
        {
            HelpName = LogFormats.Choices,
            Description =
                "how the server logs requests, or json for one event of the contract per line; auto recognizes it by "
                + "the first lines; a pattern is written like nginx's log_format",
            DefaultValueFactory = _ => defaults.Format,
        };
        var proxy = new Option<bool>("--behind-proxy")
        {
            Description = "take the client's address from the last entry of X-Forwarded-For, where a line has it",
        };
        var endpoint = new Option<string>("--endpoint")
        {
            HelpName = "PATH",
            Description = "the path whose requests are clicks; others are skipped",
            DefaultValueFactory = _ => defaults.Endpoint,
        };
        var follow = new Option<bool>("--follow")
        {
            Description = "continue at the end of the log, through rotations, until stopped",
        };
        var places = new Option<string?>("--places")
        {
            HelpName = "DIR",
            Description =
                "the folder to record in how far each log was read (default: beside the log, in FILE"
                + TailPlace.FileSuffix
                + ")",
        };
        format.Validators.Add(result =>
        {
            if (ProblemOf(result.GetValueOrDefault<string>()) is { } problem)
            {
                result.AddError(problem);
            }
        });
        endpoint.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is not ['/', ..])
            {
                result.AddError("--endpoint must be a path that begins with /");
            }
        });
        places.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } folder && !Directory.Exists(folder))
            {
                result.AddError($"--places {folder}: no such folder");
            }
        });
        var command = new Command(
            "tail",
            "Sends the clicks of an access log, each line once, starting where the last run ended."
        )
        {
            files,
            kafka,
            config,
            format,
            proxy,
            endpoint,
            follow,
            places,
        };
        command.SetAction(
            (parsed, cancel) =>
                RunAsync(
                    new TailRequest
                    {
                        Files = parsed.GetRequiredValue(files),
                        Kafka = parsed.GetValue(kafka),
                        Config = parsed.GetValue(config),
                        Format = parsed.GetValue(format)!,
                        BehindProxy = parsed.GetValue(proxy),
                        Endpoint = parsed.GetValue(endpoint)!,
                        Follow = parsed.GetValue(follow),
                        Places = parsed.GetValue(places),
                    },
                    context,
                    cancel
                )
        );
        return command;
    }

    private static string? ProblemOf(string? format)
    {
        if (format is null or LogFormats.Auto or LogFormats.Events)
        {
            return null;
        }

        try
        {
            LogFormats.Create(format);
            return null;
        }
        catch (FormatException error)
        {
            return $"--format '{format}': {error.Message}";
        }
    }

    /// <summary>Sends the logs' lines.</summary>
    public static async Task<int> RunAsync(TailRequest request, CommandContext context, CancellationToken cancel)
    {
        SendingConfig config = SendingConfig.Find(request.Kafka, request.Config);
        if (
            request is { BehindProxy: true, Format: not (LogFormats.Auto or LogFormats.Events) }
            && !LogFormats.Create(request.Format).HasForwardedFor
        )
        {
            throw new CommandException(
                $"--behind-proxy: the format {request.Format} has no X-Forwarded-For.",
                ExitCodes.WrongUse
            );
        }

        foreach (string file in request.Files)
        {
            if (Directory.Exists(file))
            {
                throw new CommandException($"{file} is a directory: give the logs in it.", ExitCodes.WrongUse);
            }

            if (!request.Follow && !File.Exists(file))
            {
                throw new CommandException($"{file}: no such file.", ExitCodes.WrongUse);
            }
        }
        await ReadyTopics
            .EnsureAsync(config, request.IsEvents ? WorkflowEvents.All.Holds.Keys : [Topics.Interactions], cancel)
            .ConfigureAwait(false);
        await using var pacing = await Pacing.ForAsync(config, context).ConfigureAwait(false);
        await using var publisher = new EventPublisher(
            new PublisherOptions
            {
                // While following, a log waits for its broker as long as it takes; otherwise it can't.
                Kafka = config.Kafka,
                ClientId = "ingest-tail",
                Extra = config.Settings,
                GiveUpAfter = request.Follow ? TimeSpan.Zero : TimeSpan.FromSeconds(30),
            }
        );
        using var tail = new TailRun(request, publisher, pacing.Pace, context);
        try
        {
            await tail.RunAsync(cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested && request.Follow)
        {
            // Ctrl-C or a kill: the normal end of following.
        }
        finally
        {
            using var end = new CancellationTokenSource(TailRun.EndWithin, context.Time);
            await tail.EndAsync(end.Token).ConfigureAwait(false);
        }
        tail.Summarise(context.Out);
        return ExitCodes.Done;
    }
}
