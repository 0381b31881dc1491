using System.Text.RegularExpressions;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests.Tutorial;

/// <summary>
/// The checkout of somebody who did what docs/tutorials/write-a-workflow.md says, and no more: the sources, the
/// tutorial's files, its line. The one project that these change is built as a newcomer's build does it, with all that
/// breaks a build; the rest is taken as this test's own build left it.
/// </summary>
internal sealed partial class NewcomersCheckout : IDisposable
{
    private const string Project = "engine/Workflows",
        Assembly = "Engine.Workflows.dll",
        Modules = Project + "/WorkflowModules.cs";

    private static readonly string Configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    private readonly LiveFolder _folder = new();

    public NewcomersCheckout()
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

    /// <summary>Writes the files of the tutorial, and adds its line; the paths of what was written.</summary>
    public IReadOnlyList<string> Follow(string tutorial)
    {
        List<string> written = [];
        foreach (Match block in Blocks().Matches(tutorial))
        {
            (string path, string text) = (block.Groups["path"].Value, block.Groups["text"].Value);
            if (block.Groups["language"].Value == "diff")
            {
                AddLine(path, text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
            }
            else
            {
                _folder.Write(path, text);
            }

            written.Add(path);
        }

        return written;
    }

    public async Task BuildAsync()
    {
        await using LiveProcess build = LiveProcess.Start(
            "dotnet",
            [
                "build",
                Project,
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
        Assert.True(code == 0, $"the tutorial's code doesn't build:\n{build.Out}\n{build.Error}");
        File.Copy(
            _folder.File($"{Project}/bin/{Configuration}/net10.0/{Assembly}"),
            _folder.File($"out/{Assembly}"),
            overwrite: true
        );
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Adds the line with a plus behind the line without.</summary>
    private void AddLine(string path, string[] diff)
    {
        Assert.Equal(Modules, path);
        string before = diff.Single(line => line[0] == ' ')[1..] + '\n',
            added = diff.Single(line => line[0] == '+')[1..] + '\n',
            text = File.ReadAllText(_folder.File(path));
        Assert.Contains(before, text);
        _folder.Write(path, text.Replace(before, before + added, StringComparison.Ordinal));
    }

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

    /// <summary>A line with nothing but a path, and the code beneath it.</summary>
    [GeneratedRegex(
        @"^`(?<path>engine/[^`]+)`\n\n```(?<language>\w+)\n(?<text>.*?)^```",
        RegexOptions.Multiline | RegexOptions.Singleline
    )]
    private static partial Regex Blocks();
}
