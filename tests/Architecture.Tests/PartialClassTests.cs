using System.Text.RegularExpressions;
using Xunit;

namespace Architecture.Tests;

/// <summary>
/// A class that is spread over files is as large as they are together: a job that has outgrown one file becomes a class
/// of its own.
/// </summary>
public partial class PartialClassTests
{
    private const int MaxLinesSpread = 400;

    /// <summary>
    /// Generators want a partial class, but not several files of it; only log messages may lie beside their subjects.
    /// </summary>
    [Fact]
    public void No_class_of_over_400_lines_is_spread_over_files()
    {
        string checkout = SourceFiles.Checkout();
        string[] spread =
        [
            .. SourceFiles
                .In(checkout, "engine", "ingest", "models", "bench", "tests")
                .Select(file => (File: file, Source: File.ReadAllText(file)))
                .Where(one => !one.Source.Contains("[LoggerMessage", StringComparison.Ordinal))
                .SelectMany(one =>
                    PartsIn(one.Source).Select(name => (Name: name, one.File, Lines: one.Source.AsSpan().Count('\n')))
                )
                .GroupBy(part => (part.Name, Project: ProjectOf(part.File)))
                .Where(parts => parts.Count() > 1 && parts.Sum(part => part.Lines) > MaxLinesSpread)
                .Select(parts =>
                    $"{parts.Key.Name}: {parts.Sum(part => part.Lines)} lines in "
                    + string.Join(", ", parts.Select(part => Path.GetRelativePath(checkout, part.File)))
                ),
        ];
        Assert.True(spread.Length == 0, string.Join("; ", spread));
    }

    [Theory]
    [InlineData("namespace A.B;\npublic sealed unsafe partial class C : D", "A.B.C")]
    [InlineData("namespace A;\nreadonly partial record struct C(int D);", "A.C")]
    [InlineData("namespace A;\ninternal partial class C<T>", "A.C")]
    [InlineData("namespace A;\nprivate static partial Regex C();", null)]
    public void Parts_of_a_class_are_found(string source, string? name) =>
        Assert.Equal(name == null ? [] : [name], PartsIn(source));

    /// <summary>The partial types of a file, by full name; one inside another goes by its namespace too.</summary>
    private static IEnumerable<string> PartsIn(string source)
    {
        string space = Namespace().Match(source).Groups[1].Value;
        return Part().Matches(source).Select(part => $"{space}.{part.Groups[1].Value}").Distinct();
    }

    /// <summary>Two projects may each have a type of one name.</summary>
    private static string ProjectOf(string file)
    {
        DirectoryInfo folder = Directory.GetParent(file)!;
        while (folder.GetFiles("*.csproj").Length == 0)
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }

    [GeneratedRegex(@"^namespace ([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(
        @"^[ \t]*(?:\w+ )*partial (?:class|struct|interface|record(?: class| struct)?) (\w+)",
        RegexOptions.Multiline
    )]
    private static partial Regex Part();
}
