using Tests.Support;
using Xunit;

namespace Integration.Tests.Rig;

/// <summary>A copy of this checkout, in which a test changes sources. The project that is changed is built as any build
/// does it, with all that breaks a build; the rest is taken as this test's own build left it.</summary>
public sealed class CheckoutCopy : IDisposable
{
    private static readonly string Configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    private readonly LiveFolder _folder = new();

    public CheckoutCopy()
    {
        foreach (string file in Directory.GetFiles(Programs.Checkout))
        {
            Copy(Programs.Checkout, file, _folder.Path);
        }

        CopyAll(Path.Combine(Programs.Checkout, "engine"), _folder.File("engine"), "App");
        CopyAll(Path.Combine(Programs.Checkout, "models", "Scoring"), _folder.File("models/Scoring"));
        CopyAll(AppContext.BaseDirectory, _folder.File("out"));
    }

    /// <summary>The programs, without their extension.</summary>
    public string Engine => _folder.File("out/engine");
    public string Ingest => _folder.File("out/ingest");

    public void Write(string path, string text) => _folder.Write(path, text);

    /// <summary>Replaces a text that a source must have once.</summary>
    public void Replace(string path, string before, string after)
    {
        string[] parts = File.ReadAllText(_folder.File(path)).Split(before);
        Assert.True(parts.Length == 2, $"{path} has '{before}' {parts.Length - 1} times");
        _folder.Write(path, parts[0] + after + parts[1]);
    }

    /// <summary>Builds the changed project, and puts it among the programs.</summary>
    /// <param name="project">Its folder, such as <c>engine/Workflows</c>.</param>
    public async Task BuildAsync(string project)
    {
        await using LiveProcess build = LiveProcess.Start(
            "dotnet",
            [
                "build",
                project,
                "--configuration",
                Configuration,
                "--nologo",
                "--verbosity",
                "quiet",
                "-nodeReuse:false",
                "-p:BuildProjectReferences=false",
            ],
            _folder.Path
        );
        int code = await build.ExitAsync(TimeSpan.FromMinutes(5));
        Assert.True(code == 0, $"{project} doesn't build:\n{build.Out}\n{build.Error}");
        string assembly = project.Replace("engine/", "Engine.", StringComparison.Ordinal) + ".dll";
        File.Copy(
            _folder.File($"{project}/bin/{Configuration}/net10.0/{assembly}"),
            _folder.File($"out/{assembly}"),
            overwrite: true
        );
    }

    public void Dispose() => _folder.Dispose();

    private static void CopyAll(string from, string to, params string[] but)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            if (!but.Contains(Path.GetRelativePath(from, file).Split('/')[0]))
            {
                Copy(from, file, to);
            }
        }
    }

    private static void Copy(string from, string file, string to)
    {
        string copy = Path.Combine(to, Path.GetRelativePath(from, file));
        Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
        File.Copy(file, copy);
    }
}
