namespace Engine.Text.Unicode;

/// <summary>Reads the tables of this folder. They are derived from the Unicode Character Database; the first lines of
/// each say how.</summary>
internal static class UnicodeTable
{
    public static IEnumerable<string> Lines(string table)
    {
        using Stream stream = typeof(UnicodeTable).Assembly.GetManifestResourceStream(table)
            ?? throw new InvalidOperationException($"the assembly lacks its table {table}");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}
