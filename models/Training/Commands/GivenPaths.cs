using System.CommandLine;
using Models.Training.Data;

namespace Models.Training.Commands;

/// <summary>The paths of the files that a command names. Lines that aren't paths are told of on stderr, and the others
/// are read.</summary>
internal sealed class GivenPaths(IEnumerable<FileInfo> files)
{
    private bool _isWrong;

    /// <summary>The exit code once all paths are read: failed if a line wasn't a path.</summary>
    public int ExitCode => _isWrong ? Exit.Failed : Exit.Done;

    /// <summary>The argument that names the files.</summary>
    /// <param name="fields">What else a line has beside id and points, for the description.</param>
    public static Argument<FileInfo[]> Argument(string fields = "") =>
        new("FILE")
        {
            Description = $"JSONL of paths, .gz too: {{\"id\",{fields}\"points\":[[t_ms,x,y],...]}} per line",
            Arity = ArgumentArity.OneOrMore,
        };

    /// <summary>Reads the paths, in the files' order.</summary>
    public IEnumerable<PathRecord> Read() => files.SelectMany(file => PathFile.Read(file.FullName, error =>
            {
                _isWrong = true;
                Console.Error.WriteLine(error);
            }));
}
