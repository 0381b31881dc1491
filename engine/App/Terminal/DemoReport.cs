using Engine.App.Cli;
using Engine.App.Hosting;
using Ingest.Publishing;
using StackExchange.Redis;

namespace Engine.App.Terminal;

/// <summary>What was decided beside what is true, three verdicts in full, and what to do next.</summary>
internal static class DemoReport
{
    private sealed record Labelled(string Click, bool Invalid, string Kind);

    public static void Write(TextWriter into, RunningProcess running, string labelsFile)
    {
        IDatabase redis = running.Host.Context.Redis.Redis.GetDatabase();
        Labelled[] labels = [.. File.ReadLines(labelsFile).Skip(1).Select(line => line.Split(',')).Select(parts => new Labelled(parts[0], parts[1] == "1", parts[2]))];
        var decided = new Dictionary<string, Verdict>();
        foreach (Labelled[] some in labels.Chunk(1000))
        {
            // One look-up a key, pipelined: keys of a cluster lie in many slots.
            Task<RedisValue>[] values = [.. some.Select(label => redis.StringGetAsync(running.Host.Context.Keys.Verdict(label.Click)))];
            Task.WaitAll(values);
            for (int i = 0; i < some.Length; i++)
                if (!values[i].Result.IsNull) decided[some[i].Click] = VerdictLookup.Read(some[i].Click, (byte[])values[i].Result!);
        }
        WriteMatrix(into, labels, decided);
        WriteExamples(into, running, Examples(labels, decided));
    }

    private static void WriteMatrix(TextWriter into, Labelled[] labels, Dictionary<string, Verdict> decided)
    {
        string[] classes = ["valid", "suspect", "givt", "sivt"];
        into.WriteLine();
        into.WriteLine("What is true, and what was decided (clicks):");
        into.WriteLine($"  {"who clicked",-24}{string.Concat(classes.Select(c => $"{c,10}"))}{"none",8}");
        foreach (IGrouping<(bool Invalid, string Kind), Labelled> kind in labels.GroupBy(label => (label.Invalid, label.Kind)).OrderBy(kind => kind.Key.Invalid).ThenByDescending(kind => kind.Count()))
        {
            string Row(string @class) => $"{kind.Count(label => decided.GetValueOrDefault(label.Click)?.Class == @class),10}";
            into.WriteLine($"  {(kind.Key.Invalid ? "invalid: " : "valid:   ") + kind.Key.Kind,-24}{string.Concat(classes.Select(Row))}{kind.Count(label => !decided.ContainsKey(label.Click)),8}");
        }
        bool Called(Labelled label) => decided.TryGetValue(label.Click, out Verdict? verdict) && verdict.Class is "givt" or "sivt" or "suspect";
        int truePositives = labels.Count(label => label.Invalid && Called(label)), falsePositives = labels.Count(label => !label.Invalid && Called(label));
        int invalid = labels.Count(label => label.Invalid), valid = labels.Length - invalid;
        into.WriteLine(FormattableString.Invariant($"  of {invalid:#,0} invalid clicks {100.0 * truePositives / Math.Max(1, invalid):0.0} % were found (givt, sivt or suspect); of {valid:#,0} valid ones {100.0 * falsePositives / Math.Max(1, valid):0.00} % were called so"));
    }

    /// <summary>A clean click, a replay or other sophisticated one, and a crawler or other routine one.</summary>
    private static IEnumerable<Verdict> Examples(Labelled[] labels, Dictionary<string, Verdict> decided)
    {
        Verdict? First(Func<Verdict, bool> which) => labels.Select(label => decided.GetValueOrDefault(label.Click)).FirstOrDefault(verdict => verdict != null && which(verdict));
        Verdict?[] some =
        [
            First(verdict => verdict.Reasons.Contains("cursor.replay")) ?? First(verdict => verdict.Class == "sivt"),
            First(verdict => verdict.Class == "givt"),
            First(verdict => verdict is { Class: "valid", Path: "present" }) ?? First(verdict => verdict.Class == "valid"),
        ];
        return some.OfType<Verdict>();
    }

    public static void WriteExamples(TextWriter into, RunningProcess running, IEnumerable<Verdict> examples)
    {
        foreach (Verdict verdict in examples)
        {
            into.WriteLine();
            into.WriteLine(VerdictText.Of(verdict));
        }
    }

    public static void WriteNext(TextWriter into, RunningProcess running, bool keep)
    {
        into.WriteLine();
        if (keep)
        {
            string[] redis = running.Address.Redis.Split(':');
            into.WriteLine($"It stays up. Look up: out/engine verdict CLICK, curl http://{running.Http}/v1/verdicts/CLICK, or redis-cli -p {redis[^1]} get verdict:CLICK");
            into.WriteLine($"Stop it with Ctrl-C, or: kill {Environment.ProcessId}");
            return;
        }
        into.WriteLine("Next: 'make run KEEP=1' stays up for look-ups; 'out/engine run --kafka H:P --redis H:P' scores your own topic; README.md says how to write to it.");
    }
}
