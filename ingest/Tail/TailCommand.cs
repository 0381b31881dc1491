using System.CommandLine;
using Engine.Client;
using Engine.Client.Provisioning;
using Engine.CommandLine;
using Engine.Contracts;
using Engine.Workflows;
using Ingest.Sending;

namespace Ingest.Tail;

/// <summary>
/// Sends a web server's log as it grows. Each line is sent once: how far a log was read is kept in a small file, after
/// Kafka has acknowledged everything before it. Only a crash between the two sends lines again, under the same ids, so
/// that the engine counts them as duplicates.
/// </summary>
public static class TailCommand
{
    /// <summary>Declares the command.</summary>
    internal static Command Create(CommandContext context)
    {
        var files = new Argument<string[]>("FILE")
        {
            Arity = ArgumentArity.OneOrMore,
            Description = "logs that a web server writes",
        };
        Option<string?> kafka = SharedOptions.Kafka();
        var defaults = new TailRequest { Files = [] };
        var format = new Option<string>("--format")
        {
            HelpName = "combined|json",
            Description =
                "combined: requests to a click-redirect endpoint, as Apache and nginx log them; json: an event of "
                + "the contract a line",
            DefaultValueFactory = _ => "combined",
        };
        format.AcceptOnlyFromAmong("combined", "json");
        var endpoint = new Option<string>("--endpoint")
        {
            HelpName = "PATH",
            Description = "combined: the path whose requests are clicks; others are passed over",
            DefaultValueFactory = _ => defaults.Endpoint,
        };
        var follow = new Option<bool>("--follow")
        {
            Description = "goes on at the end, through rotations, until it is stopped",
        };
        var places = new Option<string?>("--places")
        {
            HelpName = "DIR",
            Description =
                "where to keep how far each log was read (default: beside the log, in FILE"
                + TailPlace.FileSuffix
                + ")",
        };
        endpoint.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is not ['/', ..])
            {
                result.AddError("--endpoint is a path that begins with /");
            }
        });
        places.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } folder && !Directory.Exists(folder))
            {
                result.AddError($"--places {folder}: there is no such folder");
            }
        });
        var command = new Command(
            "tail",
            "Sends an access log's clicks, each line once, from where it ended the last time."
        )
        {
            files,
            kafka,
            format,
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
                        IsJson = parsed.GetValue(format) == "json",
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

    public static async Task<int> RunAsync(TailRequest request, CommandContext context, CancellationToken cancel)
    {
        RunningEngine? engine = RunningEngine.Find();
        string kafka = request.Kafka ?? engine?.Kafka ?? RunningEngine.KafkaOr(null);
        foreach (string file in request.Files)
        {
            if (Directory.Exists(file))
            {
                throw new CommandException($"{file} is a directory: name the logs in it.", ExitCodes.WrongUse);
            }

            if (!request.Follow && !File.Exists(file))
            {
                throw new CommandException($"{file} isn't there.", ExitCodes.NotThere);
            }
        }
        try
        {
            await new TopicProvisioner(kafka)
                .EnsureAsync(
                    request.IsJson ? WorkflowEvents.All.Holds.Keys : [Topics.Interactions],
                    TopicTimestamps.LogAppendTime,
                    cancel: cancel
                )
                .ConfigureAwait(false);
        }
        catch (Confluent.Kafka.KafkaException error)
        {
            throw new CommandException(
                $"Kafka at {kafka} can't be used: {error.Error.Reason}. Is it up, and the address right?"
            );
        }
        await using var pacing = await Pacing.ForAsync(engine, kafka, context).ConfigureAwait(false);
        await using var publisher = new EventPublisher(
            new PublisherOptions
            {
                // A log can wait for its broker as long as it takes; one that is read to its end once can't.
                Kafka = kafka,
                ClientId = "ingest-tail",
                GiveUpAfter = request.Follow ? TimeSpan.Zero : TimeSpan.FromSeconds(30),
            }
        );
        var tail = new TailRun(request, publisher, pacing.Pace, context);
        try
        {
            await tail.RunAsync(cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested && request.Follow)
        {
            // Ctrl-C, or a kill: the end of following.
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
