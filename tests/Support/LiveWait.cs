using System.Diagnostics;

namespace Tests.Support;

/// <summary>Bounded waits: polls until a condition is true, and reports the one that never was.</summary>
public static class LiveWait
{
    /// <summary>Longer than anything takes on a busy machine; waiting longer means a bug.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static Task UntilAsync(string what, Func<bool> holds, TimeSpan? within = null) =>
        UntilAsync(what, () => Task.FromResult(holds()), within);

    public static async Task UntilAsync(string what, Func<Task<bool>> holds, TimeSpan? within = null)
    {
        var since = Stopwatch.StartNew();
        while (!await holds())
        {
            if (since.Elapsed > (within ?? Patience))
            {
                throw new TimeoutException($"waited {since.Elapsed.TotalSeconds:0} s in vain for: {what}");
            }

            await Task.Delay(25);
        }
    }

    /// <summary>Polls until there is something to return.</summary>
    public static async Task<T> ForAsync<T>(string what, Func<Task<T?>> look, TimeSpan? within = null)
        where T : class
    {
        T? found = null;
        await UntilAsync(what, async () => (found = await look()) != null, within);
        return found!;
    }
}

/// <summary>A temporary folder, deleted when the test ends.</summary>
public sealed class LiveFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("engine-itests-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, string text)
    {
        string path = File(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // A process that is just ending still writes here; the system will clean up.
        }
    }
}
