using Tests.Support;
using Xunit;

namespace Pipeline.Tests.Documents;

/// <summary>
/// A document of docs/ that is made from the code. UPDATE_DOCS=1 writes it anew; without, it is compared.
/// </summary>
internal static class Document
{
    public static void Is(string file, string made)
    {
        string path = Path.Combine(SharedData.Repository, "docs", file);
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            File.WriteAllText(path, made);
        }

        Assert.True(File.Exists(path), $"docs/{file} is missing: run the tests with UPDATE_DOCS=1");
        string found = File.ReadAllText(path);
        Assert.True(
            found == made,
            $"docs/{file} doesn't say what the code does: run the tests with UPDATE_DOCS=1 and commit it. First "
                + $"difference: {Difference(found, made)}"
        );
    }

    public static string Table(string[] head, IEnumerable<string[]> rows) =>
        Row(head) + Row([.. head.Select(_ => "---")]) + string.Concat(rows.Select(Row));

    private static string Row(string[] cells) =>
        $"| {string.Join(" | ", cells.Select(cell => cell.Replace("|", "\\|")))} |\n";

    private static string Difference(string found, string made) =>
        found.Split('\n').Zip(made.Split('\n')).FirstOrDefault(lines => lines.First != lines.Second)
            is { First: not null } lines
            ? $"'{lines.First}' should be '{lines.Second}'"
            : "the length";
}
