using System.Diagnostics;
using System.Globalization;
using Engine.Contracts;
using Engine.Pipeline.CursorPath;
using Engine.Pipeline.CursorPath.Geometry;
using Engine.Pipeline.Replay;
using Engine.Pipeline.Replay.Signatures;

namespace Bench.Micro;

/// <summary>Measures the cost of each step of a path, with a given number of stored paths, in short slices.</summary>
internal static class PathProfile
{
    private const int Distinct = 65_536,
        Slice = 1024,
        Rounds = 200,
        Warm = 60;

    public static void Run(int stored, string? recordings)
    {
        var log = new PathLog(3, recordings);
        var paths = new PathLog.Moves[Distinct];
        for (int i = 0; i < paths.Length; i++)
        {
            paths[i] = log.Next();
        }

        byte[] id = "c-8f14e45f-0123"u8.ToArray(),
            matched = new byte[EventLimits.MaxIdentifierBytes];
        ReplayIndex index = Index(stored, recordings, out long logTime);
        var scorer = new PathScorer(PipelineProfile.Settings().CursorModel!.Artefact);
        var scratch = new PathScratch();
        var features = new float[PathFeatures.Count];
        var scores = new PathScore[scorer.Batch];
        var question = new ReplayLookup();
        int found = 0;
        Time("degenerate", i => DegeneratePath.Classify(paths[i].T, paths[i].X, paths[i].Y, true, scratch));
        Time("signature", i => PathSignature.Encode(paths[i].T, paths[i].X, paths[i].Y));
        Time("signature, look-up, insert", i =>
        {
            index.Prefetch(PathSignature.Encode(paths[i].T, paths[i].X, paths[i].Y), question);
            if (
                index.TryFind(
                    question,
                    ++logTime,
                    1,
                    i,
                    new PathPoints(paths[i].T, paths[i].X, paths[i].Y),
                    [],
                    matched,
                    out _
                )
            )
            {
                found++;
            }

            index.Insert(question, id, logTime, 1, i);
        });
        Time("features", i => PathFeatures.Compute(paths[i].T, paths[i].X, paths[i].Y, features, scratch));
        Time("features and forest, one path", i => scorer.Score(paths[i].T, paths[i].X, paths[i].Y));
        Time("features and forest, 32 paths", i =>
        {
            PathCleaning.Clean(paths[i].T, paths[i].X, paths[i].Y, scratch);
            scorer.Prepare(i % 32, paths[i].X, paths[i].Y, scratch);
            if (i % 32 == 31)
            {
                scorer.ScoreBatch(32, scores);
            }
        });
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{found} found of {Slice * Rounds:#,0} among {stored:#,0}; paths that recur after "
                    + $"{Distinct:#,0} others are found"
            )
        );
    }

    /// <summary>Creates an index with a number of paths.</summary>
    public static ReplayIndex Index(int stored, string? recordings, out long logTime)
    {
        var index = new ReplayIndex(new ReplaySettings(stored));
        var log = new PathLog(11, recordings);
        logTime = ClickLog.Begin - stored;
        byte[] id = "c-8f14e45f-0123"u8.ToArray();
        for (int n = 0; n < stored;)
        {
            PathLog.Moves moves = log.Next();
            PathSignature signature = PathSignature.Encode(moves.T, moves.X, moves.Y);
            if (signature.HasShape)
            {
                index.Insert(signature, id, ++logTime, 0, n++);
            }
        }
        return index;
    }

    private static void Time(string what, Action<int> step)
    {
        var us = new List<double>();
        for (int round = 0, at = 0; round < Rounds; round++)
        {
            long since = Stopwatch.GetTimestamp();
            for (int i = 0; i < Slice; i++, at = (at + 1) % Distinct)
            {
                step(at);
            }
            // the first rounds run code before its final compilation
            if (round >= Warm)
            {
                us.Add(Stopwatch.GetElapsedTime(since).TotalMicroseconds / Slice);
            }
        }
        us.Sort();
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{what}: {us[0]:0.00} us at best, {us[us.Count / 2]:0.00} the median"
            )
        );
    }
}
