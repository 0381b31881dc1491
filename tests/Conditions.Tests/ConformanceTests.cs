using System.IO.Compression;
using System.Text.Json;
using Engine.Conditions;
using Xunit;

namespace Conditions.Tests;

public sealed class ConformanceTests
{
    [Fact]
    public void Every_case_of_the_shared_conformance_file_passes()
    {
        string? file = SharedData.Find(Path.Combine("cel", "cel.jsonl.gz"));
        if (file is null)
        {
            Assert.Skip("the shared data are not here: set SHARED_DATA to their folder");
        }
        List<string> failures = [];
        int cases = 0;
        foreach (string line in Lines(file!))
        {
            cases++;
            string answer = CelCases.RunLine(line);
            if (!Agrees(line, answer))
            {
                failures.Add($"{line}\n  answered {answer}");
            }
        }
        Assert.True(failures.Count == 0, $"{failures.Count} of {cases} fail:\n{string.Join('\n', failures)}");
        Assert.True(cases > 500, $"only {cases} cases were read");
    }

    private static IEnumerable<string> Lines(string file)
    {
        using StreamReader reader = new(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    private static bool Agrees(string expected, string answer)
    {
        using JsonDocument wanted = JsonDocument.Parse(expected);
        using JsonDocument given = JsonDocument.Parse(answer);
        Assert.Equal(
            wanted.RootElement.GetProperty("name").GetString(),
            given.RootElement.GetProperty("name").GetString()
        );
        if (!wanted.RootElement.TryGetProperty("value", out JsonElement value))
        {
            return given.RootElement.TryGetProperty("error", out JsonElement error)
                && error.ValueKind == JsonValueKind.True;
        }
        return given.RootElement.TryGetProperty("value", out JsonElement other)
            && CelJson.ReadTagged(value.GetRawText()).Kind == CelJson.ReadTagged(other.GetRawText()).Kind
            && CelJson.ReadTagged(value.GetRawText()) == CelJson.ReadTagged(other.GetRawText());
    }
}
