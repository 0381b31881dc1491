using System.Diagnostics;
using Engine.App.Configuration;
using Engine.App.Hosting;
using Engine.App.Terminal;
using Ingest.Cli;
using Microsoft.Extensions.Logging;

namespace Engine.App.Cli;

/// <summary><c>engine demo</c> (make run): a stream through ingest, Kafka, the engine and Redis, and then what was decided beside what is true.</summary>
internal static class DemoCommand
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1), LookEvery = TimeSpan.FromMilliseconds(200), EndsWithin = TimeSpan.FromSeconds(110);

    public static async Task<int> RunAsync(string? data, string? redis, bool keep, int clicks, Surroundings around, CancellationToken cancel)
    {
        if (data != null && !Directory.Exists(data)) throw new CommandFailure($"--data {data}: there is no such folder.", ExitCodes.NotThere);
        ConfigFile file = ConfigFile.Find(null);
        using ILoggerFactory logs = LoggerFactory.Create(_ => { });
        string labels = Path.Combine(Path.GetTempPath(), $"engine-demo-{Environment.ProcessId}.csv");
        using var running = await RunningProcess.StartAsync(new RunRequest { Redis = redis }, file, around, logs, cancel).ConfigureAwait(false);
        try
        {
            around.Out.WriteLine($"Kafka {running.Address.Kafka} (in this process), Redis {running.Address.Redis}, look-ups at http://{running.Http}/v1/verdicts/<click>");
            using Process ingest = StartIngest(running, data, clicks, labels);
            try
            {
                await WatchAsync(running, ingest, around, data == null, cancel).ConfigureAwait(false);
            }
            finally
            {
                if (!ingest.HasExited) ingest.Kill(entireProcessTree: true);
            }
            if (ingest.ExitCode != 0 && data == null) throw new CommandFailure($"ingest ended with exit code {ingest.ExitCode}.");
            around.Out.WriteLine();
            around.Out.WriteLine(RunSummary.Of(running.Host, "all of the stream is decided"));
            if (data == null) DemoReport.Write(around.Out, running, labels);
            else DemoReport.WriteExamples(around.Out, running, []);
            DemoReport.WriteNext(around.Out, running, keep);
            if (keep) await StayAsync(running, cancel).ConfigureAwait(false);
            running.Host.Stop();
            return running.Host.Failure is { } failure ? throw new CommandFailure(failure.Message) : ExitCodes.Done;
        }
        finally
        {
            File.Delete(labels);
        }
    }

    private static Process StartIngest(RunningProcess running, string? data, int clicks, string labels)
    {
        string beside = Path.Combine(AppContext.BaseDirectory, "ingest.dll");
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(beside);
        if (data == null)
            foreach (string argument in new[] { "generate", $"{clicks}", "--labels", labels, "--kafka", running.Address.Kafka }) start.ArgumentList.Add(argument);
        else
        {
            start.ArgumentList.Add("replay");
            foreach (string path in RealFiles(data)) start.ArgumentList.Add(path);
            start.ArgumentList.Add("--kafka");
            start.ArgumentList.Add(running.Address.Kafka);
        }
        Process process = Process.Start(start) ?? throw new CommandFailure("ingest didn't start.");
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) => { if (line.Data != null && process.HasExited && process.ExitCode != 0) Console.Error.WriteLine(line.Data); };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static IEnumerable<string> RealFiles(string data)
    {
        string[] files = [.. Directory.GetFiles(data, "*.jsonl.gz", SearchOption.AllDirectories)
            .Where(path => path.EndsWith(".clicks.jsonl.gz", StringComparison.Ordinal) || Path.GetFileName(Path.GetDirectoryName(path)) == "paths").Order(StringComparer.Ordinal)];
        return files.Length > 0 ? files : throw new CommandFailure($"--data {data}: there are no clicks/*.clicks.jsonl.gz and no paths/*.jsonl.gz in it.", ExitCodes.NotThere);
    }

    private static async Task WatchAsync(RunningProcess running, Process ingest, Surroundings around, bool bounded, CancellationToken cancel)
    {
        using var table = new LiveTable(around, running.Host);
        long since = around.Time.GetTimestamp();
        while (running.Host.Failure == null)
        {
            table.Show();
            if (ingest.HasExited && running.Host.IsIdleFor(Idle)) return;
            if (bounded && around.Time.GetElapsedTime(since) > EndsWithin) throw new CommandFailure("the stream wasn't decided within two minutes: is the machine busy with something else?");
            await Task.Delay(LookEvery, around.Time, cancel).ConfigureAwait(false);
        }
        throw new CommandFailure(running.Host.Failure!.Message);
    }

    private static async Task StayAsync(RunningProcess running, CancellationToken cancel)
    {
        try
        {
            while (running.Host.Failure == null) await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C, or a kill: the end that was promised.
        }
    }
}
