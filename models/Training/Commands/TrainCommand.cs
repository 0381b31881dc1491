using System.CommandLine;
using Models.Training.Data;
using Models.Training.Learning;

namespace Models.Training.Commands;

/// <summary>`models train`: from the data to the cursor artefact and its card.</summary>
internal static class TrainCommand
{
    public static Command Make()
    {
        var data = new Option<DirectoryInfo>("--data")
        {
            Description = "Folder that holds paths/*.jsonl.gz",
            Required = true,
        };
        var to = new Option<FileInfo>("--out")
        {
            Description = "The artefact; its card is written beside it as .md",
            DefaultValueFactory = _ => new FileInfo("models/Artifacts/cursor.artefact"),
        };
        var seed = new Option<int>("--seed") { Description = "All chance comes from it", DefaultValueFactory = _ => 1 };
        var command = new Command(
            "train",
            "Trains the cursor artefact on the sources that may ship (sapimouse, delbot, generated) and on "
                + "adversaries of our own"
        )
        {
            data,
            to,
            seed,
        };
        command.SetAction(parsed =>
            Exit.Of(() =>
                Run(parsed.GetRequiredValue(data), parsed.GetRequiredValue(to), parsed.GetRequiredValue(seed))
            )
        );
        return command;
    }

    private static int Run(DirectoryInfo data, FileInfo to, int seed)
    {
        PathRecord[] paths = [.. Inputs.MayTrain.SelectMany(source => Inputs.Source(data, source))];
        CursorResult result = new CursorRecipe(CursorSettings.Shipped, seed, Console.Error.WriteLine).Make(paths, _ =>
            true
        );
        Directory.CreateDirectory(to.DirectoryName!);
        result.Artefact.Save(to.FullName);
        File.WriteAllText(Path.ChangeExtension(to.FullName, ".md"), Report.Card(result));
        Console.WriteLine($"{result.Artefact.Version} {to}");
        return Exit.Done;
    }
}
