using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Engine.App.Embedded;

/// <summary>A Redis server for this process on a free loopback port: <c>redis-server</c> if it is on the path,
/// otherwise Garnet, the .NET tool that the checkout declares. It stores nothing and ends with the process.</summary>
public sealed class EmbeddedRedis : IDisposable
{
    private static readonly TimeSpan UpWithin = TimeSpan.FromSeconds(60);

    private const int Attempts = 3;

    private readonly Process _process;
    private readonly string _directory;

    private EmbeddedRedis(Process process, string directory, string address, string name) =>
        (_process, _directory, Address, Name) = (process, directory, address, name);

    /// <summary>The address, <c>127.0.0.1:port</c>.</summary>
    public string Address { get; }

    /// <summary>The program: <c>redis-server</c> or <c>garnet-server</c>.</summary>
    public string Name { get; }

    /// <summary>Starts a server and waits until it answers. Between finding a free port and listening on it another
    /// program may take the port, so a server that ends at once is started again on another.</summary>
    /// <param name="garnet">Uses Garnet even if redis-server is on the path.</param>
    public static EmbeddedRedis Start(TimeProvider clock, bool garnet = false)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return StartOn(FreePort(), clock, garnet);
            }
            catch (EndedAtOnceException) when (attempt < Attempts)
            {
                // The next attempt takes another port.
            }
        }
    }

    private static EmbeddedRedis StartOn(int port, TimeProvider clock, bool garnet)
    {
        string directory = Directory.CreateTempSubdirectory("engine-redis-").FullName;
        bool isRedis = !garnet && OnPath("redis-server");
        var start = new ProcessStartInfo
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        if (isRedis)
        {
            start.FileName = "redis-server";
            start.WorkingDirectory = directory;
            foreach (
                string argument in new[]
                {
                    "--port",
                    $"{port}",
                    "--bind",
                    "127.0.0.1",
                    "--save",
                    "",
                    "--appendonly",
                    "no",
                    "--maxmemory-policy",
                    "noeviction",
                    "--dir",
                    directory,
                }
            )
            {
                start.ArgumentList.Add(argument);
            }
        }
        else
        {
            // .NET looks for the tool manifest from the checkout's folder upwards.
            start.FileName = "dotnet";
            start.WorkingDirectory = ManifestFolder()
                ?? throw new InvalidOperationException(
                    "no redis-server on the path, and no .config/dotnet-tools.json that names Garnet: give a Redis "
                        + "with --redis H:P"
                );
            foreach (
                string argument in new[]
                {
                    "tool",
                    "run",
                    "garnet-server",
                    "--",
                    "--bind",
                    "127.0.0.1",
                    "--port",
                    $"{port}",
                    "--lua",
                    "--lua-transaction-mode",
                    "--memory",
                    "256m",
                    "--index",
                    "16m",
                }
            )
            {
                start.ArgumentList.Add(argument);
            }
        }
        LeaveTerminal(start);
        Process process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} didn't start");
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var redis = new EmbeddedRedis(
            process,
            directory,
            $"127.0.0.1:{port}",
            isRedis ? "redis-server" : "garnet-server"
        );
        try
        {
            redis.WaitUntilUp(port, clock);
            return redis;
        }
        catch
        {
            redis.Dispose();
            throw;
        }
    }

    public static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, program)));

    /// <summary>Ctrl-C goes to every process of the terminal's group. In its own session, the server lives until the
    /// engine has written its results and ends it. Without setsid, the server gets the signal together with the
    /// engine.</summary>
    private static void LeaveTerminal(ProcessStartInfo start)
    {
        if (!OnPath("setsid"))
        {
            return;
        }

        start.ArgumentList.Insert(0, start.FileName);
        start.FileName = "setsid";
    }

    private void WaitUntilUp(int port, TimeProvider clock)
    {
        long since = clock.GetTimestamp();
        while (clock.GetElapsedTime(since) < UpWithin)
        {
            if (_process.HasExited)
            {
                throw new EndedAtOnceException(
                    $"{Name} ended with exit code {_process.ExitCode} at startup; for Garnet, run 'dotnet "
                        + $"tool restore' first"
                );
            }

            try
            {
                using var client = new TcpClient();
                client.Connect(IPAddress.Loopback, port);
                client.GetStream().Write("PING\r\n"u8);
                client.ReceiveTimeout = 2000;
                if (client.GetStream().ReadByte() == '+')
                {
                    return;
                }
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                _process.WaitForExit(50);
            }
        }
        throw new TimeoutException($"{Name} didn't answer on port {port} within {UpWithin.TotalSeconds} s");
    }

    private static string? ManifestFolder()
    {
        foreach (string start in new[] { Environment.CurrentDirectory, AppContext.BaseDirectory })
        {
            for (string? folder = start; folder != null; folder = Path.GetDirectoryName(folder))
            {
                if (File.Exists(Path.Combine(folder, ".config", "dotnet-tools.json")))
                {
                    return folder;
                }
            }
        }

        return null;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Dispose()
    {
        try
        {
            // `dotnet tool run` is the parent of the server: kill its children too.
            if (!_process.HasExited)
            {
                _process.Kill(entireProcessTree: true);
            }

            _process.WaitForExit(5000);
        }
        catch (InvalidOperationException)
        {
            // The server has exited meanwhile.
        }
        _process.Dispose();
        try
        {
            Directory.Delete(_directory, recursive: true);
        }
        catch (IOException)
        {
            // The server still holds a file; the system cleans the folder up.
        }
    }

    private sealed class EndedAtOnceException(string message) : InvalidOperationException(message);
}
