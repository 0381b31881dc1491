using Engine.CommandLine;
using Ingest.Cli;

namespace Ingest.Tests.Rig;

/// <summary>Runs a command line, and keeps what it says.</summary>
internal sealed record Run(int ExitCode, string Out, string Error)
{
    internal static async Task<Run> Async(TimeProvider time, params string[] args)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        int code = await Commands.RunAsync(
            args,
            new CommandContext(output, error, time, false),
            Xunit.TestContext.Current.CancellationToken
        );
        return new Run(code, output.ToString(), error.ToString());
    }

    internal static Task<Run> Async(params string[] args) => Async(TimeProvider.System, args);
}

/// <summary>A folder that goes when the test ends.</summary>
internal sealed class Folder : IDisposable
{
    internal string Path { get; } = Directory.CreateTempSubdirectory("ingest-tests-").FullName;

    internal string Write(string name, params string[] lines)
    {
        string path = System.IO.Path.Combine(Path, name);
        File.WriteAllText(path, string.Join('\n', lines) + '\n');
        return path;
    }

    /// <summary>Writes a file that only its owner may read, or others too.</summary>
    internal string Secret(string name, string text, UnixFileMode others = UnixFileMode.None)
    {
        string path = Write(name, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | others);
        }

        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
