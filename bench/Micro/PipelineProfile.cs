using System.Diagnostics;
using System.Globalization;
using Engine.Pipeline;
using Engine.Pipeline.Decide;
using Engine.Pipeline.Decode;
using Engine.Pipeline.Replay;
using Engine.Pipeline.Settings;
using Engine.Pipeline.Standing;

namespace Bench.Micro;

/// <summary>The pipeline on a log in memory, verdicts written to nowhere: what a click costs without Kafka and Redis.</summary>
internal static unsafe class PipelineProfile
{
    public static void Run(int clicks)
    {
        using var log = new ClickLog(clicks);
        DecisionSettings settings = Settings();
        for (int round = 0; round < 3; round++)
        {
            var sink = new NullSink();
            using var pipeline = new ClickPipeline(new KeyedHash(3, 5), new SettingsTimeline(settings, TimeSpan.FromSeconds(2)), new PathJudge(new ReplayIndex(new ReplaySettings(1000))), new PipelineLimits(), sink);
            PartitionState[] partitions = [.. Enumerable.Range(0, 4).Select(i => new PartitionState(i, new PipelineLimits(), settings.Limits))];
            long[] offsets = new long[4];
            var records = new Record[1024];
            TimeSpan half = default;
            long allocated = 0;
            int at = 0, halfAt = 0;
            while (at < log.Count)
            {
                if (halfAt == 0 && at >= log.Count / 4) (halfAt, half, allocated) = (at, Cpu(), GC.GetAllocatedBytesForCurrentThread());
                int n = log.Fill(records, partitions, offsets, at);
                pipeline.Process(records.AsSpan(0, n));
                at += n;
            }
            double us = (Cpu() - half).TotalMicroseconds / (at - halfAt);
            double bytes = (double)(GC.GetAllocatedBytesForCurrentThread() - allocated) / (at - halfAt);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"whole pipeline: {us:0.000} us CPU a click, {bytes:0.0} bytes allocated, {sink.Bytes / (double)sink.Verdicts:0} bytes a verdict, {partitions.Sum(p => p.Clicks.MemoryBytes + p.Pairs.MemoryBytes) / 1e6:0} MB of windows"));
            foreach (PartitionState partition in partitions) partition.Dispose();
        }
        Decode(log);
    }

    public static DecisionSettings Settings()
    {
        string root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Engine.sln"))) root = Path.GetDirectoryName(root) ?? throw new DirectoryNotFoundException("Engine.sln isn't above this program");
        var book = new SettingsBook(new SettingFiles(Path.Combine(root, "configs", "lists"), Path.Combine(root, "models", "Artifacts")));
        foreach ((string key, string value) in SettingsFolder.Read(Path.Combine(root, "bench", "EndToEnd", "settings"))) book.Apply(key, value);
        return book.Build("s-base", new KeyedHash(3, 5));
    }

    private static void Decode(ClickLog log)
    {
        var arena = new EventArena();
        var decoder = new JsonEventDecoder(arena);
        PartitionState[] partitions = [new PartitionState(0, new PipelineLimits { WindowKeys = 1000 }, TimeLimits.Default)];
        var records = new Record[1024];
        InteractionEvent e = default;
        TimeSpan begin = Cpu();
        long[] offsets = [0];
        for (int at = 0; at < log.Count;)
        {
            int n = log.Fill(records, partitions, offsets, at);
            arena.Reset();
            for (int i = 0; i < n; i++) decoder.Decode(records[i].Value, records[i].Length, ref e, CloudEvent.None);
            at += n;
        }
        double seconds = (Cpu() - begin).TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"decode: {seconds * 1e6 / log.Count:0.000} us a click, {log.Bytes / seconds / 1e9:0.00} GB/s"));
        partitions[0].Dispose();
        arena.Dispose();
    }

    private static TimeSpan Cpu() => Process.GetCurrentProcess().TotalProcessorTime;

    /// <summary>Formats every verdict, as the engine does, and throws it away.</summary>
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

        public void Confirmed(PartitionState partition, Confirmable click, in InteractionEvent e)
        {
        }

        public void DeadLetter(in Record record, DecodeError error) => throw new InvalidOperationException($"the log holds what can't be used: {error}");

        public void Standings(PartitionState partition, IReadOnlyList<StandingSums> due)
        {
        }

        public void Signature(ClickRow row, ReadOnlySpan<byte> signature)
        {
        }
    }
}
