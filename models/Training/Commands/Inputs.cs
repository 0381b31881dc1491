using Models.Training.Data;

namespace Models.Training.Commands;

/// <summary>Locates the data and artefacts of commands.</summary>
internal static class Inputs
{
    /// <summary>The sources whose licences allow training a shipped model: MIT, MIT and ISC.</summary>
    public static readonly IReadOnlyList<string> MayTrain = ["sapimouse", "delbot", "generated"];

    /// <summary>The sources for evaluation only.</summary>
    public static readonly IReadOnlyList<string> MayEvaluate = ["balabit", "bdc2017"];

    /// <summary>Reads the paths of a source from the data folder or its folder "paths".</summary>
    public static PathRecord[] Source(DirectoryInfo data, string source)
    {
        string[] places =
        [
            Path.Combine(data.FullName, "paths", source + ".jsonl.gz"),
            Path.Combine(data.FullName, source + ".jsonl.gz"),
        ];
        string file = places.FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException($"{source}.jsonl.gz is neither in {data} nor in its folder paths.");
        return [.. PathFile.Read(file)];
    }

    /// <summary>The shipped artefact, beside the program.</summary>
    public static string ShippedCursor => Path.Combine(AppContext.BaseDirectory, "Artifacts", "cursor.artefact");
}
