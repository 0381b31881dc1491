using System.CommandLine;
using Ingest.Generate;
using Ingest.Http;
using Ingest.Publishing;
using Ingest.Replay;
using Ingest.Tail;

namespace Ingest.Cli;

/// <summary>The command line of <c>ingest</c>: one place for names, defaults and help.</summary>
public static class Commands
{
    /// <summary>Runs a command line; the exit code is one of <see cref="ExitCodes"/>.</summary>
    public static async Task<int> RunAsync(string[] args, Surroundings around, CancellationToken cancel = default)
    {
        RootCommand root = Root(around);
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            around.Error.WriteLine($"ingest: {WrongUse.Of("ingest", root, parsed)}");
            return ExitCodes.WrongUse;
        }
        var invocation = new InvocationConfiguration
        {
            Output = around.Out,
            Error = around.Error,
            EnableDefaultExceptionHandler = false,
        };
        try
        {
            return await parsed.InvokeAsync(invocation, cancel).ConfigureAwait(false);
        }
        catch (CommandFailure failure)
        {
            around.Error.WriteLine($"ingest: {failure.Message}");
            return failure.ExitCode;
        }
        catch (OperationCanceledException)
        {
            around.Error.WriteLine("ingest: stopped before the end.");
            return ExitCodes.Failed;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            around.Error.WriteLine($"ingest: {error.Message}");
            return ExitCodes.Failed;
        }
        catch (Exception error)
        {
            // Nobody foresaw it: what and where, for a report, in place of an abort.
            around.Error.WriteLine($"ingest: it failed unexpectedly, please report this: {error}");
            return ExitCodes.Failed;
        }
    }

    private static RootCommand Root(Surroundings around) =>
        new("Puts events into Kafka for the engine: exit 0 done, 1 failed, 2 wrong use, 3 not there.")
        {
            ReplayOf(around),
            TailOf(around),
            HttpOf(around),
            GenerateOf(around),
        };

    private static Option<string?> Kafka() =>
        new("--kafka")
        {
            HelpName = "H:P",
            Description = "the broker (default: that of the out/engine run that runs here, out of out/run.json)",
        };

    private static Option<int> Partitions() =>
        new("--partitions")
        {
            HelpName = "N",
            Description = "partitions of a topic that has to be made",
            DefaultValueFactory = _ => TopicMaker.DefaultPartitions,
        };

    private static Option<Speed> SpeedOption() =>
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

    private static Command ReplayOf(Surroundings around)
    {
        var files = new Argument<string[]>("FILE")
        {
            Arity = ArgumentArity.OneOrMore,
            Description =
                "JSONL of the contract's events, or of recorded cursor paths (each becomes a click that carries "
                + "it); .gz too",
        };
        Option<string?> kafka = Kafka();
        Option<Speed> speed = SpeedOption();
        Option<int> partitions = Partitions();
        var times = new Option<string>("--times")
        {
            HelpName = "shift|keep",
            Description =
                "shift moves all times by one amount, so that the last event's time is the moment it is sent (at "
                + "speed 1 and below: "
                + "the first's); keep leaves them",
            DefaultValueFactory = _ => "shift",
        };
        times.AcceptOnlyFromAmong("shift", "keep");
        var command = new Command(
            "replay",
            "Sends files, merged by time, to their topics with the right keys; a record's timestamp is its event's "
                + "time."
        )
        {
            files,
            kafka,
            speed,
            times,
            partitions,
        };
        command.SetAction(
            (parsed, cancel) =>
                ReplayCommand.RunAsync(
                    new ReplayRequest
                    {
                        Files = parsed.GetRequiredValue(files),
                        Kafka = parsed.GetValue(kafka),
                        Speed = parsed.GetValue(speed),
                        KeepTimes = parsed.GetValue(times) == "keep",
                        Partitions = parsed.GetValue(partitions),
                    },
                    around,
                    cancel
                )
        );
        return command;
    }

    private static Command TailOf(Surroundings around)
    {
        var files = new Argument<string[]>("FILE")
        {
            Arity = ArgumentArity.OneOrMore,
            Description = "logs that a web server writes",
        };
        Option<string?> kafka = Kafka();
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
                + TailCommand.PlaceSuffix
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
                TailCommand.RunAsync(
                    new TailRequest
                    {
                        Files = parsed.GetRequiredValue(files),
                        Kafka = parsed.GetValue(kafka),
                        IsJson = parsed.GetValue(format) == "json",
                        Endpoint = parsed.GetValue(endpoint)!,
                        Follow = parsed.GetValue(follow),
                        Places = parsed.GetValue(places),
                    },
                    around,
                    cancel
                )
        );
        return command;
    }

    private static Command GenerateOf(Surroundings around)
    {
        var clicks = new Argument<int>("N")
        {
            Description = "how many clicks; paths, repeats and mistakes come on top",
        };
        Option<string?> kafka = Kafka();
        Option<Speed> speed = SpeedOption();
        Option<int> partitions = Partitions();
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
                GenerateCommand.RunAsync(
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
                    around,
                    cancel
                )
        );
        return command;
    }

    private static Command HttpOf(Surroundings around)
    {
        Option<string?> kafka = Kafka();
        var listen = new Option<string>("--listen")
        {
            HelpName = "H:P",
            Description = "where to listen; port 0 takes a free one",
            DefaultValueFactory = _ => new HttpServing().Listen,
        };
        var proxy = new Option<bool>("--behind-proxy")
        {
            Description = "beacons: the client's address is the last of X-Forwarded-For",
        };
        var command = new Command(
            "http",
            "Serves POST /v1/events (an event, an array, or a line each) and the page script /beacon.js."
        )
        {
            listen,
            kafka,
            proxy,
        };
        command.SetAction(
            (parsed, cancel) =>
                HttpServer.RunAsync(
                    new HttpServing
                    {
                        Listen = parsed.GetValue(listen)!,
                        Kafka = parsed.GetValue(kafka),
                        BehindProxy = parsed.GetValue(proxy),
                    },
                    around,
                    cancel
                )
        );
        return command;
    }
}
