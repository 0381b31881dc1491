using System.Text.RegularExpressions;
using Ingest.Tests.Rig;
using Xunit;

namespace Ingest.Tests.Client;

/// <summary>
/// What documents show of the client's use is taken from docs/examples/client, which the compiler checks: each code
/// block stands in one of its files, line breaks and indentation aside, under the usings that the block begins with.
/// </summary>
public partial class DocumentedExampleTests
{
    private static readonly string Examples = Path.Combine(Checkout.Root, "docs", "examples", "client");

    public static TheoryData<string, string> Blocks()
    {
        var blocks = new TheoryData<string, string>();
        string[] pages =
        [
            Path.Combine(Checkout.Root, "README.md"),
            Path.Combine(Checkout.Root, "ingest", "Client", "README.md"),
            .. Directory.GetFiles(Path.Combine(Checkout.Root, "docs"), "*.md", SearchOption.AllDirectories),
        ];
        foreach (string page in pages)
        {
            foreach (Match block in Block().Matches(File.ReadAllText(page)))
            {
                if (Uses().IsMatch(block.Groups[1].Value))
                {
                    blocks.Add(Path.GetRelativePath(Checkout.Root, page), block.Groups[1].Value);
                }
            }
        }
        return blocks;
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void A_code_block_is_taken_from_the_example(string page, string block)
    {
        string[] usings = [.. Using().Matches(block).Select(one => one.Value)];
        string body = Plain(Using().Replace(block, ""));
        Assert.True(
            Directory
                .GetFiles(Examples, "*.cs")
                .Select(File.ReadAllText)
                .Any(source => usings.All(source.Contains) && Plain(source).Contains(body, StringComparison.Ordinal)),
            $"{page}: this block isn't in docs/examples/client; write it there, where it is compiled, and copy "
                + $"it:\n{block}"
        );
    }

    [Fact]
    public void Documents_show_how_to_publish_and_how_to_look_up()
    {
        string[] all = [.. Blocks().Select(row => row.Data.Item2)];
        Assert.Contains(all, block => block.Contains("new EventPublisher(", StringComparison.Ordinal));
        Assert.Contains(all, block => block.Contains("new VerdictLookup(", StringComparison.Ordinal));
    }

    private static string Plain(string code) => Spaces().Replace(code, " ").Trim();

    [GeneratedRegex("^```csharp\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\b(EventPublisher|VerdictLookup)\b")]
    private static partial Regex Uses();

    [GeneratedRegex(@"^using [\w.]+;\n", RegexOptions.Multiline)]
    private static partial Regex Using();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
