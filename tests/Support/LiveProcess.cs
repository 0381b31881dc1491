using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Tests.Support;

/// <summary>A process started by a test. Its output is kept, it is signalled by its id, and it never outlives the
/// test.</summary>
public sealed partial class LiveProcess : IAsyncDisposable
{
    public const int Interrupt = 2,
        Kill = 9,
        Term = 15,
        Stop = 19,
        Continue = 18;

    private readonly Process _process;
    private readonly StringBuilder _out = new(),
        _error = new();

    private LiveProcess(Process process) => _process = process;

    /// <summary>Each line on standard error, as it comes.</summary>
    public event Action<string>? Said;

    public int Id => _process.Id;
    public bool HasExited => _process.HasExited;
    public int ExitCode => _process.ExitCode;
    public string Out => Text(_out);
    public string Error => Text(_error);

    public static LiveProcess Start(
        string program,
        IEnumerable<string> arguments,
        string? folder = null,
        params (string Name, string? Value)[] environment
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        if (folder != null)
        {
            start.WorkingDirectory = folder;
        }

        foreach ((string name, string? value) in environment)
        {
            start.Environment[name] = value;
        }

        var live = new LiveProcess(new Process { StartInfo = start });
        live._process.OutputDataReceived += (_, line) => Keep(live._out, line.Data);
        live._process.ErrorDataReceived += (_, line) =>
        {
            Keep(live._error, line.Data);
            live.Said?.Invoke(line.Data ?? "");
        };
        live._process.Start();
        live._process.BeginOutputReadLine();
        live._process.BeginErrorReadLine();
        live._process.StandardInput.Close();
        return live;
    }

    public void Signal(int signal)
    {
        if (!_process.HasExited)
        {
            _ = SendSignal(_process.Id, signal);
        }
    }

    /// <summary>Signals the process and its children, as a terminal does, if it was started as a session
    /// leader.</summary>
    public void SignalGroup(int signal)
    {
        if (!_process.HasExited)
        {
            _ = SendSignal(-_process.Id, signal);
        }
    }

    /// <summary>Waits until the process ends and all its output has arrived. Returns its exit code.</summary>
    public async Task<int> ExitAsync(TimeSpan? within = null)
    {
        using var cancel = new CancellationTokenSource(within ?? LiveWait.Patience);
        try
        {
            await _process.WaitForExitAsync(cancel.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException(
                $"process {Id} ({_process.StartInfo.FileName} {string.Join(' ', _process.StartInfo.ArgumentList)}) "
                    + $"didn't end in time; its output:\n{Error}\n{Out}"
            );
        }
        return _process.ExitCode;
    }

    public async Task KillAsync()
    {
        Signal(Kill);
        await ExitAsync();
    }

    /// <summary>Waits until the process writes a text. Fails at once if it ends before.</summary>
    public Task SaysAsync(string text, TimeSpan? within = null) =>
        LiveWait.UntilAsync(
            $"process {Id} says '{text}'; its output: {Error}",
            () =>
            {
                if (Error.Contains(text, StringComparison.Ordinal) || Out.Contains(text, StringComparison.Ordinal))
                {
                    return true;
                }

                return HasExited
                    ? throw new InvalidOperationException(
                        $"the process ended with exit code {ExitCode} before it said '{text}':\n{Error}\n{Out}"
                    )
                    : false;
            },
            within
        );

    /// <summary>A loopback port that is free now and below the system's ephemeral ports, so it stays free until it is
    /// used.</summary>
    /// <param name="beside">The distance to another port above that the program uses, too; 0 for none.</param>
    public static int FreePort(int beside = 0)
    {
        while (true)
        {
            int port = Random.Shared.Next(10_240, 22_000);
            if (IsFree(port) && IsFree(port + beside))
            {
                return port;
            }
        }
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':')
            .Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, program)));

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Signal(Continue);
            // Its child processes end with it.
            _process.Kill(entireProcessTree: true);
            await ExitAsync();
        }
        _process.Dispose();
    }

    private static void Keep(StringBuilder into, string? line)
    {
        if (line == null)
        {
            return;
        }

        lock (into)
        {
            into.AppendLine(line);
        }
    }

    private static string Text(StringBuilder from)
    {
        lock (from)
        {
            return from.ToString();
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int pid, int signal);
}
