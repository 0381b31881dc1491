using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Engine.Contracts;
using Engine.Contracts.Settings;
using Engine.Pipeline;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Decide;
using Engine.Pipeline.Decode;
using Engine.Pipeline.Deliver;
using Engine.Pipeline.Replay;
using Engine.Pipeline.Settings;
using Engine.Pipeline.Verdicts;
using Engine.Primitives;
using Record = Engine.Pipeline.Clicks.Record;
using Tests.Support;
using Xunit;

namespace Pipeline.Tests.Budgets;

/// <summary>
/// What bench/budgets.json allows, held against the pipeline with the shipped models, lists and settings.
/// </summary>
public sealed unsafe class AllocationTests
{
    private const int WarmUp = 60_000,
        Measured = 40_000,
        Batch = 500;

    private static readonly KeyedHash Hash = new(3, 5);

    [Theory]
    [InlineData("click")]
    [InlineData("click_with_path")]
    [InlineData("duplicate")]
    [InlineData("tick")]
    public void Events_allocate_no_more_than_their_budget(string kind)
    {
        DecisionSettings settings = Settings();
        using var pipeline = new ClickPipeline(
            Hash,
            new SettingsTimeline(settings, Activation.Delay),
            new PathJudge(new ReplayIndex(new ReplaySettings(1_000))),
            new PipelineLimits(),
            new Sink()
        );
        using var partition = new PartitionState(0, new PipelineLimits(), settings.Limits);
        long offset = 0;
        List<long> slices = [];
        for (int i = 0; i < WarmUp + Measured; i += Batch)
        {
            using var batch = new Memory(Batch, n => Json(kind, i + n), partition, offset, i / 20);
            offset += Batch;
            long at = GC.GetAllocatedBytesForCurrentThread();
            pipeline.Process(batch.Records);
            if (i >= WarmUp)
            {
                slices.Add(GC.GetAllocatedBytesForCurrentThread() - at);
            }
        }
        PartitionCounts counts = partition.Counts;
        Assert.Equal(WarmUp + Measured, counts.Verdicts + counts.Duplicates + counts.Ticks);
        // The median of the batches: what events cost is in every one, what the runtime makes for itself once (a method
        // compiled anew) in one or two.
        slices.Sort();
        double budget = Budget(kind),
            perEvent = (double)slices[slices.Count / 2] / Batch;
        Assert.True(
            perEvent <= budget,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{kind}: {perEvent:0.000} bytes an event, {slices.Sum()} in {slices.Count} batches of {Batch}, "
                    + $"budget {budget}"
            )
        );
    }

    /// <summary>
    /// 300 visitors, publishers and campaigns that repeat, 20 clicks a millisecond, each on its own network of 100.
    /// </summary>
    private static string Json(string kind, int i)
    {
        if (kind == "tick")
        {
            return """{"type":"tick"}""";
        }

        int id = kind == "duplicate" ? i % 100 : i,
            who = i % 300;
        var path = new StringBuilder();
        if (kind == "click_with_path")
        {
            // A walk of its own for each, so that none is another's replay.
            var random = new Random(i);
            (int t, double x, double y) = (0, random.Next(600), random.Next(400));
            path.Append(",\"path\":[");
            for (int p = 0; p < 32; p++)
            {
                path.Append(CultureInfo.InvariantCulture, $"{(p > 0 ? "," : "")}[{t},{x:0.0},{y:0.0}]");
                (t, x, y) = (t + 8 + random.Next(16), x + random.Next(-5, 40), y + random.Next(-25, 25));
            }
            path.Append(']');
        }
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"type\":\"click\",\"id\":\"c-{id}\",\"time\":{Events.Start + i / 20}"
                + $",\"ip\":\"51.15.{who % 100}.7\",\"ua\":\"Mozilla/5.0 (X11; Linux x86_64) Chrome/131.0.0.0\""
                + $",\"visitor\":\"v-{who}\",\"publisher\":\"pub-{who % 40}\",\"campaign\":\"cmp-{who % 30}\""
                + $",\"cost_micros\":250000,\"x\":3,\"y\":4,\"viewport\":[1280,720]{path}}}"
        );
    }

    private static DecisionSettings Settings()
    {
        string root = SharedData.Repository;
        var book = new SettingsBuilder(
            new SettingFiles([Path.Combine(root, "configs", "lists"), Path.Combine(root, "models", "Artifacts")])
        );
        foreach ((string key, string value) in SettingsFolder.Read(Path.Combine(root, "bench", "EndToEnd", "settings")))
        {
            book.Apply(key, value);
        }

        return book.Build("s-base", Hash);
    }

    private static double Budget(string kind) =>
        JsonDocument
            .Parse(File.ReadAllText(Path.Combine(SharedData.Repository, "bench", "budgets.json")))
            .RootElement.GetProperty("bytes_per_event")
            .GetProperty(kind)
            .GetDouble();

    /// <summary>A batch as librdkafka gives it: values and keys in memory that isn't the collector's.</summary>
    private sealed class Memory : IDisposable
    {
        private readonly byte* _bytes;

        public Memory(int count, Func<int, string> json, PartitionState partition, long offset, long ms)
        {
            byte[][] values = [.. Enumerable.Range(0, count).Select(n => Encoding.ASCII.GetBytes(json(n)))];
            _bytes = (byte*)NativeMemory.Alloc((nuint)values.Sum(value => value.Length) + 1);
            Records = new Record[count];
            byte* at = _bytes;
            for (int n = 0; n < count; n++)
            {
                values[n].CopyTo(new Span<byte>(at, values[n].Length));
                Records[n] = new Record
                {
                    Partition = partition,
                    Offset = offset + n,
                    Timestamp = Events.Start + ms + n / 20,
                    Value = at,
                    Length = values[n].Length,
                    CloudEvent = CloudEvent.None,
                };
                at += values[n].Length;
            }
        }

        public Record[] Records { get; }

        public void Dispose() => NativeMemory.Free(_bytes);
    }

    /// <summary>Writes and sums verdicts up as a lane does, to nowhere.</summary>
    private sealed class Sink : IDecisionSink
    {
        private readonly Utf8Builder _json = new();
        private readonly Totals _totals = new(Hash, new RedisKeys("", "g"), "interactions-0");
        private readonly ClickTotals[] _expected = new ClickTotals[ClickRow.ChunkRecords];
        private int _decided;

        public void OnBatchStart(ReadOnlySpan<ClickRow> rows)
        {
            _decided = 0;
            for (int i = 0; i < rows.Length; i++)
            {
                _expected[i] = _totals.Expect(rows[i]);
            }
        }

        public void Verdict(ClickRow row, in Judgement judgement)
        {
            _json.Clear();
            VerdictWriter.Write(_json, row, judgement, complete: false);
            _expected[_decided++].Count(row.Event.CostMicros, judgement);
        }

        public void Confirmed(PartitionState partition, PendingConfirmation click, in InteractionEvent e) =>
            throw new InvalidOperationException("nothing is confirmed here");

        public void DeadLetter(in Record record, DecodeError error) => throw new InvalidOperationException($"{error}");
    }
}
