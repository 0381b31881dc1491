namespace Conditions.Tests;

/// <summary>
/// Finds the folder of shared data: the variable SHARED_DATA, or shared/data beside the repository or up to two levels
/// above.
/// </summary>
internal static class SharedData
{
    public static string? Find(string relative)
    {
        foreach (string? folder in Candidates())
        {
            if (folder is not null && File.Exists(Path.Combine(folder, relative)))
            {
                return Path.Combine(folder, relative);
            }
        }
        return null;
    }

    private static IEnumerable<string?> Candidates()
    {
        yield return Environment.GetEnvironmentVariable("SHARED_DATA");
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Engine.sln")))
        {
            root = root.Parent;
        }
        DirectoryInfo? above = root?.Parent;
        for (int level = 0; level <= 2 && above is not null; level++, above = above.Parent)
        {
            yield return Path.Combine(above.FullName, "shared", "data");
        }
    }
}
