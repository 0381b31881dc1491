using Models.Training.Data;

namespace Models.Training.Commands;

/// <summary>Where commands find data and artefacts.</summary>
internal static class Inputs
{
    /// <summary>Sources whose licences let a shipped model learn from them: MIT, MIT and ISC.</summary>
    public static readonly IReadOnlyList<string> MayTrain = ["sapimouse", "delbot", "generated"];

    /// <summary>Sources for evaluation only.</summary>
    public static readonly IReadOnlyList<string> MayEvaluate = ["balabit", "bdc2017"];

    /// <summary>The paths of a source in the data's folder, or its folder "paths".</summary>
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
