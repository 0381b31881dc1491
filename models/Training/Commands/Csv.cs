namespace Models.Training.Commands;

/// <summary>CSV as in RFC 4180.</summary>
internal static class Csv
{
    /// <summary>Formats a field, quoted if necessary.</summary>
    public static string Field(string text) =>
        text.AsSpan().IndexOfAny(",\"\r\n") < 0
            ? text
            : "\"" + text.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
}
