using System.Diagnostics;
using System.Text;
using Engine.Pipeline.CursorPath.Geometry;
using Engine.Pipeline.Replay;
using Engine.Pipeline.Replay.Signatures;
using Models.Training.Data;
using Models.Training.Paths;
using static Models.Training.Learning.Report;

namespace Models.Training.Learning;

/// <summary>Measures the replay index's recall and false positives.</summary>
public static class ReplayMeasure
{
    private const int Queries = 4000;

    /// <summary>Writes the replay part of the evaluation.</summary>
    public static void Write(StringBuilder text, PathRecord[] people, int many, int seed)
    {
        text.AppendLine("## Replays").AppendLine();
        var index = new ReplayIndex(new ReplaySettings(many + people.Length));
        var question = new ReplayLookup();
        int wrong = 0,
            compared = 0,
            normal = 0;
        var worst = new List<(string, float)>();
        for (int i = 0; i < people.Length; i++)
        {
            PathSignature signature = Sign(people[i]);
            compared += signature.HasShape ? 1 : 0;
            normal += HasNormalForm(index, people[i], question) ? 1 : 0;
            if (Find(index, signature, people[i], i, question, out ReplayMatch match))
            {
                wrong++;
                string how = match.IsTransformed ? " transformed" : "";
                worst.Add(($"{people[i].Id} as {people[(int)match.Offset].Id}{how}", match.ResidualPx));
            }

            index.Insert(signature, "0123456789abcdef0123456789abcdef"u8, i, 0, i);
        }

        text.AppendLine(
            F(
                $"People's paths, each against all before it: {people.Length} paths, compared "
                    + $"{Share((double)compared / people.Length, people.Length)}, with a normal form "
                    + $"{Share((double)normal / people.Length, people.Length)}, called replays {wrong} "
                    + $"({1e4 * wrong / Math.Max(1, compared):F2} in 10,000).\n"
            )
        );
        foreach (var (pair, px) in worst.Take(20))
        {
            text.AppendLine(F($"- {pair}: {px:F2} px"));
        }

        text.AppendLine()
            .AppendLine("Recall, any way within the limits and one limit at a time, among these paths:\n")
            .AppendLine("| way | recall | the right one |")
            .AppendLine("| --- | ---: | ---: |");
        Row(
            text,
            "any: shift, 4 to 33 ms, stretch 0.8 to 1.25, jitter to 2 px; each path once",
            index,
            people,
            ReplayWay.Any,
            seed,
            each: true
        );
        foreach (var (name, way) in Ways())
        {
            Row(text, name, index, people, _ => way, seed);
        }

        Row(
            text,
            "transformed: also scaled and stretched 0.5 to 2, turned, jitter to 1 px; paths with a normal form",
            index,
            [.. people.Where(path => HasNormalForm(index, path, question))],
            ReplayWay.Transformed,
            seed,
            all: people
        );
        Many(text, index, people, many, seed);
    }

    private static bool HasNormalForm(ReplayIndex index, PathRecord path, ReplayLookup lookup)
    {
        index.Prefetch(Sign(path), lookup);
        return lookup.HasNormalForm;
    }

    private static IEnumerable<(string, ReplayWay)> Ways()
    {
        foreach (double jitter in (double[])[0, 1, 2, 3, 4, 6])
        {
            yield return (F($"jitter to {jitter} px, 16 ms"), new ReplayWay(true, 16, 1, jitter));
        }

        foreach (double stretch in (double[])[0.7, 0.8, 0.9, 1.1, 1.25, 1.4])
        {
            yield return (F($"stretch {stretch}, 16 ms"), new ReplayWay(true, 16, stretch, 0));
        }

        foreach (double interval in (double[])[4, 8, 16, 25, 33, 50, 80])
        {
            yield return (F($"{interval} ms a step"), new ReplayWay(true, interval, 1, 0));
        }
    }

    private static void Many(StringBuilder text, ReplayIndex index, PathRecord[] people, int many, int seed)
    {
        var random = new Random(seed);
        long before = people.Length;
        double cpu;
        int timed;
        var last = new (PathRecord Path, PathSignature Signature, long Offset)[Math.Min(many, 20_000)];
        for (int i = 0; i < many; i++)
        {
            PathRecord path = Vary(people[random.Next(people.Length)], random);
            PathSignature signature = Sign(path);
            if (i >= many - last.Length)
            {
                last[i - (many - last.Length)] = (path, signature, before + i);
            }
            else
            {
                index.Insert(signature, "0123456789abcdef0123456789abcdef"u8, before + i, 0, before + i);
            }
        }

        // CPU time rather than elapsed time, because others use the machine
        using var process = Process.GetCurrentProcess();
        var question = new ReplayLookup();
        process.Refresh();
        TimeSpan start = process.UserProcessorTime;
        foreach (var (path, signature, offset) in last)
        {
            Find(index, signature, path, offset, question, out _);
            index.Insert(question, "0123456789abcdef0123456789abcdef"u8, offset, 0, offset);
        }

        process.Refresh();
        cpu = (process.UserProcessorTime - start).TotalMicroseconds;
        timed = last.Length;
        text.AppendLine(
            F(
                $"\nAmong {index.Count} stored paths (people's, and varied from them by other speeds, turns, scales "
                    + $"and bends): a look-up and an insert {cpu / Math.Max(1, timed):F2} us of CPU, "
                    + $"{index.Bytes / (double)(many + people.Length):F1} bytes a path.\n"
            )
        );
        text.AppendLine("| way | recall | the right one |").AppendLine("| --- | ---: | ---: |");
        Row(text, "any, among all", index, people, ReplayWay.Any, seed + 1);
    }

    /// <summary>Varies a path: turned, scaled, bent and shifted in time so far that it isn't a replay.</summary>
    private static PathRecord Vary(PathRecord path, Random random)
    {
        double turn = random.Even(0, 2 * Math.PI),
            scale = random.Even(0.6, 1.5),
            bend = random.Even(0.1, 0.4) * (random.Is(0.5) ? 1 : -1),
            slip = random.Even(0.6, 1.6);
        double c = scale * Math.Cos(turn),
            s = scale * Math.Sin(turn),
            end = Math.Max(1, path.T[^1]);
        float[] t = new float[path.Count],
            x = new float[path.Count],
            y = new float[path.Count];
        double size = Math.Sqrt(Math.Pow(path.X[^1] - path.X[0], 2) + Math.Pow(path.Y[^1] - path.Y[0], 2)) + 40;
        for (int i = 0; i < path.Count; i++)
        {
            double u = Math.Clamp(path.T[i] / end, 0, 1),
                dx = path.X[i] - path.X[0] + (bend * size * Math.Sin(Math.PI * u)),
                dy = path.Y[i] - path.Y[0];
            t[i] = (float)Math.Round(end * Math.Pow(u, slip));
            x[i] = (float)Math.Round((c * dx) - (s * dy));
            y[i] = (float)Math.Round((s * dx) + (c * dy));
        }

        return path with
        {
            T = t,
            X = x,
            Y = y,
        };
    }

    private static void Row(
        StringBuilder text,
        string name,
        ReplayIndex index,
        PathRecord[] people,
        Func<Random, ReplayWay> way,
        int seed,
        bool each = false,
        PathRecord[]? all = null
    )
    {
        var question = new ReplayLookup();
        int found = 0,
            right = 0,
            queries = 0;
        for (int q = 0; each ? q < people.Length : queries < Queries && q < 20 * Queries; q++)
        {
            var random = new Random(seed + (7919 * q));
            int of = each ? q : random.Next(people.Length);
            if (!Sign(people[of]).HasShape)
            {
                continue;
            }

            PathRecord replay = way(random).Play(people[of], random);
            queries++;
            if (Find(index, Sign(replay), replay, 100_000_000, question, out ReplayMatch match))
            {
                found++;
                right += (all is null ? match.Offset == of : all[match.Offset] == people[of]) ? 1 : 0;
            }
        }

        string exact = each ? F($" {right} of {queries}") : "";
        text.AppendLine(
            $"| {name} | {Share((double)found / queries, queries)} | {Share((double)right / queries, queries)}{exact} |"
        );
    }

    private static PathSignature Sign(PathRecord path) => PathSignature.Encode(path.T, path.X, path.Y);

    private static bool Find(
        ReplayIndex index,
        in PathSignature signature,
        PathRecord path,
        long offset,
        ReplayLookup question,
        out ReplayMatch match
    )
    {
        Span<byte> id = stackalloc byte[128];
        index.Prefetch(signature, question);
        return index.TryFind(question, offset, 0, offset, new PathPoints(path.T, path.X, path.Y), [], id, out match);
    }
}
