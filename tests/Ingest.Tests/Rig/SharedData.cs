using Xunit;

namespace Ingest.Tests.Rig;

/// <summary>
/// The data that isn't part of the repository: named by SHARED_DATA, or beside it; tests that need it are skipped
/// without.
/// </summary>
internal static class SharedData
{
    internal static string File(string name)
    {
        foreach (string root in Roots())
        {
            string path = Path.Combine(root, name);
            if (System.IO.File.Exists(path))
            {
                return path;
            }
        }
        Assert.Skip($"needs {name} of the shared data: set SHARED_DATA");
        return "";
    }

    private static IEnumerable<string> Roots()
    {
        if (Environment.GetEnvironmentVariable("SHARED_DATA") is { Length: > 0 } named)
        {
            yield return named;
        }

        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !System.IO.File.Exists(Path.Combine(folder.FullName, "Engine.sln")))
        {
            folder = folder.Parent;
        }

        for (int i = 0; i < 3 && folder is not null; i++, folder = folder.Parent)
        {
            yield return Path.Combine(folder.FullName, "..", "shared", "data");
        }
    }
}
