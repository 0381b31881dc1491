using System.CommandLine;
using Models.Training.Data;

namespace Models.Training.Commands;

/// <summary>Locates the data and artefacts of commands.</summary>
internal static class Inputs
{
    /// <summary>The sources whose licences allow training a shipped model: MIT, ISC, and made by
    /// ourselves.</summary>
    public static readonly IReadOnlyList<string> MayTrain = ["sapimouse", "delbot", "generated", "adserp", RealBrowser];

    /// <summary>Programs that drove a real browser, recorded by its page.</summary>
    public const string RealBrowser = "chromium";

    /// <summary>The sources for evaluation only.</summary>
    public static readonly IReadOnlyList<string> MayEvaluate =
    [
        "balabit",
        "bdc2017",
        "dlrv",
        "fg21",
        "mathur",
        "barkworth",
        "kh2017",
    ];

    private static readonly string[] Folders = ["paths", "paths2", ""];

    /// <summary>Reads the paths of a source from the data folder or its folders "paths" and "paths2".</summary>
    public static PathRecord[] Source(DirectoryInfo data, string source)
    {
        string[] places = [.. Folders.Select(folder => Path.Combine(data.FullName, folder, source + ".jsonl.gz"))];
        string file = places.FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException(
                $"{source}.jsonl.gz is neither in {data} nor in its folders paths and paths2."
            );
        return [.. PathFile.Read(file)];
    }

    /// <summary>The option that names a cursor artefact.</summary>
    public static Option<FileInfo> CursorArtefact() =>
        new("--artefact")
        {
            Description = "Cursor artefact (default: the shipped one)",
            DefaultValueFactory = _ => new FileInfo(ShippedCursor),
        };

    /// <summary>The shipped artefact, beside the program.</summary>
    private static string ShippedCursor => Path.Combine(AppContext.BaseDirectory, "Artifacts", "cursor.artefact");
}
