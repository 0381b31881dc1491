using System.CommandLine;
using System.Globalization;
using Engine.Pipeline.CursorPath;
using Engine.Pipeline.CursorPath.Geometry;
using Models.Scoring;
using Models.Training.Data;

namespace Models.Training.Commands;

/// <summary>`models score`: scores paths as the engine would.</summary>
internal static class ScoreCommand
{
    public static Command Make()
    {
        Argument<FileInfo[]> files = GivenPaths.Argument();
        Option<FileInfo> artefact = Inputs.CursorArtefact();
        var command = new Command(
            "score",
            "Prints id,probability_program,program,reasons as CSV, with the code of the engine; lines that aren't "
                + "paths are reported on stderr"
        )
        {
            files,
            artefact,
        };
        command.SetAction(parsed =>
            Exit.Of(() => Run(parsed.GetRequiredValue(files), parsed.GetRequiredValue(artefact)))
        );
        return command;
    }

    private static int Run(FileInfo[] files, FileInfo artefact)
    {
        var scorer = new PathScorer(Artefact.Load(artefact.FullName));
        var scratch = new PathScratch();
        var reasons = new PathReason[3];
        var given = new GivenPaths(files);
        using var writer = new StreamWriter(Console.OpenStandardOutput());
        writer.WriteLine("id,probability_program,program,reasons");
        foreach (PathRecord path in given.Read())
        {
            PathScore score = scorer.Score(path.T, path.X, path.Y);
            int count = score.Assessed ? scorer.Reasons(reasons, score.Probability >= 0.5) : 0;
            Degeneracy rules = DegeneratePath.Classify(path.T, path.X, path.Y, mouse: true, scratch);
            string why = string.Join("; ", [.. Rules(rules), .. reasons[..count].Select(Text)]);
            string probability = score.Probability.ToString("G9", CultureInfo.InvariantCulture);
            writer.WriteLine($"{Csv.Field(path.Id)},{probability},{(score.Program ? 1 : 0)},{Csv.Field(why)}");
        }

        return given.ExitCode;
    }

    private static IEnumerable<string> Rules(Degeneracy found) =>
        Enum.GetValues<Degeneracy>()
            .Where(d => d != Degeneracy.Sound && found.HasFlag(d))
            .Select(d => "cursor." + d.ToString().ToLowerInvariant());

    private static string Text(PathReason reason) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{reason.Name} {reason.Value:G3} (people {reason.UsualLow:G3} to {reason.UsualHigh:G3})"
        );
}
