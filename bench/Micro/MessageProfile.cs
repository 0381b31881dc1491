using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Engine.Contracts.Settings;
using Engine.Pipeline.Settings;
using Engine.Primitives;
using Engine.Text.Patterns;
using Engine.Workflows.Messages;
using Engine.Workflows.Messages.Decision;
using Engine.Workflows.Module;
using Engine.Workflows.Runtime;

namespace Bench.Micro;

/// <summary>Handles messages by rules, on one thread from JSON in memory, like the workflows' lane: long messages by
/// many rules, and short ones by few. Results are discarded.</summary>
internal static class MessageProfile
{
    private const int WordRules = 900,
        PatternRules = 100,
        FewRules = 20,
        LongUnits = 4 * 1024,
        LongMessages = 6_000,
        ShortMessages = 40_000,
        Rounds = 5;

    private const long Start = 1_795_338_000_000;

    /// <summary>Patterns as compliance departments write them; two words stand for the numbered places.</summary>
    private static readonly CompositeFormat[] Patterns =
    [
        .. new[]
        {
            @"(?i)\b{0}\s+{1}\b",
            @"(?i)\b{0}\b.{{0,40}}\b{1}\b",
            @"\b{0}(s|ed|ing)?\b",
            @"(?i)({0}|{1})[ .-]?(fee|bonus|price)",
            @"[A-Za-z0-9._%+-]+@{0}\.(com|net|org)",
            @"https?://[^ ]*{0}[^ ]*/{1}",
            @"\b[0-9]{{4}}[ -]?[0-9]{{4}}[ -]?[0-9]{{4}}[ -]?[0-9]{{4}} {0}\b",
            @"\b[0-9]{{3}}-[0-9]{{2}}-[0-9]{{4}}\b|{0} number [0-9]+",
            @"(?i)\b(account|iban|card)\W+(of|no|number)\W+{0}",
            @"[A-Z]{{2}}[0-9]{{2}}[A-Z0-9]{{11,30}}",
        }.Select(CompositeFormat.Parse),
    ];

    /// <param name="dictionary">A file of words, one a line.</param>
    /// <param name="prose">A file of text.</param>
    /// <param name="patterns">A file of patterns, one a line, of which those that can be used are; null for patterns of
    /// the words.</param>
    public static void Run(string dictionary, string prose, string? patterns)
    {
        string[] words =
        [
            .. File.ReadLines(dictionary).Where(word => word.Length > 3 && word.All(char.IsAsciiLetterLower)),
        ];
        string text = File.ReadAllText(prose);
        string[] lines = [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        string[] chosen =
        [
            .. (
                patterns == null ? Enumerable.Range(0, PatternRules).Select(i => PatternOf(words, i)) : Usable(patterns)
            ).Take(PatternRules),
        ];
        string[] wordRules = [.. Enumerable.Range(0, WordRules).Select(i => $"'{words[i]}' in message.words")];
        string[] patternRules =
        [
            .. chosen.Select(pattern => $"message.text.matches({JsonSerializer.Serialize(pattern)})"),
        ];
        byte[][] longOnes = [.. Enumerable.Range(0, LongMessages).Select(i => Long(text, i))];
        Latency($"{WordRules} word rules", wordRules, longOnes);
        Latency($"{chosen.Length} patterns", patternRules, longOnes);
        Latency("both", [.. wordRules, .. patternRules], longOnes);
        string[] few = [.. wordRules.Take(FewRules - 5), .. patternRules.Take(3), .. ContextRules];
        byte[][] shortOnes = [.. Enumerable.Range(0, ShortMessages).Select(i => Message(lines[i % lines.Length], i))];
        Throughput($"{few.Length} rules, {shortOnes.Average(one => one.Length):0} bytes a message", few, shortOnes);
    }

    private static string[] ContextRules =>
        ["message.link_count > 2", "context.role == 'advertiser' && message.hour < 6"];

    private static string PatternOf(string[] words, int i) =>
        string.Format(
            CultureInfo.InvariantCulture,
            Patterns[i % Patterns.Length],
            words[WordRules + 2 * i],
            words[WordRules + 2 * i + 1]
        );

    private static IEnumerable<string> Usable(string file)
    {
        foreach (string line in File.ReadLines(file))
        {
            bool isUsable;
            try
            {
                LinearPattern.CompileFinding(line);
                isUsable = true;
            }
            catch (PatternException)
            {
                isUsable = false;
            }

            if (isUsable)
            {
                yield return line;
            }
        }
    }

    private static void Latency(string name, string[] rules, byte[][] log)
    {
        long opened = Stopwatch.GetTimestamp();
        using PartitionRun run = Open(rules);
        Take(run, log[0], 0);
        double compiled = Ms(opened);
        // The first half warms up.
        int first = log.Length / 2;
        double[] times = new double[log.Length - first],
            cpuTimes = new double[times.Length];
        for (int i = 1; i < log.Length; i++)
        {
            TimeSpan cpu = Environment.CpuUsage.TotalTime;
            long start = Stopwatch.GetTimestamp();
            Take(run, log[i], i);
            if (i >= first)
            {
                times[i - first] = Ms(start);
                cpuTimes[i - first] = (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds;
            }
        }

        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{name}, {LongUnits} units a message, compiled in {compiled:0} ms: {Percentiles(times)}; "
                    + $"of CPU time {Percentiles(cpuTimes)}"
            )
        );
    }

    private static string Percentiles(double[] times)
    {
        Array.Sort(times);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"p50 {times[times.Length / 2]:0.000} ms, p99 {times[times.Length * 99 / 100]:0.000} ms"
        );
    }

    private static void Throughput(string name, string[] rules, byte[][] log)
    {
        double best = 0;
        long bytes = 0;
        for (int round = 0; round < Rounds; round++)
        {
            using PartitionRun run = Open(rules);
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            TimeSpan begin = Process.GetCurrentProcess().TotalProcessorTime;
            for (int i = 0; i < log.Length; i++)
            {
                Take(run, log[i], i);
            }

            TimeSpan took = Process.GetCurrentProcess().TotalProcessorTime - begin;
            best = Math.Max(best, log.Length / took.TotalSeconds);
            bytes = (GC.GetAllocatedBytesForCurrentThread() - allocated) / log.Length;
        }

        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: {best:N0} messages/s of CPU time, {1e6 / best:0.0} us and {bytes} bytes allocated each, "
                    + $"best of {Rounds} rounds of {log.Length:N0}"
            )
        );
    }

    private static void Take(PartitionRun run, byte[] message, int i)
    {
        var results = new NullResults();
        var record = new WorkflowRecord(i, Start + i / 20, "c-1"u8.ToArray(), message, _ => null);
        if (run.Take(record, results) is { } refusal)
        {
            throw new InvalidOperationException(refusal.Detail);
        }
    }

    private static PartitionRun Open(string[] conditions)
    {
        var workflow = new HostedWorkflow(new MessagesWorkflow(), new MessageDecider());
        var book = new SettingsBuilder(new SettingFiles(), workflow.Module.SettingKinds);
        for (int i = 0; i < conditions.Length; i++)
        {
            book.Apply(
                $"message-rule/everyone/r-{i}",
                JsonSerializer.Serialize(new { when = conditions[i], actions = new[] { new { mark = $"m-{i}" } } })
            );
        }

        var hash = new KeyedHash(1, 2);
        return new PartitionRun(
            workflow,
            0,
            new SettingsTimeline(book.Build("s-base", hash), Activation.Delay),
            new CompiledSettings(),
            hash,
            0,
            0
        );
    }

    private static byte[] Long(string text, int i) =>
        Message(text.Substring(i * 997 % (text.Length - LongUnits), LongUnits), i);

    private static byte[] Message(string text, int i) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                type = "message",
                id = $"m-{i}",
                time = Start + i / 20,
                conversation = $"c-{i % 500}",
                sender = $"p-{i % 100}",
                recipients = new[] { $"p-{(i + 1) % 100}" },
                text,
                context = new { presence = "away", role = "advertiser" },
            }
        );

    private static double Ms(long start) => Stopwatch.GetElapsedTime(start).TotalMilliseconds;
}
