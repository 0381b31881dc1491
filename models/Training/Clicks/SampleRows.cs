using System.Runtime.InteropServices;
using Engine.Client;
using Engine.Contracts;
using Engine.Contracts.Settings;
using Engine.Pipeline;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.Decode;
using Engine.Pipeline.Features;
using Engine.Pipeline.Replay;
using Engine.Pipeline.Settings;
using Engine.Pipeline.Verdicts;
using Engine.Primitives;
using Engine.Workflows.Module.Traffic;
using Ingest.Generate;
using Models.Training.Data;

namespace Models.Training.Clicks;

/// <summary>Sends the generator's labelled traffic through the engine's own pipeline, in memory, and keeps the features
/// of each decision, so training sees exactly what scoring will.</summary>
internal sealed unsafe class SampleRows : IDecisionSink
{
    private const int Partitions = 4,
        BatchRecords = 512;

    private readonly Dictionary<string, (bool Invalid, string Actor)> _labels = [];
    private readonly Rows _rows;
    private readonly string _group;
    private readonly Augmentation _augmentation;
    private readonly int _others;
    private readonly float _validWeight;

    private SampleRows(Rows rows, string group, int seed, int others, float validWeight) =>
        (_rows, _group, _augmentation, _others, _validWeight) = (
            rows,
            group,
            new Augmentation(seed),
            others,
            validWeight
        );

    /// <summary>Generates the events of one run.</summary>
    public static SampleEvent[] Events(ulong seed, int clicks, TimeSpan span) =>
        [.. new SampleTraffic(seed, clicks, SpanEnd, span).Where(e => e.Topic == Topics.Interactions)];

    /// <summary>Adds the rows of one run's events.</summary>
    /// <param name="rows">The rows to add to, with <see cref="ClickFeatures.Count"/> features.</param>
    /// <param name="events">The events, in order of time.</param>
    /// <param name="others">The number of extra rows per click, as busier networks would have sent it.</param>
    /// <param name="validWeight">The training weight of valid clicks, relative to that of invalid ones.</param>
    /// <param name="settings">The settings of the decisions, without a click forest.</param>
    public static void Add(
        Rows rows,
        IEnumerable<SampleEvent> events,
        int seed,
        int others,
        float validWeight,
        DecisionSettings settings,
        KeyedHash hash
    )
    {
        var sink = new SampleRows(rows, $"seed-{seed}", seed, others, validWeight);
        var limits = new PipelineLimits();
        var timeline = new SettingsTimeline(settings, Activation.Delay);
        PartitionState[] partitions =
        [
            .. Enumerable.Range(0, Partitions).Select(i => new PartitionState(i, limits, settings.Limits)),
        ];
        using var pipeline = new ClickPipeline(
            hash,
            timeline,
            new PathJudge(new ReplayIndex(new ReplaySettings(100_000))),
            limits,
            sink
        );
        var batch = new List<SampleEvent>(BatchRecords);
        var offsets = new long[Partitions];
        foreach (SampleEvent e in events)
        {
            if (e.Invalid is { } invalid)
            {
                sink._labels[e.Click] = (invalid, e.Actor);
            }

            batch.Add(e);
            if (batch.Count == BatchRecords)
            {
                Process(pipeline, batch, partitions, offsets);
            }
        }
        // A final tick decides the clicks that still wait for a path.
        Process(pipeline, batch, partitions, offsets);
        foreach (PartitionState partition in partitions)
        {
            Tick(pipeline, partition, SpanEnd + 60_000, offsets[partition.Partition]++);
            partition.Dispose();
        }
    }

    /// <summary>A fixed end, so that a seed gives the same rows on any day: 2026-01-01 12:00 UTC.</summary>
    private const long SpanEnd = 1_767_268_800_000;

    private static void Process(
        ClickPipeline pipeline,
        List<SampleEvent> batch,
        PartitionState[] partitions,
        long[] offsets
    )
    {
        var pins = new List<GCHandle>();
        byte* Pin(byte[] bytes)
        {
            var handle = GCHandle.Alloc(bytes, GCHandleType.Pinned);
            pins.Add(handle);
            return (byte*)handle.AddrOfPinnedObject();
        }
        var records = new Record[batch.Count];
        for (int i = 0; i < batch.Count; i++)
        {
            byte[] key = System.Text.Encoding.UTF8.GetBytes(batch[i].Key);
            int partition = Murmur2.Partition(key, Partitions);
            records[i] = new Record
            {
                Partition = partitions[partition],
                Offset = offsets[partition]++,
                Timestamp = batch[i].TimeMs,
                Value = Pin(batch[i].Json),
                Length = batch[i].Json.Length,
                Key = Pin(key),
                KeyLength = key.Length,
                CloudEvent = CloudEvent.None,
            };
        }
        pipeline.Process(records);
        foreach (GCHandle pin in pins)
        {
            pin.Free();
        }

        batch.Clear();
    }

    private static void Tick(ClickPipeline pipeline, PartitionState partition, long time, long offset)
    {
        ReadOnlySpan<byte> tick = """{"type":"tick"}"""u8;
        fixed (byte* value = tick)
        {
            pipeline.Process([
                new Record
                {
                    Partition = partition,
                    Offset = offset,
                    Timestamp = time,
                    Value = value,
                    Length = tick.Length,
                    CloudEvent = CloudEvent.None,
                },
            ]);
        }
    }

    public void Verdict(ClickRow row, in Judgement judgement)
    {
        if (!_labels.TryGetValue(row.Event.Id.ToString(), out (bool Invalid, string Actor) label))
        {
            return;
        }

        float weight = label.Invalid ? 1 : _validWeight;
        _rows.Add([.. row.Features], label.Invalid, weight, label.Actor, _group);
        for (int i = 0; i < _others; i++)
        {
            _rows.Add(_augmentation.Of(row.Features), label.Invalid, weight, label.Actor, _group);
        }
    }

    public void Confirmed(PartitionState partition, PendingConfirmation click, in InteractionEvent e) { }
}
