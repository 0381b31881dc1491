using System.Diagnostics;
using System.Globalization;
using Engine.Contracts.Settings;
using Engine.Pipeline;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Decide;
using Engine.Pipeline.Decode;
using Engine.Pipeline.Replay;
using Engine.Pipeline.Settings;
using Engine.Pipeline.Verdicts;
using Engine.Primitives;

namespace Bench.Micro;

/// <summary>Measures the pipeline on a log in memory and discards the verdicts: the cost of a click without Kafka and
/// Redis.</summary>
internal static unsafe class PipelineProfile
{
    private const int PathsStored = 1_000_000;

    public static void Run(int clicks, int visitors, string? recordings)
    {
        DecisionSettings settings = Settings();
        using var log = new ClickLog(clicks, visitors: visitors);
        Whole("whole pipeline", log, settings, () => new ReplayIndex(new ReplaySettings(1000)));
        using (var moved = new ClickLog(clicks / 4, visitors: visitors, moves: new PathLog(7, recordings)))
        {
            Whole("whole pipeline, a path with each click", moved, settings, () =>
                PathProfile.Index(PathsStored, recordings, out _)
            );
        }

        Lanes(clicks, visitors, settings);
        Decode("decode, one shape", log);
        using (var alternating = new ClickLog(clicks / 4, alternating: true, visitors: visitors))
        {
            Decode("decode, shapes that alternate", alternating);
        }

        ModelInForce model = settings.ClicksModel!;
        Console.WriteLine(
            $"forest: {model.Artefact.Forest.Trees.Sum(tree => tree.Nodes)} nodes, "
                + $"{model.PlainClicks.Trees.Sum(tree => tree.Nodes)} of {model.PlainClicks.Asked.Length} features "
                + $"left for plain clicks"
        );
    }

    /// <param name="indexOf">Creates the index of each round: one that already holds the log's paths would insert
    /// none.</param>
    private static void Whole(string what, ClickLog log, DecisionSettings settings, Func<ReplayIndex> indexOf)
    {
        for (int round = 0; round < 3; round++)
        {
            var sink = new NullSink();
            using var pipeline = new ClickPipeline(
                new KeyedHash(3, 5),
                new SettingsTimeline(settings, Activation.Delay),
                new PathJudge(indexOf()),
                new PipelineLimits(),
                sink
            );
            PartitionState[] partitions =
            [
                .. Enumerable.Range(0, 4).Select(i => new PartitionState(i, new PipelineLimits(), settings.Limits)),
            ];
            long[] offsets = new long[4];
            var records = new Record[1024];
            var slices = new Slices();
            long allocated = 0;
            for (int at = 0; at < log.Count;)
            {
                if (at == 0 || (allocated == 0 && at >= log.Count / 4))
                {
                    (allocated, slices) = (at == 0 ? 0 : GC.GetAllocatedBytesForCurrentThread(), new Slices());
                }

                int n = log.Fill(records, partitions, offsets, at);
                slices.Begin();
                pipeline.Process(records.AsSpan(0, n));
                slices.End(n);
                at += n;
            }
            double bytes = (double)(GC.GetAllocatedBytesForCurrentThread() - allocated) / (log.Count * 3 / 4);
            double megabytes =
                partitions.Sum(p => p.Clicks.MemoryBytes + p.Pairs.MemoryBytes + p.Ids.MemoryBytes) / 1e6;
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{what}: {slices}, {bytes:0.0} bytes allocated, {sink.Bytes / (double)sink.Verdicts:0} bytes a "
                        + $"verdict, {megabytes:0} MB of windows and ids of {partitions.Sum(p => p.Clicks.Count):#,0} "
                        + $"keys and {partitions.Sum(p => p.Pairs.Count):#,0} pairs"
                )
            );
            foreach (PartitionState partition in partitions)
            {
                partition.Dispose();
            }
        }
    }

    public static DecisionSettings Settings()
    {
        string root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Engine.sln")))
        {
            root = Path.GetDirectoryName(root)
                ?? throw new DirectoryNotFoundException("Engine.sln isn't above this program");
        }

        var book = new SettingsBuilder(
            new SettingFiles(Path.Combine(root, "configs", "lists"), Path.Combine(root, "models", "Artifacts"))
        );
        foreach ((string key, string value) in SettingsFolder.Read(Path.Combine(root, "bench", "EndToEnd", "settings")))
        {
            book.Apply(key, value);
        }

        return book.Build("s-base", new KeyedHash(3, 5));
    }

    /// <summary>Measures the rate of one lane on its own core, and of two lanes together, which share the replay index,
    /// the settings, and the machine's memory.</summary>
    private static void Lanes(int clicks, int visitors, DecisionSettings settings)
    {
        using ClickLog first = new(clicks, visitors: visitors),
            second = new(clicks, seed: 8, visitors: visitors);
        var index = new ReplayIndex(new ReplaySettings(1000));
        double alone = Rate(settings, index, first),
            together = Rate(settings, index, first, second);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"lanes: {alone / 1e6:0.00} million clicks/s in one, {together / 1e6:0.00} in two, "
                    + $"{together / alone:0.00} times"
            )
        );
    }

    /// <summary>Gets the clicks per second of the best of three rounds, with one thread per log.</summary>
    private static double Rate(DecisionSettings settings, ReplayIndex index, params ClickLog[] logs)
    {
        double best = 0;
        for (int round = 0; round < 3; round++)
        {
            using var start = new Barrier(logs.Length + 1);
            Thread[] threads = [.. logs.Select(log => new Thread(() => Lane(log, settings, index, start)))];
            foreach (Thread thread in threads)
            {
                thread.Start();
            }

            start.SignalAndWait();
            long since = Stopwatch.GetTimestamp();
            foreach (Thread thread in threads)
            {
                thread.Join();
            }

            best = Math.Max(best, logs.Sum(l => l.Count) / Stopwatch.GetElapsedTime(since).TotalSeconds);
        }
        return best;
    }

    private static void Lane(ClickLog log, DecisionSettings settings, ReplayIndex index, Barrier start)
    {
        using var pipeline = new ClickPipeline(
            new KeyedHash(3, 5),
            new SettingsTimeline(settings, Activation.Delay),
            new PathJudge(index),
            new PipelineLimits(),
            new NullSink()
        );
        PartitionState[] partitions =
        [
            .. Enumerable.Range(0, 2).Select(i => new PartitionState(i, new PipelineLimits(), settings.Limits)),
        ];
        long[] offsets = new long[partitions.Length];
        var records = new Record[1024];
        start.SignalAndWait();
        for (int at = 0; at < log.Count;)
        {
            int n = log.Fill(records, partitions, offsets, at);
            pipeline.Process(records.AsSpan(0, n));
            at += n;
        }
        foreach (PartitionState partition in partitions)
        {
            partition.Dispose();
        }
    }

    private static void Decode(string what, ClickLog log)
    {
        var arena = new EventArena();
        var decoder = new JsonEventDecoder(arena);
        PartitionState[] partitions =
        [
            new PartitionState(0, new PipelineLimits { WindowKeys = 1000 }, TimeLimits.Default),
        ];
        var records = new Record[1024];
        InteractionEvent e = default;
        long[] offsets = [0];
        var slices = new Slices();
        for (int round = 0; round < 3; round++)
        {
            for (int at = 0; at < log.Count;)
            {
                int n = log.Fill(records, partitions, offsets, at);
                arena.Reset();
                slices.Begin();
                for (int i = 0; i < n; i++)
                {
                    decoder.Decode(records[i].Value, records[i].Length, ref e, CloudEvent.None);
                }

                slices.End(n);
                at += n;
            }
        }

        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{what}: {slices}, at best {log.Bytes / (double)log.Count / slices.Best / 1000:0.00} GB/s"
            )
        );
        partitions[0].Dispose();
        arena.Dispose();
    }

    /// <summary>Times of short slices of work: on a shared machine, the best and the median are more informative than a
    /// sum.</summary>
    private sealed class Slices
    {
        private const int Clicks = 8192;

        private readonly List<double> _us = [];
        private long _since,
            _ticks;
        private int _count;

        public double Best => _us.Min();

        public void Begin() => _since = Stopwatch.GetTimestamp();

        public void End(int clicks)
        {
            _ticks += Stopwatch.GetTimestamp() - _since;
            _count += clicks;
            if (_count < Clicks)
            {
                return;
            }

            _us.Add(_ticks * 1e6 / Stopwatch.Frequency / _count);
            (_ticks, _count) = (0, 0);
        }

        public override string ToString()
        {
            double[] sorted = [.. _us.Order()];
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{sorted[0]:0.000} us a click at best, {sorted[sorted.Length / 10]:0.000} the best tenth, "
                    + $"{sorted[sorted.Length / 2]:0.000} the median"
            );
        }
    }

    /// <summary>Formats every verdict like the engine, and discards it.</summary>
    internal sealed class NullSink : IDecisionSink
    {
        private readonly Utf8Builder _json = new();

        public long Verdicts { get; private set; }
        public long Bytes { get; private set; }

        public void Verdict(ClickRow row, in Judgement judgement)
        {
            _json.Clear();
            VerdictWriter.Write(_json, row, judgement, complete: false);
            Bytes += _json.Length;
            Verdicts++;
        }

        public void Confirmed(PartitionState partition, PendingConfirmation click, in InteractionEvent e) { }

        public void DeadLetter(in Record record, DecodeError error) =>
            throw new InvalidOperationException($"the log contains an unusable record: {error}");
    }
}
