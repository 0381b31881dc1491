using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Bench.EndToEnd;

/// <summary>A broker for the benchmark, started by the plan's script.</summary>
internal sealed class Broker : IDisposable
{
    private readonly string _tool,
        _folder;

    public Broker(string tool, string folder)
    {
        (_tool, _folder) = (tool, Path.Combine(folder, "kafka"));
        int port = Ports.Free(beside: 1001);
        Run("start", "-p", $"{port}", "-d", _folder, "-P", "4");
        Address = $"127.0.0.1:{port}";
        ProcessId = int.Parse(File.ReadAllText(Path.Combine(_folder, "1.pid")), CultureInfo.InvariantCulture);
    }

    public string Address { get; }

    public int ProcessId { get; }

    private void Run(params string[] arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(_tool, arguments) { RedirectStandardOutput = true }
        )!;
        process.StandardOutput.ReadLine();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{_tool} {arguments[0]} ended with exit code {process.ExitCode}");
        }
    }

    public void Dispose() => Run("stop", "-d", _folder);
}

/// <summary>A Redis or Garnet server without persistence, and a connection to it.</summary>
internal sealed class Store : IDisposable
{
    private readonly Process _process;
    private readonly TcpClient _client;
    private readonly StreamReader _replies;

    public Store(string name, string root, string folder)
    {
        Port = Ports.Free();
        ProcessStartInfo start =
            name == "redis"
                ? new(
                    "redis-server",
                    ["--bind", "127.0.0.1", "--port", $"{Port}", "--save", "", "--appendonly", "no", "--dir", folder]
                )
                : new(
                    "dotnet",
                    [
                        "tool",
                        "run",
                        "garnet-server",
                        "--",
                        "--bind",
                        "127.0.0.1",
                        "--port",
                        $"{Port}",
                        "--lua",
                        "--lua-transaction-mode",
                        "--memory",
                        "4g",
                        "--index",
                        "512m",
                    ]
                );
        start.WorkingDirectory = root;
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        _process = Process.Start(start)!;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        using var pause = new ManualResetEventSlim();
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                _client = new TcpClient("127.0.0.1", Port);
                break;
            }
            catch (SocketException) when (attempt < 300 && !_process.HasExited)
            {
                pause.Wait(100);
            }
        }
        _replies = new StreamReader(_client.GetStream(), Encoding.ASCII);
        // `dotnet tool run` starts the server as a child process.
        ProcessId = name == "redis" ? _process.Id : Processes.LastChild(_process.Id);
    }

    public int Port { get; }

    public int ProcessId { get; }

    /// <summary>Gets the number of keys.</summary>
    public long Size() => long.Parse(Execute("DBSIZE")[1..], CultureInfo.InvariantCulture);

    /// <summary>Gets the memory that a Redis uses, in MB.</summary>
    public double UsedMb()
    {
        int length = int.Parse(Execute("INFO", "memory")[1..], CultureInfo.InvariantCulture);
        var text = new char[length];
        _replies.ReadBlock(text);
        _replies.ReadLine();
        string used = new string(text).Split("used_memory:")[1].Split('\r')[0];
        return long.Parse(used, CultureInfo.InvariantCulture) / 1048576.0;
    }

    /// <summary>The offset before which every click of a partition is decided, where plain verdicts aren't
    /// written.</summary>
    public long DecidedBefore(string group, int partition)
    {
        string found = Execute("HGET", $"decided:{group}:{{interactions-{partition}}}", "before");
        return found == "$-1" ? 0 : long.Parse(_replies.ReadLine()!, CultureInfo.InvariantCulture);
    }

    /// <summary>Gets whether each key exists.</summary>
    public bool[] Exist(IReadOnlyList<string> keys)
    {
        var text = new StringBuilder();
        foreach (string key in keys)
        {
            Command(text, "EXISTS", key);
        }

        _client.GetStream().Write(Encoding.ASCII.GetBytes(text.ToString()));
        return [.. keys.Select(_ => _replies.ReadLine() == ":1")];
    }

    /// <summary>Gets the value of a key; null if it doesn't exist. The value must be a single line.</summary>
    public string? Get(string key) => Execute("GET", key) == "$-1" ? null : _replies.ReadLine();

    /// <summary>The next offset of a partition of the clicks that a group hasn't committed; 0 without
    /// progress.</summary>
    public long Progress(string group, int partition) =>
        Get($"progress:{group}:{{interactions-{partition}}}") is { } progress
            ? long.Parse(progress.Split(' ')[0], CultureInfo.InvariantCulture)
            : 0;

    private string Execute(params ReadOnlySpan<string> command)
    {
        var text = new StringBuilder();
        Command(text, command);
        _client.GetStream().Write(Encoding.ASCII.GetBytes(text.ToString()));
        return _replies.ReadLine() ?? throw new IOException("the store closed the connection");
    }

    /// <summary>Appends a command in RESP: Garnet doesn't accept inline commands.</summary>
    private static void Command(StringBuilder text, params ReadOnlySpan<string> words)
    {
        text.Append(CultureInfo.InvariantCulture, $"*{words.Length}\r\n");
        foreach (string word in words)
        {
            text.Append(CultureInfo.InvariantCulture, $"${word.Length}\r\n{word}\r\n");
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }
}

/// <summary>Finds free ports on the loopback interface.</summary>
internal static class Ports
{
    /// <param name="beside">The offset of a second port that must be free too.</param>
    public static int Free(int beside = 0)
    {
        while (true)
        {
            int port = 20_000 + Random.Shared.Next(8_000);
            if (IsFree(port) && (beside == 0 || IsFree(port + beside)))
            {
                return port;
            }
        }
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

/// <summary>Reads process statistics of the kernel (Linux's /proc).</summary>
internal static class Processes
{
    private const double TickUs = 1e6 / 100;

    /// <summary>Gets the user and system time so far, in µs.</summary>
    public static double CpuUs(int process)
    {
        string stat = File.ReadAllText($"/proc/{process}/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (
                long.Parse(fields[11], CultureInfo.InvariantCulture)
                + long.Parse(fields[12], CultureInfo.InvariantCulture)
            ) * TickUs;
    }

    /// <summary>Gets the peak memory, in MB.</summary>
    public static double PeakMb(int process) => StatusMb(process, "VmHWM");

    /// <summary>Gets the memory in use, in MB.</summary>
    public static double RssMb(int process) => StatusMb(process, "VmRSS");

    private static double StatusMb(int process, string field) =>
        long.Parse(
            File.ReadLines($"/proc/{process}/status")
                .First(line => line.StartsWith(field, StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture
        ) / 1024.0;

    public static int LastChild(int process)
    {
        string children = File.ReadAllText($"/proc/{process}/task/{process}/children").Trim();
        return children.Length == 0
            ? process
            : LastChild(int.Parse(children.Split(' ')[^1], CultureInfo.InvariantCulture));
    }
}
