using System.CommandLine;
using Models.Training.Data;
using Models.Training.Learning;

namespace Models.Training.Commands;

/// <summary>`models train`: trains the cursor artefact and writes its card.</summary>
internal static class TrainCommand
{
    public static Command Make()
    {
        var data = new Option<DirectoryInfo>("--data")
        {
            Description = "Folder that contains paths/*.jsonl.gz",
            Required = true,
        };
        var to = new Option<FileInfo>("--out")
        {
            Description = "The artefact; its card is written beside it as .md",
            DefaultValueFactory = _ => new FileInfo("models/Artifacts/cursor.artefact"),
        };
        var seed = new Option<int>("--seed") { Description = "Seed of all randomness", DefaultValueFactory = _ => 1 };
        var command = new Command(
            "train",
            "Trains the cursor artefact on the sources that may ship (sapimouse, delbot, generated) and on "
                + "our own adversaries"
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
