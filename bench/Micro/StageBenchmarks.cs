using System.Text;
using BenchmarkDotNet.Attributes;
using Engine.Contracts;
using Engine.Contracts.Settings;
using Engine.Pipeline;
using Engine.Pipeline.Clicks;
using Engine.Pipeline.CursorPath;
using Engine.Pipeline.CursorPath.Geometry;
using Engine.Pipeline.Decode;
using Engine.Pipeline.Features;
using Engine.Pipeline.Replay;
using Engine.Pipeline.Replay.Signatures;
using Engine.Pipeline.Settings;
using Engine.Pipeline.Windows;
using Engine.Primitives;
using Google.Protobuf;
using Models.Scoring;

namespace Bench.Micro;

/// <summary>Decoding: one shape, alternating shapes (without a visitor, without a page, with a device), and
/// Protobuf.</summary>
[MemoryDiagnoser]
public unsafe class DecodeBenchmarks
{
    private const int Clicks = 8192;

    private readonly EventArena _arena = new();
    private readonly Record[] _records = new Record[Clicks];
    private ClickLog _log = null!;
    private PartitionState _partition = null!;
    private JsonEventDecoder _json = null!;
    private ProtobufEventDecoder _protobuf = null!;
    private byte[][] _messages = [];

    [Params("one", "alternating")]
    public string Shapes { get; set; } = "one";

    [GlobalSetup]
    public void Setup()
    {
        _log = new ClickLog(Clicks, Shapes == "alternating");
        _partition = new PartitionState(0, new PipelineLimits { WindowKeys = 1000 }, TimeLimits.Default);
        _log.Fill(_records, [_partition], [0], 0);
        (_json, _protobuf) = (new JsonEventDecoder(_arena), new ProtobufEventDecoder(_arena));
        var parser = new JsonParser(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));
        _messages =
        [
            .. _records.Select(record =>
                (
                    (IMessage)
                        parser.Parse(
                            Encoding.UTF8.GetString(record.Value, record.Length),
                            Engine.Contracts.Protobuf.Event.Descriptor
                        )
                ).ToByteArray()
            ),
        ];
    }

    [Benchmark(OperationsPerInvoke = Clicks)]
    public int Json()
    {
        InteractionEvent e = default;
        int errors = 0;
        _arena.Reset();
        foreach (ref readonly Record record in _records.AsSpan())
        {
            errors += _json.Decode(record.Value, record.Length, ref e, CloudEvent.None).IsError ? 1 : 0;
        }

        return errors;
    }

    [Benchmark(OperationsPerInvoke = Clicks)]
    public int Protobuf()
    {
        InteractionEvent e = default;
        int errors = 0;
        _arena.Reset();
        foreach (byte[] message in _messages)
        {
            fixed (byte* value = message)
            {
                errors += _protobuf.Decode(value, message.Length, ref e, CloudEvent.None).IsError ? 1 : 0;
            }
        }

        return errors;
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _log.Dispose();
        _partition.Dispose();
        _arena.Dispose();
    }
}

/// <summary>Windows: one update of a key in a table, as it arrives and with its slot prefetched.</summary>
public unsafe class WindowBenchmarks
{
    private const int Touches = 16384,
        Ahead = 16;

    private readonly ulong[] _keys = new ulong[Touches + Ahead];
    private WindowTable<WindowEntry> _table = null!;

    [Params(10_000, 1_000_000)]
    public int Keys { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        var hash = new KeyedHash(3, 5);
        _table = new WindowTable<WindowEntry>(Keys * 2);
        for (int i = 0; i < Keys; i++)
        {
            _table.Touch(hash.Of((ulong)i, 0, 1), 1_700_000_000_000);
        }

        for (int i = 0; i < _keys.Length; i++)
        {
            _keys[i] = hash.Of((ulong)random.Next(Keys), 0, 1);
        }
    }

    [Benchmark(OperationsPerInvoke = Touches)]
    public float AsItComes()
    {
        var at = new WindowBuckets(1_700_000_000_000);
        float* windows = stackalloc float[3];
        for (int i = 0; i < Touches; i++)
        {
            _table.Touch(_keys[i], at.Time)->Take(at, ref *windows, out _);
        }

        return *windows;
    }

    [Benchmark(OperationsPerInvoke = Touches)]
    public float Prefetched()
    {
        var at = new WindowBuckets(1_700_000_000_000);
        float* windows = stackalloc float[3];
        for (int i = 0; i < Touches; i++)
        {
            _table.PrefetchTags(_keys[i + Ahead]);
            _table.Prefetch(_keys[i + Ahead / 4]);
            _table.Touch(_keys[i], at.Time)->Take(at, ref *windows, out _);
        }
        return *windows;
    }

    [GlobalCleanup]
    public void Cleanup() => _table.Dispose();
}

/// <summary>The shipped click forest per row: whole, specialised for plain clicks, and one row at a time.</summary>
public class ForestBenchmarks
{
    private const int Rows = 64,
        EvenFeatures = 16;

    private readonly float[] _raw = new float[Rows];
    private float[] _columns = [],
        _row = [];
    private Forest _whole = null!,
        _plain = null!,
        _even = null!;
    private float[] _evenColumns = [],
        _evenRow = [];

    [GlobalSetup]
    public void Setup()
    {
        ModelInForce model = PipelineProfile.Settings().ClicksModel!;
        (_whole, _plain) = (model.Artefact.Forest, model.PlainClicks);
        var random = new Random(2);
        _columns = [.. Enumerable.Range(0, ClickFeatures.Count * Rows).Select(_ => (float)(random.NextDouble() * 50))];
        foreach ((ClickFeature feature, float value) in PlainClick.Known)
        {
            _columns.AsSpan((int)feature * Rows, Rows).Fill(value);
        }

        _row = [.. Enumerable.Range(0, ClickFeatures.Count).Select(feature => _columns[feature * Rows])];
        _even = Even(random);
        _evenColumns = [.. Enumerable.Range(0, EvenFeatures * Rows).Select(_ => random.NextSingle())];
        _evenRow = [.. Enumerable.Range(0, EvenFeatures).Select(feature => _evenColumns[feature * Rows])];
    }

    [Benchmark(OperationsPerInvoke = Rows)]
    public void Whole() => _whole.Score(_columns, Rows, Rows, _raw);

    [Benchmark(OperationsPerInvoke = Rows)]
    public void Plain() => _plain.Score(_columns, Rows, Rows, _raw);

    [Benchmark]
    public float OneAtATime() => _whole.Score(_row);

    [Benchmark(OperationsPerInvoke = Rows)]
    public void EvenTogether() => _even.Score(_evenColumns, Rows, Rows, _raw);

    [Benchmark]
    public float EvenOneAtATime() => _even.Score(_evenRow);

    /// <summary>Creates the forest that peers evaluate: 100 complete trees of depth 6 over 16 features. The shipped
    /// forest's trees grow where they gain most, to up to 34 levels.</summary>
    private static Forest Even(Random random)
    {
        const int Nodes = 63;
        short Child(int at) => (short)(at < Nodes ? at : ~(at - Nodes));
        return new Forest(
            [
                .. Enumerable
                    .Range(0, 100)
                    .Select(_ => new Tree(
                        [.. Enumerable.Range(0, Nodes).Select(_ => (ushort)random.Next(EvenFeatures))],
                        [.. Enumerable.Range(0, Nodes).Select(_ => random.NextSingle())],
                        [.. Enumerable.Range(0, Nodes).Select(node => Child(2 * node + 1))],
                        [.. Enumerable.Range(0, Nodes).Select(node => Child(2 * node + 2))],
                        new float[Nodes],
                        [.. Enumerable.Range(0, Nodes + 1).Select(_ => random.NextSingle() - 0.5f)]
                    )),
            ],
            EvenFeatures,
            0
        );
    }
}

/// <summary>All work on a click except Kafka and Redis: decoding, counting, scoring, deciding, and formatting a verdict
/// that is discarded.</summary>
[MemoryDiagnoser]
public class PipelineBenchmarks
{
    private const int Clicks = 65_536;

    private readonly Record[] _records = new Record[1024];
    private readonly long[] _offsets = new long[4];
    private readonly ClickLog _log = new(Clicks);
    private ClickPipeline _pipeline = null!;
    private PartitionState[] _partitions = [];

    [IterationSetup]
    public void Setup()
    {
        DecisionSettings settings = PipelineProfile.Settings();
        _pipeline = new ClickPipeline(
            new KeyedHash(3, 5),
            new SettingsTimeline(settings, Activation.Delay),
            new PathJudge(new ReplayIndex(new ReplaySettings(1000))),
            new PipelineLimits(),
            new PipelineProfile.NullSink()
        );
        _partitions =
        [
            .. Enumerable.Range(0, 4).Select(i => new PartitionState(i, new PipelineLimits(), settings.Limits)),
        ];
        Array.Clear(_offsets);
    }

    [Benchmark(OperationsPerInvoke = Clicks)]
    public void ClicksOfAnEmptyState()
    {
        for (int at = 0; at < Clicks;)
        {
            int n = _log.Fill(_records, _partitions, _offsets, at);
            _pipeline.Process(_records.AsSpan(0, n));
            at += n;
        }
    }

    [IterationCleanup]
    public void Cleanup()
    {
        _pipeline.Dispose();
        foreach (PartitionState partition in _partitions)
        {
            partition.Dispose();
        }
    }

    [GlobalCleanup]
    public void CleanupAll() => _log.Dispose();
}

/// <summary>A path of 32 points: its signature, looked up among a million and inserted; its features and the
/// classifier.</summary>
[MemoryDiagnoser]
public class PathBenchmarks
{
    private const int Stored = 1_000_000,
        Distinct = 65_536;

    private readonly PathLog.Moves[] _paths = new PathLog.Moves[Distinct];
    private readonly byte[] _id = "c-8f14e45f-0123"u8.ToArray(),
        _matched = new byte[EventLimits.MaxIdentifierBytes];
    private readonly PathScratch _scratch = new();
    private readonly ReplayLookup _question = new();
    private readonly PathScore[] _scores = new PathScore[64];
    private ReplayIndex _index = null!;
    private PathScorer _scorer = null!;
    private int _at;
    private long _logTime;

    [GlobalSetup]
    public void Setup()
    {
        var log = new PathLog(3);
        for (int p = 0; p < Distinct; p++)
        {
            _paths[p] = log.Next();
        }

        _index = PathProfile.Index(Stored, null, out _logTime);
        _scorer = new PathScorer(PipelineProfile.Settings().CursorModel!.Artefact);
    }

    [Benchmark]
    public bool LookUpAndInsertAmongAMillion()
    {
        (float[] t, float[] x, float[] y) = _paths[_at++ % Distinct];
        _index.Prefetch(PathSignature.Encode(t, x, y), _question);
        bool found = _index.TryFind(_question, ++_logTime, 1, _at, new PathPoints(t, x, y), [], _matched, out _);
        _index.Insert(_question, _id, _logTime, 1, _at);
        return found;
    }

    [Benchmark]
    public double FeaturesAndClassifierAlone()
    {
        (float[] t, float[] x, float[] y) = _paths[_at++ % Distinct];
        return _scorer.Score(t, x, y).Probability;
    }

    [Benchmark(OperationsPerInvoke = 64)]
    public double FeaturesAndClassifierInBatches()
    {
        for (int row = 0; row < _scorer.Batch; row++)
        {
            (float[] t, float[] x, float[] y) = _paths[_at++ % Distinct];
            PathCleaning.Clean(t, x, y, _scratch);
            _scorer.Prepare(row, x, y, _scratch);
        }
        _scorer.ScoreBatch(_scorer.Batch, _scores);
        return _scores[0].Probability;
    }
}
