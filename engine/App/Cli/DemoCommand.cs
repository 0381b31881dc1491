using System.Collections.Concurrent;
using System.Diagnostics;
using Engine.App.Configuration;
using Engine.App.Running;
using Engine.App.Terminal;
using Engine.CommandLine;
using Engine.Contracts.Access;
using Engine.Workflows;
using Engine.Workflows.Module.Traffic;

namespace Engine.App.Cli;

/// <summary><c>engine demo</c> (make run): sends a stream through ingest, Kafka, the engine and Redis, and compares the
/// verdicts with the labels.</summary>
internal static class DemoCommand
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1),
        LookEvery = TimeSpan.FromMilliseconds(200),
        EndsWithin = TimeSpan.FromSeconds(90),
        DecidedWithin = TimeSpan.FromSeconds(20);

    public static async Task<int> RunAsync(
        string? data,
        string? redis,
        bool keep,
        int clicks,
        CommandContext context,
        CancellationToken cancel
    )
    {
        if (data != null && !Directory.Exists(data))
        {
            throw new CommandException($"--data {data}: no such folder.", ExitCodes.WrongUse);
        }

        string program = FindIngest();
        ConfigFile file = ConfigFile.Find(null) with { WithSamples = true };
        using ILoggerFactory logs = LoggerFactory.Create(_ => { });
        string labels = Path.Combine(Path.GetTempPath(), $"engine-demo-{Environment.ProcessId}.csv");
        // Whoever looks around afterwards signs in to the console by a link; endpoints stay open, as nobody is added.
        string token = AccessToken.Make();
        var visitor = new Account("demo", Role.Admin, null, AccessToken.HashOf(token)!);
        using var running = await RunningProcess
            .StartAsync(new RunRequest { Redis = redis, Own = visitor }, file, context, logs, cancel)
            .ConfigureAwait(false);
        try
        {
            context.Out.WriteLine(
                $"Kafka {running.Address.Kafka.Brokers} (in this process), Redis {running.Address.Redis.Hosts}, "
                    + $"look-ups at http://{running.Http.Address}/v1/verdicts/<click>"
            );
            string[] files = data == null ? [] : RealFiles(data);
            context.Out.WriteLine(
                data == null
                    ? $"Playing {RunSummary.N(clicks)} clicks of sample traffic."
                    : $"Playing {string.Join(", ", files.Select(file => Path.GetRelativePath(data, file)))}: ingest "
                        + $"reads them first, to merge them by time."
            );
            Task<LabelledClick[]>? truth = data == null ? null : Task.Run(() => TrueLabels.OfData(files), cancel);
            bool whole = true;
            var said = new ConcurrentQueue<string>();
            using (Process ingest = StartIngest(program, running, files, clicks, labels, said))
            {
                try
                {
                    whole = await WatchAsync(running, ingest, context, cancel).ConfigureAwait(false);
                }
                finally
                {
                    if (!ingest.HasExited)
                    {
                        ingest.Kill(entireProcessTree: true);
                    }
                }
                await ingest.WaitForExitAsync(cancel).ConfigureAwait(false);
                // Events that ingest couldn't send, which it reports; the sample traffic has none.
                foreach (string line in said)
                {
                    context.Out.WriteLine($"ingest: {line}");
                }

                if (ingest.ExitCode != 0 && data == null)
                {
                    throw new CommandException($"ingest ended with exit code {ingest.ExitCode}.");
                }
            }
            context.Out.WriteLine();
            context.Out.WriteLine(
                RunSummary.Of(
                    running.Host,
                    whole
                        ? "the whole stream is decided"
                        : $"{EndsWithin.TotalSeconds:0} s have passed, and ingest was stopped; to play all of it, use "
                            + $"out/engine run in one terminal, out/ingest replay FILE… in another"
                )
            );
            string? example = await DemoReport
                .WriteAsync(
                    context.Out,
                    running,
                    truth == null ? TrueLabels.OfSample(labels) : await truth.ConfigureAwait(false),
                    cancel
                )
                .ConfigureAwait(false);
            if (data == null)
            {
                await WorkflowReport.WriteAsync(context.Out, running.Host, running.Http.Address).ConfigureAwait(false);
            }

            if (data != null)
            {
                context.Out.WriteLine(
                    $"{Environment.NewLine}The engine had no label statistics of publishers and devices "
                        + $"(docs/histories.md): no labels were sent."
                );
            }

            DemoReport.WriteNext(context.Out, running, keep, example, token);
            if (keep)
            {
                await StayAsync(running, cancel).ConfigureAwait(false);
            }

            running.Host.Stop();
            return running.Host.Failure is { } failure ? throw new CommandException(failure.Message) : ExitCodes.Done;
        }
        finally
        {
            File.Delete(labels);
        }
    }

    /// <summary>The program that sends the stream: a build of the engine alone doesn't have it.</summary>
    private static string FindIngest()
    {
        string program = Path.Combine(AppContext.BaseDirectory, "ingest.dll");
        return File.Exists(program)
            ? program
            : throw new CommandException(
                $"the demo needs ingest, and {program} isn't there: 'dotnet run' builds the engine alone. Build both "
                    + "with 'make build', then start out/engine demo; or use make run, which does both.",
                ExitCodes.NotThere
            );
    }

    private static Process StartIngest(
        string ingest,
        RunningProcess running,
        string[] files,
        int clicks,
        string labels,
        ConcurrentQueue<string> said
    )
    {
        string[] arguments =
            files.Length == 0
                ?
                [
                    "generate",
                    $"{clicks}",
                    "--labels",
                    labels,
                    .. WorkflowModules
                        .All.Select(module => module.Traffic)
                        .OfType<ISampleTraffic>()
                        .SelectMany(traffic => (string[])[$"--{traffic.Option}", $"{traffic.DemoCount(clicks)}"]),
                    "--engine",
                    running.Http.Address,
                ]
                : ["replay", .. files];
        var start = new ProcessStartInfo("dotnet", [ingest, .. arguments, "--kafka", running.Address.Kafka.Brokers])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        Process process = Process.Start(start) ?? throw new CommandException("ingest didn't start.");
        process.OutputDataReceived += (_, _) => { };
        // Ingest's progress shows in the table.
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { } text && !text.Contains("events sent, ", StringComparison.Ordinal))
            {
                said.Enqueue(text);
            }
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static string[] RealFiles(string data)
    {
        string[] files =
        [
            .. Directory
                .GetFiles(data, "*.jsonl.gz", SearchOption.AllDirectories)
                .Where(path =>
                    path.EndsWith(".clicks.jsonl.gz", StringComparison.Ordinal)
                    || Path.GetFileName(Path.GetDirectoryName(path)) == "paths"
                )
                .Order(StringComparer.Ordinal),
        ];
        return files.Length > 0
            ? files
            : throw new CommandException(
                $"--data {data}: it contains neither clicks/*.clicks.jsonl.gz nor paths/*.jsonl.gz.",
                ExitCodes.WrongUse
            );
    }

    /// <summary>Shows progress until everything is decided. Returns false if the time limit ended ingest early, so that
    /// only part of the stream was sent.</summary>
    private static async Task<bool> WatchAsync(
        RunningProcess running,
        Process ingest,
        CommandContext context,
        CancellationToken cancel
    )
    {
        using var table = new LiveTable(context, running.Host);
        long since = context.Time.GetTimestamp();
        bool whole = true;
        while (running.Host.Failure == null)
        {
            table.Show();
            if (ingest.HasExited && running.Host.WaitsFor(Idle) == null)
            {
                return whole;
            }

            TimeSpan passed = context.Time.GetElapsedTime(since);
            if (passed > EndsWithin && !ingest.HasExited)
            {
                whole = false;
                ingest.Kill(entireProcessTree: true);
            }
            if (passed > EndsWithin + DecidedWithin)
            {
                throw new CommandException(
                    "the stream wasn't decided within two minutes: is the machine busy with something else?"
                );
            }

            await Task.Delay(LookEvery, context.Time, cancel).ConfigureAwait(false);
        }
        throw new CommandException(running.Host.Failure!.Message);
    }

    private static async Task StayAsync(RunningProcess running, CancellationToken cancel)
    {
        try
        {
            while (running.Host.Failure == null)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancel).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C or a kill: the promised way to end.
        }
    }
}
