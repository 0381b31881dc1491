using System.Text.RegularExpressions;
using Integration.Tests.Rig;
using Xunit;

namespace Integration.Tests.Tutorial;

/// <summary>The checkout of somebody who did what docs/tutorials/write-a-workflow.md says, and no more: the sources,
/// the tutorial's files, its line.</summary>
internal sealed partial class NewcomersCheckout : IDisposable
{
    private const string Project = "engine/Workflows",
        Modules = Project + "/WorkflowModules.cs";

    private readonly CheckoutCopy _copy = new();

    /// <summary>The programs, without their extension.</summary>
    public string Engine => _copy.Engine;
    public string Ingest => _copy.Ingest;

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
                _copy.Write(path, text);
            }

            written.Add(path);
        }

        return written;
    }

    public Task BuildAsync() => _copy.BuildAsync(Project);

    public void Dispose() => _copy.Dispose();

    /// <summary>Adds the line with a plus behind the line without.</summary>
    private void AddLine(string path, string[] diff)
    {
        Assert.Equal(Modules, path);
        string before = diff.Single(line => line[0] == ' ')[1..] + '\n',
            added = diff.Single(line => line[0] == '+')[1..] + '\n';
        _copy.Replace(path, before, before + added);
    }

    /// <summary>A line with nothing but a path, and the code beneath it.</summary>
    [GeneratedRegex(
        @"^`(?<path>engine/[^`]+)`\n\n```(?<language>\w+)\n(?<text>.*?)^```",
        RegexOptions.Multiline | RegexOptions.Singleline
    )]
    private static partial Regex Blocks();
}
