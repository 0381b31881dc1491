namespace Tests.Support;

/// <summary>A file of the repository that is generated from the code. UPDATE_DOCS=1 writes it; otherwise it is
/// compared.</summary>
public static class Document
{
    /// <summary>Checks or writes a page of docs/.</summary>
    public static void Is(string file, string made) => IsAt(Path.Combine("docs", file), made);

    /// <summary>Checks or writes a file. Fails if it differs from the generated text.</summary>
    /// <param name="path">The path relative to the repository's root.</param>
    public static void IsAt(string path, string made)
    {
        string full = Path.Combine(SharedData.Repository, path);
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllText(full, made);
        }

        if (!File.Exists(full))
        {
            throw new InvalidOperationException($"{path} is missing: run the tests with UPDATE_DOCS=1");
        }

        string found = File.ReadAllText(full);
        if (found != made)
        {
            throw new InvalidOperationException(
                $"{path} doesn't match the code: run the tests with UPDATE_DOCS=1 and commit it. First "
                    + $"difference: {Difference(found, made)}"
            );
        }
    }

    /// <summary>Formats a Markdown table.</summary>
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
