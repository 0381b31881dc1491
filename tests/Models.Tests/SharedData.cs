using Models.Training.Data;
using Xunit;

namespace Models.Tests;

/// <summary>
/// The data that tests need and the repository doesn't hold: SHARED_DATA, or shared/data beside the folder of
/// Engine.sln or above it.
/// </summary>
internal static class SharedData
{
    private static readonly string[] Above = ["..", "../..", "../../.."];

    /// <summary>The first paths of a source; skips the test where the data isn't there.</summary>
    public static PathRecord[] Paths(string source, int most = int.MaxValue)
    {
        string? folder = Folder();
        string file = Path.Combine(folder ?? "", "paths", source + ".jsonl.gz");
        Assert.SkipWhen(folder is null || !File.Exists(file), "The shared data isn't there: set SHARED_DATA.");
        return [.. PathFile.Read(file).Take(most)];
    }

    private static string? Folder()
    {
        if (Environment.GetEnvironmentVariable("SHARED_DATA") is { Length: > 0 } given)
        {
            return given;
        }

        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Engine.sln")))
            {
                string[] places =
                [
                    .. Above.Select(up => Path.GetFullPath(Path.Combine(at.FullName, up, "shared", "data"))),
                ];
                return places.FirstOrDefault(Directory.Exists);
            }
        }

        return null;
    }
}
