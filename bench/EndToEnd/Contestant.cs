using System.Diagnostics;
using System.Text;

namespace Bench.EndToEnd;

/// <summary>The engine or a peer while it runs.</summary>
internal sealed class Contestant : IDisposable
{
    private readonly Process _process;
    private readonly string _name;
    private readonly StringBuilder _said = new();

    public Contestant(Plan plan, string name, string kafka, string topic, int redis, string folder)
    {
        _name = name;
        string group = $"bench-{Guid.NewGuid():N}";
        ProcessStartInfo start;
        if (plan.EngineOf(name) is { } engine)
        {
            string[] arguments = ["run", "--config", Path.Combine(plan.Root, "bench", "EndToEnd", "engine.yaml"), "--kafka", kafka, "--redis", $"127.0.0.1:{redis}", "--group", group];
            start = new ProcessStartInfo(engine, arguments);
        }
        else
        {
            string[] common = ["-cp", "lib/*:../kafka/libs/*", $"-Dbrokers={kafka}", $"-Dredis.port={redis}", $"-Dtopic={topic}", $"-Dgroup={group}", $"-Dwork.dir={folder}", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error"];
            start = name switch
            {
                "native" => new ProcessStartInfo("bin/native", common),
                "native-rdkafka" => new ProcessStartInfo("bin/native", [.. common, "-Dclient=librdkafka"]),
                _ => new ProcessStartInfo("java", ["-Xms3g", "-Xmx3g", "-XX:+UseParallelGC", .. common, "peers." + char.ToUpperInvariant(name[0]) + name[1..]]),
            };
            start.WorkingDirectory = plan.Peers;
            if (!start.FileName.Contains('/')) start.FileName = "java";
            else start.FileName = Path.Combine(plan.Peers!, start.FileName);
        }
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int ProcessId => _process.Id;

    public void CheckAlive()
    {
        if (_process.HasExited) throw new InvalidOperationException($"{_name} ended with exit code {_process.ExitCode}:\n{Said}");
    }

    /// <summary>Asks it to end; what it says of its own memory then.</summary>
    public string End()
    {
        using (Process kill = Process.Start("kill", $"{_process.Id}")) kill.WaitForExit();
        if (!_process.WaitForExit(20_000)) _process.Kill();
        _process.WaitForExit();
        return Said.Split('\n').FirstOrDefault(line => line.Contains("collections", StringComparison.Ordinal))?.Trim() ?? "";
    }

    private string Said
    {
        get
        {
            lock (_said) return _said.ToString();
        }
    }

    private void Keep(string? line)
    {
        lock (_said) _said.AppendLine(line);
    }

    public void Dispose()
    {
        if (!_process.HasExited) End();
        _process.Dispose();
    }
}
