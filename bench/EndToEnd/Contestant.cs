using System.Diagnostics;
using System.Text;

namespace Bench.EndToEnd;

/// <summary>The engine or a peer while it runs: one process, or two engines of one group.</summary>
internal sealed class Contestant : IDisposable
{
    private readonly Process[] _processes;
    private readonly string _name,
        _group;
    private readonly StringBuilder _output = new();

    /// <param name="group">The consumer group; by default one of its own.</param>
    public Contestant(
        Plan plan,
        string name,
        string kafka,
        string topic,
        int redis,
        string folder,
        string? group = null
    )
    {
        _name = name;
        _group = group ??= $"bench-{Guid.NewGuid():N}";
        ProcessStartInfo start;
        if (plan.EngineOf(name) is { } engine)
        {
            string[] arguments =
            [
                "run",
                "--config",
                EngineSetup.Write(plan.SetupOf(name), plan.Root, folder),
                "--kafka",
                kafka,
                "--redis",
                $"127.0.0.1:{redis}",
                "--group",
                group,
                "--http",
                "127.0.0.1:0",
            ];
            start = new ProcessStartInfo(engine, arguments);
        }
        else
        {
            string[] common =
            [
                "-cp",
                "lib/*:../kafka/libs/*",
                $"-Dbrokers={kafka}",
                $"-Dredis.port={redis}",
                $"-Dtopic={topic}",
                $"-Dgroup={group}",
                $"-Dwork.dir={folder}",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
            ];
            start = name switch
            {
                "native" => new ProcessStartInfo("bin/native", common),
                "native-rdkafka" => new ProcessStartInfo("bin/native", [.. common, "-Dclient=librdkafka"]),
                _ => new ProcessStartInfo(
                    "java",
                    [
                        "-Xms3g",
                        "-Xmx3g",
                        "-XX:+UseParallelGC",
                        .. common,
                        "peers." + char.ToUpperInvariant(name[0]) + name[1..],
                    ]
                ),
            };
            start.WorkingDirectory = plan.Peers;
            if (!start.FileName.Contains('/'))
            {
                start.FileName = "java";
            }
            else
            {
                start.FileName = Path.Combine(plan.Peers!, start.FileName);
            }
        }
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        _processes = [.. Enumerable.Range(0, name == Plan.TwoEngines ? 2 : 1).Select(_ => Started(start))];
    }

    /// <summary>Its consumer group.</summary>
    public string Group => _group;

    /// <summary>The id of its (first) process.</summary>
    public int ProcessId => _processes[0].Id;

    /// <summary>The CPU time of its processes, in µs.</summary>
    public double CpuUs => _processes.Sum(process => Processes.CpuUs(process.Id));

    public double PeakMb => _processes.Sum(process => Processes.PeakMb(process.Id));

    public void CheckAlive()
    {
        foreach (Process process in _processes)
        {
            if (process.HasExited)
            {
                throw new InvalidOperationException($"{_name} ended with exit code {process.ExitCode}:\n{Output}");
            }
        }
    }

    /// <summary>Waits until an engine serves HTTP, and returns its address.</summary>
    public Uri HttpAddress(TimeSpan within)
    {
        using var pause = new ManualResetEventSlim();
        for (long since = TimeProvider.System.GetTimestamp(); ; pause.Wait(50))
        {
            CheckAlive();
            if (Output.Split('\n')[..^1].FirstOrDefault(line => line.Contains("HTTP http://")) is { } line)
            {
                return new Uri(line[line.IndexOf("http://", StringComparison.Ordinal)..].Trim());
            }

            if (TimeProvider.System.GetElapsedTime(since) > within)
            {
                throw new TimeoutException($"{_name} serves no HTTP");
            }
        }
    }

    /// <summary>Kills its processes, as a crash would.</summary>
    public void Kill()
    {
        foreach (Process process in _processes)
        {
            process.Kill();
            process.WaitForExit();
        }
    }

    /// <summary>Asks it to end. Returns its report of its own memory.</summary>
    public string End()
    {
        foreach (Process process in _processes)
        {
            using (Process kill = Process.Start("kill", $"{process.Id}"))
            {
                kill.WaitForExit();
            }

            if (!process.WaitForExit(20_000))
            {
                process.Kill();
            }

            process.WaitForExit();
        }
        return Output.Split('\n').FirstOrDefault(line => line.Contains("collections", StringComparison.Ordinal))?.Trim()
            ?? "";
    }

    private Process Started(ProcessStartInfo start)
    {
        Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    private void Keep(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }
    }

    public void Dispose()
    {
        if (Array.Exists(_processes, process => !process.HasExited))
        {
            End();
        }

        foreach (Process process in _processes)
        {
            process.Dispose();
        }
    }
}
