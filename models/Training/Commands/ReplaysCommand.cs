using System.CommandLine;
using System.Globalization;
using System.Text;
using Engine.Pipeline.CursorPath.Geometry;
using Engine.Pipeline.Replay;
using Engine.Pipeline.Replay.Signatures;
using Models.Training.Data;

namespace Models.Training.Commands;

/// <summary>`models replays`: finds paths that replay earlier ones.</summary>
internal static class ReplaysCommand
{
    public static Command Make()
    {
        var files = new Argument<FileInfo[]>("FILE")
        {
            Description = "JSONL of paths, .gz too, read in this order",
            Arity = ArgumentArity.OneOrMore,
        };
        var most = new Option<int>("--most")
        {
            Description = "The maximum number of paths in the index",
            DefaultValueFactory = _ => 1_000_000,
        };
        var command = new Command(
            "replays",
            "Prints id,matched_id,residual_px,compared as CSV for the paths in their order, using the engine's index; "
                + "compared 0 means too little shape"
        )
        {
            files,
            most,
        };
        command.SetAction(parsed => Exit.Of(() => Run(parsed.GetRequiredValue(files), parsed.GetRequiredValue(most))));
        return command;
    }

    private static int Run(FileInfo[] files, int most)
    {
        var index = new ReplayIndex(new ReplaySettings(most));
        var question = new ReplayLookup();
        var ids = new List<string>();
        var given = new GivenPaths(files);
        Span<byte> id = stackalloc byte[128];
        using var writer = new StreamWriter(Console.OpenStandardOutput());
        writer.WriteLine("id,matched_id,residual_px,compared");
        foreach (PathRecord path in given.Read())
        {
            // the n-th path has offset n, which identifies it in the index: ids in files may be of any length
            int n = ids.Count;
            ids.Add(path.Id);
            PathSignature signature = PathSignature.Encode(path.T, path.X, path.Y);
            index.Prefetch(signature, question);
            bool found = index.TryFind(
                question,
                n,
                0,
                n,
                new PathPoints(path.T, path.X, path.Y),
                [],
                id,
                out ReplayMatch match
            );
            index.Insert(question, Encoding.ASCII.GetBytes(n.ToString(CultureInfo.InvariantCulture)), n, 0, n);
            string matched = found ? Csv.Field(ids[(int)match.Offset]) : "";
            string residual = found ? match.ResidualPx.ToString("F2", CultureInfo.InvariantCulture) : "";
            writer.WriteLine($"{Csv.Field(path.Id)},{matched},{residual},{(signature.IsCompared ? 1 : 0)}");
        }

        return given.ExitCode;
    }
}
