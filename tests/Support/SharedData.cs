using System.IO.Compression;

namespace Tests.Support;

/// <summary>Finds the folder of shared data: the variable SHARED_DATA, or shared/data beside the repository or up to
/// two levels above.</summary>
public static class SharedData
{
    public static string? Find(string relative) =>
        Candidates().OfType<string>().Select(folder => Path.Combine(folder, relative)).FirstOrDefault(File.Exists);

    /// <summary>The lines of a file, decompressed if its name ends with <c>.gz</c>.</summary>
    public static IEnumerable<string> Lines(string path)
    {
        using Stream file = File.OpenRead(path);
        using Stream plain = path.EndsWith(".gz", StringComparison.Ordinal)
            ? new GZipStream(file, CompressionMode.Decompress)
            : file;
        using var reader = new StreamReader(plain);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    /// <summary>The shipped settings.</summary>
    public static string Settings => Path.Combine(Repository, "configs", "settings");

    /// <summary>The settings of the sample traffic.</summary>
    public static string Samples => Path.Combine(Repository, "configs", "samples");

    public static string[] SettingsAndSamples => [Settings, Samples];

    /// <summary>The folder with Engine.sln.</summary>
    public static string Repository
    {
        get
        {
            DirectoryInfo? root = new(AppContext.BaseDirectory);
            while (root != null && !File.Exists(Path.Combine(root.FullName, "Engine.sln")))
            {
                root = root.Parent;
            }

            return root?.FullName
                ?? throw new DirectoryNotFoundException($"no folder above {AppContext.BaseDirectory} holds Engine.sln");
        }
    }

    private static IEnumerable<string?> Candidates()
    {
        yield return Environment.GetEnvironmentVariable("SHARED_DATA");
        DirectoryInfo? above = new DirectoryInfo(Repository).Parent;
        for (int level = 0; level <= 2 && above != null; level++, above = above.Parent)
        {
            yield return Path.Combine(above.FullName, "shared", "data");
        }
    }
}
