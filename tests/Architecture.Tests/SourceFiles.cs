using System.Runtime.CompilerServices;

namespace Architecture.Tests;

/// <summary>The files of the checkout that these tests were built in.</summary>
internal static class SourceFiles
{
    /// <summary>The folder that holds Engine.sln.</summary>
    public static string Checkout([CallerFilePath] string here = "")
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder != null && !File.Exists(Path.Combine(folder.FullName, "Engine.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
    }

    /// <summary>All C# files in these folders that people write.</summary>
    public static IEnumerable<string> In(string checkout, params string[] folders) =>
        folders
            .SelectMany(folder =>
                Directory.GetFiles(Path.Combine(checkout, folder), "*.cs", SearchOption.AllDirectories)
            )
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"));
}
